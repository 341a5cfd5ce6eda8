//! Lowers rules over more than one field.

use super::docs;
use super::literals::conditions;
use super::scope::Scope;
use crate::diagnostic::{At, Sink};
use crate::model::{FieldKind, Rule};
use crate::raw::RawRule;

/// Lowers rules of a type.
pub(super) fn lower_rules<'a>(
    raw: impl IntoIterator<Item = &'a At<RawRule>>,
    scope: &Scope<'_>,
    sink: &Sink,
) -> Vec<Rule> {
    raw.into_iter().map(|rule| lower_rule(rule, scope, sink)).collect()
}

fn lower_rule(raw: &At<RawRule>, scope: &Scope<'_>, sink: &Sink) -> Rule {
    let RawRule::AtLeastOne { when, fields, doc } = &raw.value;
    let doc = docs::sentence(doc.as_ref(), sink);
    let when = when.as_ref().and_then(|when| conditions(when, None, scope, sink)).unwrap_or_default();
    let fields = fields.as_ref().map(|fields| flags(fields, scope, sink)).unwrap_or_default();
    Rule::AtLeastOne { when, fields, doc }
}

/// Lowers the flags of `at_least_one`.
fn flags(raw: &At<Vec<At<String>>>, scope: &Scope<'_>, sink: &Sink) -> Vec<String> {
    for field in &raw.value {
        scope.expect(field, "a flag", |kind| *kind == FieldKind::Flag, sink);
    }
    if raw.value.len() == 1 {
        sink.suggest(raw.at, "expected at least two fields, got one", "use `required_when`");
    }
    docs::strings(raw, "fields", sink)
}
