//! Literals and conditions. The kind of a literal follows from the field that it is compared with.

use super::scope::{Scope, Shape};
use crate::diagnostic::{At, Sink};
use crate::model::{Condition, FieldKind, Literal};
use crate::raw::{RawConditions, RawLiteral};

/// Lowers a literal to a value of a field, or reports that it does not fit.
pub(super) fn literal(raw: &At<RawLiteral>, shape: &Shape<'_>, sink: &Sink) -> Option<Literal> {
    let wire = &shape.member.raw.wire.value;
    match (shape.kind.as_ref()?, &raw.value) {
        (FieldKind::Flag, RawLiteral::Bool(value)) => Some(Literal::Flag(*value)),
        (FieldKind::Flag, _) => wrong(raw, &format!("expected true or false for the flag `{wire}`"), sink),
        (FieldKind::Int32, RawLiteral::Int(value)) if i32::try_from(*value).is_err() => {
            wrong(raw, &format!("expected a 32-bit integer for `{wire}`"), sink)
        }
        (FieldKind::Int32 | FieldKind::Int64 | FieldKind::Float, RawLiteral::Int(value)) => Some(Literal::Int(*value)),
        (FieldKind::Int32 | FieldKind::Int64 | FieldKind::Float, _) => {
            wrong(raw, &format!("expected an integer for the number `{wire}`"), sink)
        }
        (FieldKind::Enum(name), RawLiteral::Name(value)) => {
            let value = At { value: value.clone(), at: raw.at };
            enum_literal(name, &value, shape, sink)
        }
        (FieldKind::Enum(name), RawLiteral::Int(number)) => {
            let value = shape.values.iter().find(|value| value.number == *number);
            let message = format!("expected the name of a `{name}` for `{wire}`, got {number}");
            match value {
                Some(value) => sink.suggest(raw.at, message, format!("write \"{}\"", value.name)),
                None => sink.report(raw.at, message),
            }
            None
        }
        (FieldKind::Enum(name), RawLiteral::Bool(_)) => {
            wrong(raw, &format!("expected the name of a `{name}` for `{wire}`"), sink)
        }
        _ => {
            let message = format!("expected a flag, a number or an enum, got `{wire}` of type `{}`", shape.type_text());
            sink.report(raw.at, message);
            None
        }
    }
}

/// Finds the value of an enum by its name.
fn enum_literal(enum_name: &str, name: &At<String>, shape: &Shape<'_>, sink: &Sink) -> Option<Literal> {
    let Some(value) = shape.values.iter().find(|value| value.name == name.value) else {
        let owner = format!("of `{enum_name}`");
        sink.unknown_in("value", name, &owner, shape.values.iter().map(|value| value.name.as_str()));
        return None;
    };
    if !shape.allowed.contains(value) {
        let wire = &shape.member.raw.wire.value;
        sink.report(name.at, format!("`one_of` of `{wire}` does not allow `{}`", name.value));
        return None;
    }
    Some(Literal::Enum { enum_name: enum_name.to_owned(), name: value.name.clone(), number: value.number })
}

/// Reports a literal of the wrong kind.
fn wrong(raw: &At<RawLiteral>, expected: &str, sink: &Sink) -> Option<Literal> {
    let got = match &raw.value {
        RawLiteral::Bool(value) => value.to_string(),
        RawLiteral::Int(value) => value.to_string(),
        RawLiteral::Name(value) => format!("\"{value}\""),
    };
    sink.report(raw.at, format!("{expected}, got {got}"));
    None
}

/// Lowers conditions on fields of the type. Returns `None` if one of them is invalid. `own` is the field that depends on
/// the conditions, which cannot refer to it.
pub(super) fn conditions(
    raw: &At<RawConditions>,
    own: Option<&str>,
    scope: &Scope<'_>,
    sink: &Sink,
) -> Option<Vec<Condition>> {
    if raw.value.is_empty() {
        sink.report(raw.at, "expected at least one condition");
        return None;
    }
    let condition = |(field, equals): &(At<String>, At<RawLiteral>)| {
        if own == Some(field.as_str()) {
            sink.report(field.at, format!("`{}` cannot depend on itself", field.value));
            return None;
        }
        let equals = literal(equals, scope.find(field, sink)?, sink)?;
        Some(Condition { field: field.value.clone(), equals })
    };
    // Lower all of them before stopping at an invalid one, so that every problem is reported.
    let conditions: Vec<_> = raw.value.iter().map(condition).collect();
    conditions.into_iter().collect()
}
