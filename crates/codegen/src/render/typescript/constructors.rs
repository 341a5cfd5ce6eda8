//! Renders the named ways to make a request: functions that take what one purpose needs, and all else in an object.

use serde::Serialize;

use super::requests::{Alias, WRAPPER, fields_name};
use super::rules::{Rules, Whole};
use super::text::{braced, bracketed, comment, literal, union, wrapped_intersection};
use super::types::requested;
use crate::model::{self, Field, FieldKind, Type};
use crate::names;

/// A function.
#[derive(Serialize)]
pub(super) struct Constructor {
    doc: String,
    head: String,
    body: String,
}

/// Whether a constructor takes a field as audio and encodes it.
pub(super) fn is_audio(field: &Field) -> bool {
    field.kind == FieldKind::Base64
}

/// The type of the fields that a constructor neither sets nor takes as arguments, with the rules that they obey among
/// themselves.
pub(super) fn further(request: &Type, constructor: &model::Constructor, rules: &Rules) -> Alias {
    let known: Vec<_> = known(constructor).map(|wire| literal(wire)).collect();
    let rest = format!("Omit<{}, {}>", fields_name(request, rules), known.join(" | "));
    let carried: Vec<_> =
        rules.whole.iter().filter(|rule| is_carried(rule, constructor)).map(|rule| rule.name.clone()).collect();
    let name = format!("type {}", further_name(request, constructor));
    let declared = if carried.is_empty() {
        union(&name, &[rest])
    } else {
        wrapped_intersection(&name, WRAPPER, &[vec![rest], carried].concat())
    };
    let method = names::typescript_method(&constructor.name);
    let doc = comment(0, &[&format!("What `{}.{method}` may be given besides its arguments.", request.name)]);
    Alias { declared, doc }
}

pub(super) fn render(request: &Type, constructor: &model::Constructor, rules: &Rules) -> Constructor {
    let method = names::typescript_method(&constructor.name);
    let argument = |wire: &str| names::typescript_argument(constructor.argument_name(wire));
    let arguments = constructor.arguments.iter().map(|wire| {
        let field = request.field(wire);
        format!("{}: {}", argument(wire), if is_audio(field) { "Audio".to_owned() } else { requested(field) })
    });
    let fields = format!("fields?: {}", further_name(request, constructor));
    let parameters: Vec<_> = arguments.chain([fields]).collect();
    let set = constructor.set.iter().map(|(wire, value)| format!("{wire}: {}", super::types::literal(value)));
    let given = constructor.arguments.iter().map(|wire| {
        let name = argument(wire);
        match is_audio(request.field(wire)) {
            true => format!("{wire}: encodeAudio({name})"),
            false if name == *wire => name,
            false => format!("{wire}: {name}"),
        }
    });
    // What is set comes last, so that nothing else in the object can undo it.
    let members: Vec<_> = std::iter::once("...fields".to_owned()).chain(set).chain(given).collect();
    let cast = if rules.whole.iter().all(|rule| is_provable(rule, constructor)) {
        ";".to_owned()
    } else {
        format!(" as {};", request.name)
    };
    let documented = constructor.arguments.iter().map(|wire| {
        let field = request.field(wire);
        let text = if is_audio(field) {
            "Bytes, or the path of a file, which is read; it is encoded here."
        } else {
            &field.doc.text
        };
        format!("@param {} - {text}", argument(wire))
    });
    let mut paragraphs = vec![constructor.doc.clone()];
    paragraphs.extend(documented);
    paragraphs.push("@param fields - Further fields.".to_owned());
    if constructor.arguments.iter().any(|wire| is_audio(request.field(wire))) {
        paragraphs.push("@throws {@link InvalidRequestError} if a file cannot be read.".to_owned());
    }
    let paragraphs: Vec<_> = paragraphs.iter().map(String::as_str).collect();
    Constructor {
        doc: comment(2, &paragraphs),
        head: bracketed(2, &format!("{method}("), &parameters, &format!("): {} {{", request.name)),
        body: braced(4, "return {", &members, &format!("}}{cast}")),
    }
}

fn further_name(request: &Type, constructor: &model::Constructor) -> String {
    format!("{}{}Further", request.name, names::pascal(&constructor.name))
}

/// Wire names of the fields that a constructor sets or takes as arguments.
fn known(constructor: &model::Constructor) -> impl Iterator<Item = &String> {
    constructor.set.iter().map(|(wire, _)| wire).chain(&constructor.arguments)
}

/// Whether the further fields of a constructor have to do with a rule among themselves only.
fn is_carried(rule: &Whole, constructor: &model::Constructor) -> bool {
    rule.is_optional && !known(constructor).any(|wire| rule.fields.contains(wire))
}

/// Whether the compiler sees that what a constructor makes obeys a rule: the further fields obey it, or the value that
/// decides is set.
fn is_provable(rule: &Whole, constructor: &model::Constructor) -> bool {
    let is_set = |decider: &String| constructor.set.iter().any(|(wire, _)| wire == decider);
    is_carried(rule, constructor) || rule.decider.as_ref().is_some_and(is_set)
}
