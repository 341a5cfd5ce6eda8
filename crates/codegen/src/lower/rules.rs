//! Rules over more than one field, and warnings.

use super::limits::is_integer;
use super::literals::conditions;
use super::scope::Scope;
use super::text;
use crate::diagnostic::{At, Sink};
use crate::model::{Condition, FieldKind, Rule, Warning};
use crate::raw::{RawBounds, RawConditions, RawRule, RawWarning};

/// Lowers the rules of a type.
pub(super) fn rules(raw: &[At<RawRule>], scope: &Scope<'_>, sink: &Sink) -> Vec<Rule> {
    raw.iter().map(|rule| lower_rule(rule, scope, sink)).collect()
}

fn lower_rule(raw: &At<RawRule>, scope: &Scope<'_>, sink: &Sink) -> Rule {
    let RawRule::AtLeastOne { when, fields, doc } = &raw.value;
    let doc = text::sentence(doc.as_ref(), sink);
    let when = optional_conditions(when.as_ref(), None, scope, sink);
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
    text::strings(raw, "fields", sink)
}

/// Lowers optional conditions. `own` is the field that depends on them, which they cannot refer to.
fn optional_conditions(
    raw: Option<&At<RawConditions>>,
    own: Option<&str>,
    scope: &Scope<'_>,
    sink: &Sink,
) -> Vec<Condition> {
    raw.and_then(|raw| conditions(raw, own, scope, sink)).unwrap_or_default()
}

/// Lowers the warnings of a type.
pub(super) fn warnings(raw: &[At<RawWarning>], scope: &Scope<'_>, sink: &Sink) -> Vec<Warning> {
    raw.iter().filter_map(|warning| lower_warning(&warning.value, scope, sink)).collect()
}

fn lower_warning(raw: &RawWarning, scope: &Scope<'_>, sink: &Sink) -> Option<Warning> {
    match raw {
        RawWarning::NoEffect { field, unless, doc } => {
            if let Some(field) = field {
                scope.expect(field, "an integer", is_integer, sink);
            }
            let own = field.as_ref().map(At::as_str);
            let unless = optional_conditions(unless.as_ref(), own, scope, sink);
            let doc = text::sentence(doc.as_ref(), sink);
            Some(Warning::NoEffect { field: field.as_ref()?.value.clone(), unless, doc })
        }
        RawWarning::UnknownVariable { field, name, range, doc } => {
            if let Some(field) = field {
                scope.expect(field, "a string", |kind| *kind == FieldKind::String, sink);
            }
            let name = text::not_empty(name.as_ref(), "name", sink);
            let bounds = range.as_ref().map(|range| variable_range(range, sink));
            let doc = text::sentence(doc.as_ref(), sink);
            let (min, max) = bounds??;
            Some(Warning::UnknownVariable { field: field.as_ref()?.value.clone(), name, min, max, doc })
        }
    }
}

/// Lowers the number range of the variables in a template.
fn variable_range(raw: &At<RawBounds<f64>>, sink: &Sink) -> Option<(i64, i64)> {
    let (Some(min), Some(max)) = (&raw.value.min, &raw.value.max) else {
        sink.report(raw.at, "expected both `min` and `max` in `range`");
        return None;
    };
    if min.value > max.value {
        sink.report(raw.at, format!("`min` {} is greater than `max` {}", min.value, max.value));
    }
    Some((variable_number(min, sink)?, variable_number(max, sink)?))
}

/// Lowers the number of a variable.
fn variable_number(bound: &At<f64>, sink: &Sink) -> Option<i64> {
    if bound.value.fract() == 0.0 && (0.0..=1e9).contains(&bound.value) {
        #[expect(clippy::cast_possible_truncation, reason = "it is an integer and small")]
        return Some(bound.value as i64);
    }
    sink.report(bound.at, format!("expected an integer from 0 to 1000000000, got {}", bound.value));
    None
}
