//! Renders the named ways to make a request: functions that take what one purpose needs, and an object with the rest.

use serde::Serialize;

use super::rules::RuleUnion;
use super::text::literal;
use super::types::{asked, literal as value, requested};
use crate::model::{self, Field, FieldKind, Type};
use crate::names;

/// A function.
#[derive(Serialize)]
pub(super) struct ConstructorFunction<'a> {
    name: String,
    doc: &'a str,
    parameters: Vec<ConstructorParameter>,
    /// The object that is returned, without the further fields.
    members: String,
    takes_audio: bool,
    /// Name of the type of the further fields.
    options: String,
    /// Names of the fields that the constructor itself sets, as a type.
    set: String,
    /// Names of the rules that further fields obey among themselves.
    rules: Vec<String>,
    /// Whether the compiler cannot see that the result obeys a rule.
    is_cast: bool,
}

/// A parameter.
#[derive(Serialize)]
struct ConstructorParameter {
    name: String,
    of: String,
    doc: String,
}

/// Returns whether a constructor takes a field as audio and encodes it.
pub(super) fn is_audio(field: &Field) -> bool {
    field.kind == FieldKind::Base64
}

pub(super) fn constructor<'a>(
    request: &Type,
    constructor: &'a model::Constructor,
    rules: &[RuleUnion<'_>],
) -> ConstructorFunction<'a> {
    let arguments: Vec<_> = constructor.arguments.iter().map(|wire| (wire, request.field(wire))).collect();
    let name = |wire: &str| names::typescript_argument(constructor.argument_name(wire));
    let parameters = arguments.iter().map(|(wire, field)| {
        let (of, doc) = if is_audio(field) {
            ("Audio".to_owned(), "The file: its bytes, or a path or `file:` URL, which is read at once.".to_owned())
        } else {
            (requested(field), asked(field))
        };
        ConstructorParameter { name: name(wire), of, doc }
    });
    let set = constructor.set.iter().map(|(wire, of)| format!("{wire}: {}", value(of)));
    let method = names::typescript_method(&constructor.name);
    let given = arguments.iter().map(|(wire, field)| match (is_audio(field), name(wire)) {
        (true, name) => format!("{wire}: encodeAudio({name}, {}.{method})", request.name),
        (false, name) if name == **wire => name,
        (false, name) => format!("{wire}: {name}"),
    });
    let known = || constructor.set.iter().map(|(wire, _)| wire).chain(&constructor.arguments);
    let (carried, own): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| rule.is_optional() && !rule.concerns(known()));
    let is_set = |rule: &&RuleUnion<'_>| constructor.set.iter().any(|(wire, _)| wire == rule.decider);
    ConstructorFunction {
        members: set.chain(given).collect::<Vec<_>>().join(", "),
        name: method,
        doc: &constructor.doc,
        parameters: parameters.collect(),
        takes_audio: arguments.iter().any(|(_, field)| is_audio(field)),
        options: format!("{}{}Options", request.name, names::pascal(&constructor.name)),
        set: known().map(|wire| literal(wire)).collect::<Vec<_>>().join(" | "),
        rules: carried.into_iter().map(|rule| rule.name.clone()).collect(),
        is_cast: !own.iter().all(is_set),
    }
}
