//! Constructors, and whether they and the arguments of an operation make a request that can be sent.

use super::fields::Scope;
use super::literals::literal;
use super::text::{self, Case, check_case};
use crate::diagnostic::{At, Place, Sink, listed};
use crate::model::{Condition, Constructor, Field, Literal, Required};
use crate::raw::RawConstructor;

/// Lowers the constructors of a type.
pub(super) fn lower(raw: &[RawConstructor], fields: &[Field], scope: &Scope<'_>, sink: &Sink) -> Vec<Constructor> {
    raw.iter().map(|raw| lower_constructor(raw, fields, scope, sink)).collect()
}

fn lower_constructor(raw: &RawConstructor, fields: &[Field], scope: &Scope<'_>, sink: &Sink) -> Constructor {
    check_case("a constructor", &raw.name, Case::Snake, sink);
    let doc = text::sentence(raw.doc.as_ref(), sink);
    let mut set = Vec::new();
    for (field, value) in raw.set.iter().flat_map(|set| &set.value) {
        let value = scope.find(field, sink).and_then(|shape| literal(value, shape, sink));
        set.extend(value.map(|value| (field.value.clone(), value)));
    }
    let arguments = raw.arguments.as_ref().map(|arguments| lower_arguments(arguments, scope, sink)).unwrap_or_default();
    for argument in raw.arguments.iter().flat_map(|arguments| &arguments.value) {
        if set.iter().any(|(field, _)| *field == argument.value) {
            sink.report(argument.at, format!("`{}` is in `set` as well", argument.value));
        }
    }
    let what = format!("constructor `{}`", raw.name.value);
    check_complete(&what, raw.name.at, &set, &arguments, fields, sink);
    Constructor { name: raw.name.value.clone(), set, arguments, doc }
}

/// The fields that a caller gives.
pub(super) fn lower_arguments(raw: &At<Vec<At<String>>>, scope: &Scope<'_>, sink: &Sink) -> Vec<String> {
    for argument in &raw.value {
        scope.find(argument, sink);
    }
    text::strings(raw, "arguments", sink)
}

/// Checks that no field stays without a value that is required then: always, or by the values that are set.
pub(super) fn check_complete(
    what: &str,
    at: Place,
    set: &[(String, Literal)],
    arguments: &[String],
    fields: &[Field],
    sink: &Sink,
) {
    let given = |field: &Field| {
        field.default.is_some() || arguments.contains(&field.wire) || set.iter().any(|(wire, _)| *wire == field.wire)
    };
    let holds = |condition: &Condition| {
        let value = set.iter().find(|(wire, _)| *wire == condition.field).map(|(_, value)| value);
        let default = || fields.iter().find(|field| field.wire == condition.field)?.default.as_ref();
        !arguments.contains(&condition.field) && value.or_else(default) == Some(&condition.equals)
    };
    let needed = |field: &&Field| match &field.required {
        Required::Never => false,
        Required::Always => true,
        Required::When(conditions) => conditions.iter().all(holds),
    };
    let missing: Vec<_> = fields.iter().filter(needed).filter(|field| !given(field)).map(|field| &field.wire).collect();
    if !missing.is_empty() {
        let message = format!("{what} leaves {} without a value", listed(&missing));
        sink.suggest(at, message, "add what is missing to `arguments`");
    }
}
