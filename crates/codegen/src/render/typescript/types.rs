//! Types, declarations and documentation of fields.

use crate::model::{EnumValue, Field, FieldKind, Limit, Literal, Required};
use crate::names;

/// Returns the type of a field of a request.
pub(super) fn requested(field: &Field) -> String {
    let allowed = field.limits.iter().find_map(|limit| match limit {
        Limit::OneOf(values) => Some(values.as_slice()),
        _ => None,
    });
    match &field.kind {
        FieldKind::List(item) => format!("readonly {}[]", parenthesized(&requested_kind(item, allowed))),
        kind => requested_kind(kind, allowed),
    }
}

/// Returns the type of a value of a request, which may be limited to some values of its enum.
fn requested_kind(kind: &FieldKind, allowed: Option<&[EnumValue]>) -> String {
    match (kind, allowed) {
        (FieldKind::Enum(name), Some(values)) => {
            let types = values.iter().map(|value| format!("typeof {name}.{}", names::screaming(&value.name)));
            types.collect::<Vec<_>>().join(" | ")
        }
        (FieldKind::Enum(name), None) => name.clone(),
        // Integers beyond 2^53 are exact only as `bigint`.
        (FieldKind::Int64, _) => "number | bigint".to_owned(),
        (kind, _) => common(kind),
    }
}

/// Returns the type of a field of a response.
pub(super) fn responded(field: &Field) -> String {
    let item = match field.kind.item() {
        FieldKind::Int64 if field.is_id() => "number | bigint".to_owned(),
        FieldKind::Enum(name) => value_type(name),
        kind => common(kind),
    };
    if matches!(field.kind, FieldKind::List(_)) { format!("readonly {}[]", parenthesized(&item)) } else { item }
}

/// Returns the name of an enum's type in responses, which includes numbers without a name.
pub(super) fn value_type(enum_name: &str) -> String {
    format!("{enum_name}Value")
}

/// Returns the type of a value that is the same in requests and responses.
fn common(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Int32 | FieldKind::Int64 | FieldKind::Float => "number".to_owned(),
        FieldKind::Flag | FieldKind::Bool => "boolean".to_owned(),
        FieldKind::String | FieldKind::DateTime | FieldKind::Base64 | FieldKind::Written(_) => "string".to_owned(),
        FieldKind::Enum(name) | FieldKind::Object(name) => name.clone(),
        FieldKind::List(_) => unreachable!("lowering refuses lists of lists"),
    }
}

/// Returns a type that can be followed by `[]`.
fn parenthesized(text: &str) -> String {
    if text.contains(' ') { format!("({text})") } else { text.to_owned() }
}

/// Returns the documentation of a field of a request.
pub(super) fn asked(field: &Field) -> String {
    let beyond = " Use a `bigint` beyond 2^53, where a number may have been rounded.";
    format!("{}{}", field.doc.text, if field.kind == FieldKind::Int64 { beyond } else { "" })
}

/// Returns the documentation of a field of a response.
pub(super) fn told(field: &Field) -> String {
    let beyond = " A `bigint` beyond 2^53, because a number would be rounded.";
    format!("{}{}", field.doc.text, if field.is_id() { beyond } else { "" })
}

/// Returns whether a caller may leave a field of a request out.
pub(super) fn is_optional(field: &Field) -> bool {
    field.default.is_some() || field.required != Required::Always
}

/// Returns the value that is sent for a field that the caller leaves out.
pub(super) fn default(field: &Field) -> Option<&Literal> {
    field.default.as_ref()
}

/// Declares a property of a request.
pub(super) fn property(field: &Field, of: &str, is_optional: bool) -> String {
    let wire = &field.wire;
    if is_optional { format!("{wire}?: {of} | undefined") } else { format!("{wire}: {of}") }
}

/// Renders a literal as an expression.
pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Flag(flag) => flag.to_string(),
        Literal::Int(number) => number.to_string(),
        Literal::Enum { enum_name, name, .. } => format!("{enum_name}.{}", names::screaming(name)),
    }
}
