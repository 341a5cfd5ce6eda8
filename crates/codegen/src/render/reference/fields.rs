//! Fields, rules, warnings and constructors in words.

use super::{sources, type_link};
use crate::model::{
    Condition, Constructor, Direction, Field, FieldKind, Format, Limit, Lint, Literal, Required, Rule, Type,
};
use crate::render::markdown::{code, codes, table};

/// The fields of a type. Those of a response are never required, and have neither limits nor defaults.
pub(super) fn table_of(item: &Type) -> String {
    match item.direction {
        Direction::Request => {
            let head = ["Field", "Type", "Required", "Limits", "Default", "Meaning", "Source"];
            table(&head, item.fields.iter().map(request_row))
        }
        Direction::Response => table(&["Field", "Type", "Meaning", "Source"], item.fields.iter().map(response_row)),
    }
}

/// The row of a field that is sent.
fn request_row(field: &Field) -> Vec<String> {
    vec![
        path(field),
        kind(&field.kind),
        required(&field.required),
        limits(field),
        field.default.as_ref().map(literal).unwrap_or_default(),
        meaning(field),
        origin(field),
    ]
}

/// The row of a field that is received.
fn response_row(field: &Field) -> Vec<String> {
    vec![path(field), kind(&field.kind), meaning(field), origin(field)]
}

/// Where a field is found in its wire object.
fn path(field: &Field) -> String {
    match &field.within {
        Some(holder) => code(&format!("{holder}.{}", field.wire)),
        None => code(&field.wire),
    }
}

/// What a field holds.
fn kind(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Int32 => "integer of 32 bits".to_owned(),
        FieldKind::Int64 => "integer of 64 bits".to_owned(),
        FieldKind::Float => "number".to_owned(),
        FieldKind::String => "text".to_owned(),
        FieldKind::Flag => "flag, 0 or 1".to_owned(),
        FieldKind::Bool => "true or false".to_owned(),
        FieldKind::DateTime => "time, `yyyy-MM-dd HH:mm:ss`".to_owned(),
        FieldKind::Base64 => "bytes in padded base64".to_owned(),
        FieldKind::Fee => "fee, as text".to_owned(),
        FieldKind::Enum(name) | FieldKind::Object(name) => type_link(name),
        FieldKind::List(item) => format!("list: {}", self::kind(item)),
    }
}

/// When a field must be present.
fn required(required: &Required) -> String {
    match required {
        Required::Never => "no".to_owned(),
        Required::Always => "yes".to_owned(),
        Required::When(conditions) => format!("when {}", all_of(conditions)),
    }
}

/// What a field allows, or each item of a list.
fn limits(field: &Field) -> String {
    let each = if matches!(field.kind, FieldKind::List(_)) { "each " } else { "" };
    field.limits.iter().map(|item| format!("{each}{}", limit(item))).collect::<Vec<_>>().join("; ")
}

/// What one limit allows.
fn limit(limit: &Limit) -> String {
    match limit {
        Limit::Range { min, max } => span(min.as_ref(), max.as_ref()),
        Limit::Length { min, max } => format!("{} characters", span(min.as_ref(), max.as_ref())),
        Limit::OneOf(values) => {
            let values: Vec<_> = values.iter().map(|value| named(value.number, &value.name)).collect();
            format!("only {}", values.join(", "))
        }
        Limit::Format(Format::Digit) => "one digit, 0 to 9".to_owned(),
    }
}

/// The words for a smallest and a largest value.
fn span<T: ToString>(min: Option<&T>, max: Option<&T>) -> String {
    match (min.map(T::to_string), max.map(T::to_string)) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any".to_owned(),
    }
}

/// What a field means, and what else it is called.
fn meaning(field: &Field) -> String {
    if field.aliases.is_empty() {
        return field.doc.text.clone();
    }
    format!("{} Also read as {}.", field.doc.text, codes(&field.aliases))
}

/// The documents that a field is from, and whether it is no more than shown there.
fn origin(field: &Field) -> String {
    let note = if field.example_only { " (shown, not described)" } else { "" };
    format!("{}{note}", sources(&field.doc))
}

/// A rule over more than one field.
pub(super) fn rule(rule: &Rule) -> String {
    let Rule::AtLeastOne { when, fields, doc } = rule;
    let condition = if when.is_empty() { "Always".to_owned() } else { format!("When {}", all_of(when)) };
    format!("{condition}, at least one of {} is 1. {doc}", codes(fields))
}

/// Advice that is not a rule.
pub(super) fn lint(lint: &Lint) -> String {
    match lint {
        Lint::NoEffect { field, unless, doc } => {
            format!("{doc} (Given when {} is not 0, unless {}.)", code(field), all_of(unless))
        }
        Lint::UnknownVariable { field, name, min, max, doc } => {
            let [first, last] = [min, max].map(|number| code(&format!("${{{name}{number}}}")));
            format!("{doc} (Given when {} has a `${{…}}` other than {first} to {last}.)", code(field))
        }
    }
}

/// A named way to make a value.
pub(super) fn constructor(constructor: &Constructor) -> String {
    let arguments: Vec<_> = constructor.arguments.iter().map(|wire| constructor.argument_name(wire)).collect();
    let call = code(&format!("{}({})", constructor.name, arguments.join(", ")));
    let set: Vec<_> =
        constructor.set.iter().map(|(field, value)| format!("{} to {}", code(field), literal(value))).collect();
    let given: Vec<_> =
        constructor.names.iter().map(|(field, name)| format!("{} is given as {}", code(field), code(name))).collect();
    let set = if set.is_empty() { String::new() } else { format!(" It sets {}.", set.join(" and ")) };
    let given = if given.is_empty() { String::new() } else { format!(" There {}.", given.join(" and ")) };
    format!("{call}: {}{set}{given}", constructor.doc)
}

/// Conditions that hold together.
fn all_of(conditions: &[Condition]) -> String {
    let conditions: Vec<_> = conditions
        .iter()
        .map(|condition| format!("{} is {}", code(&condition.field), literal(&condition.equals)))
        .collect();
    conditions.join(" and ")
}

/// A literal as it is written on the wire, with its name if it has one.
fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Flag(value) => u8::from(*value).to_string(),
        Literal::Int(number) => number.to_string(),
        Literal::Enum { name, number, .. } => named(*number, name),
    }
}

/// A number with its name.
fn named(number: i64, name: &str) -> String {
    format!("{number} ({})", code(name))
}
