//! Constructors. Also checks that constructors and arguments of operations set all required fields.

use super::docs;
use super::literals::literal;
use super::naming::{Case, check_case};
use super::scope::Scope;
use crate::diagnostic::{At, Place, Sink, listed};
use crate::model::{Condition, Constructor, Field, Literal, Required};
use crate::names;
use crate::raw::{RawConstructor, RawNames};

/// Lowers the constructors of a type.
pub(super) fn lower_constructors(
    raw: &[RawConstructor],
    fields: &[Field],
    scope: &Scope<'_>,
    sink: &Sink,
) -> Vec<Constructor> {
    raw.iter().map(|raw| lower_constructor(raw, fields, scope, sink)).collect()
}

fn lower_constructor(raw: &RawConstructor, fields: &[Field], scope: &Scope<'_>, sink: &Sink) -> Constructor {
    check_case("a constructor", &raw.name, Case::Snake, sink);
    let doc = docs::sentence(raw.doc.as_ref(), sink);
    let mut set = Vec::new();
    for (field, value) in raw.set.iter().flat_map(|set| &set.value) {
        let value = scope.find(field, sink).and_then(|shape| literal(value, shape, sink));
        set.extend(value.map(|value| (field.value.clone(), value)));
    }
    let arguments = raw.arguments.as_ref().map(|arguments| lower_arguments(arguments, scope, sink)).unwrap_or_default();
    for argument in raw.arguments.iter().flat_map(|arguments| &arguments.value) {
        if set.iter().any(|(field, _)| *field == argument.value) {
            sink.report(argument.at, format!("`{}` is also in `set`", argument.value));
        }
    }
    let names = lower_names(&raw.names, &arguments, scope, sink);
    let what = format!("constructor `{}`", raw.name.value);
    check_complete(&what, raw.name.at, &set, &arguments, fields, sink);
    Constructor { name: raw.name.value.clone(), set, arguments, names, doc }
}

/// Checks and lowers `arguments`.
pub(super) fn lower_arguments(raw: &At<Vec<At<String>>>, scope: &Scope<'_>, sink: &Sink) -> Vec<String> {
    for argument in &raw.value {
        scope.find(argument, sink);
    }
    docs::strings(raw, "arguments", sink)
}

/// Lowers the argument names that differ from the field names. No name may be that of another field, because in Python
/// a constructor takes the other fields beside its arguments.
pub(super) fn lower_names(
    raw: &RawNames,
    arguments: &[String],
    scope: &Scope<'_>,
    sink: &Sink,
) -> Vec<(String, String)> {
    let mut lowered: Vec<(String, String)> = Vec::new();
    for (field, name) in raw {
        check_case("an argument", name, Case::Wire, sink);
        if scope.find(field, sink).is_some() && !arguments.contains(&field.value) {
            sink.report(field.at, format!("`{}` is not in `arguments`", field.value));
        }
        let fields = scope.shapes.iter().map(|shape| shape.member.raw.wire.as_str());
        let others = fields.filter(|other| *other != field.value).chain(lowered.iter().map(|(_, name)| name.as_str()));
        let key = names::key(&name.value);
        if let Some(other) = others.into_iter().find(|other| names::key(other) == key) {
            sink.report(
                name.at,
                format!("the name `{}` is already used by the field or argument `{other}`", name.value),
            );
        }
        lowered.push((field.value.clone(), name.value.clone()));
    }
    lowered
}

/// Checks that all required fields have a value, including those that the set values make required.
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
        sink.suggest(at, message, "add the missing fields to `arguments`");
    }
}
