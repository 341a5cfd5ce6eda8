//! Literals and conditions, which are resolved by the field that they are compared with.

use super::scope::{Scope, Shape};
use crate::diagnostic::{At, Sink};
use crate::model::{Condition, FieldKind, Literal};
use crate::raw::{RawConditions, RawLiteral};

/// The literal as a value of the field; reports if it is none.
pub(super) fn literal(raw: &At<RawLiteral>, shape: &Shape<'_>, sink: &Sink) -> Option<Literal> {
    let wire = &shape.member.raw.wire.value;
    match (shape.kind.as_ref()?, &raw.value) {
        (FieldKind::Flag, RawLiteral::Bool(value)) => Some(Literal::Flag(*value)),
        (FieldKind::Flag, _) => wrong(raw, &format!("`{wire}` is a flag and equals true or false"), sink),
        (FieldKind::Int32, RawLiteral::Int(value)) if i32::try_from(*value).is_err() => {
            wrong(raw, &format!("{value} does not fit the 32 bits of `{wire}`"), sink)
        }
        (FieldKind::Int32 | FieldKind::Int64 | FieldKind::Float, RawLiteral::Int(value)) => Some(Literal::Int(*value)),
        (FieldKind::Int32 | FieldKind::Int64 | FieldKind::Float, _) => {
            wrong(raw, &format!("`{wire}` is a number and equals an integer"), sink)
        }
        (FieldKind::Enum(name), RawLiteral::Name(value)) => {
            let value = At { value: value.clone(), at: raw.at };
            enum_literal(name, &value, shape, sink)
        }
        (FieldKind::Enum(name), RawLiteral::Int(number)) => {
            let value = shape.values.iter().find(|value| value.number == *number);
            let message = format!("`{wire}` is a `{name}` and equals the name of a value");
            match value {
                Some(value) => sink.suggest(raw.at, message, format!("write \"{}\"", value.name)),
                None => sink.report(raw.at, message),
            }
            None
        }
        (FieldKind::Enum(name), RawLiteral::Bool(_)) => {
            wrong(raw, &format!("`{wire}` is a `{name}` and equals the name of a value"), sink)
        }
        _ => wrong(raw, &format!("`{wire}` is neither flag, number nor enum and equals no literal"), sink),
    }
}

/// The value of an enum by its name.
fn enum_literal(enum_name: &str, name: &At<String>, shape: &Shape<'_>, sink: &Sink) -> Option<Literal> {
    let Some(value) = shape.values.iter().find(|value| value.name == name.value) else {
        sink.unknown(&format!("value of `{enum_name}`"), name, shape.values.iter().map(|value| value.name.as_str()));
        return None;
    };
    if !shape.allowed.contains(value) {
        let wire = &shape.member.raw.wire.value;
        sink.report(name.at, format!("`{}` is not among the values that `one_of` of `{wire}` allows", name.value));
        return None;
    }
    Some(Literal::Enum { enum_name: enum_name.to_owned(), name: value.name.clone(), number: value.number })
}

fn wrong(raw: &At<RawLiteral>, message: &str, sink: &Sink) -> Option<Literal> {
    sink.report(raw.at, message);
    None
}

/// Equalities over fields of the type; `None` if one of them makes no sense. `own` is the field that depends on them
/// and cannot be one of theirs.
pub(super) fn conditions(
    raw: &At<RawConditions>,
    own: Option<&str>,
    scope: &Scope<'_>,
    sink: &Sink,
) -> Option<Vec<Condition>> {
    if raw.value.is_empty() {
        sink.report(raw.at, "there is no condition");
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
    // All are looked at before the first that makes no sense counts.
    let conditions: Vec<_> = raw.value.iter().map(condition).collect();
    conditions.into_iter().collect()
}
