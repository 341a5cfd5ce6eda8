//! Fields, rules, lints and constructors in words.

use serde::Serialize;

use crate::model::{
    Condition, Constructor, Field, FieldKind, Format, Limit, Lint, Literal, Notation, Required, Rule, Type,
};
use crate::render::markdown::{code, codes};

/// A field.
#[derive(Serialize)]
pub(super) struct FieldView<'a> {
    /// Name on the wire, after the nested wire object that contains it.
    path: String,
    kind: String,
    required: String,
    limits: String,
    default: String,
    doc: &'a str,
    aliases: &'a [String],
    /// Sources, if they differ from those of the type.
    source: Option<&'a [String]>,
}

/// A constructor.
#[derive(Serialize)]
pub(super) struct ConstructorView<'a> {
    name: &'a str,
    arguments: Vec<&'a str>,
    doc: &'a str,
    /// The fields that it sets, and the arguments whose names differ from their fields.
    sets: Vec<String>,
}

impl<'a> FieldView<'a> {
    pub(super) fn new(field: &'a Field, item: &Type) -> Self {
        Self {
            path: field.within.iter().chain([&field.wire]).map(String::as_str).collect::<Vec<_>>().join("."),
            kind: kind_words(&field.kind),
            required: required_words(&field.required),
            limits: limit_words(field),
            default: field.default.as_ref().map(literal_words).unwrap_or_default(),
            doc: &field.doc.text,
            aliases: &field.aliases,
            source: (field.doc.source != item.doc.source).then_some(&field.doc.source),
        }
    }
}

impl<'a> ConstructorView<'a> {
    pub(super) fn new(constructor: &'a Constructor) -> Self {
        let fixed = constructor.set.iter().map(|(field, value)| format!("{} to {}", code(field), literal_words(value)));
        let renamed = constructor.names.iter().map(|(field, name)| format!("{} from {}", code(field), code(name)));
        Self {
            name: &constructor.name,
            arguments: constructor.arguments.iter().map(|wire| constructor.argument_name(wire)).collect(),
            doc: &constructor.doc,
            sets: fixed.chain(renamed).collect(),
        }
    }
}

/// Formats a kind. Types and enums are links.
fn kind_words(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Int32 => "32-bit integer".to_owned(),
        FieldKind::Int64 => "64-bit integer".to_owned(),
        FieldKind::Float => "number".to_owned(),
        FieldKind::String => "string".to_owned(),
        FieldKind::Flag => "flag, 0 or 1".to_owned(),
        FieldKind::Bool => "true or false".to_owned(),
        FieldKind::DateTime => "time, `yyyy-MM-dd HH:mm:ss`".to_owned(),
        FieldKind::Base64 => "bytes in padded base64".to_owned(),
        FieldKind::Written(Notation::Fee) => "fee, as text".to_owned(),
        FieldKind::Written(Notation::Percent) => "percentage, as text".to_owned(),
        FieldKind::Written(Notation::Duration) => "duration, as text".to_owned(),
        FieldKind::Enum(name) | FieldKind::Object(name) => format!("[`{name}`](#type-{})", name.to_lowercase()),
        FieldKind::List(item) => format!("list: {}", self::kind_words(item)),
    }
}

/// Formats when a field is required.
fn required_words(required: &Required) -> String {
    match required {
        Required::Never => "no".to_owned(),
        Required::Always => "yes".to_owned(),
        Required::When(conditions) => format!("when {}", all_of(conditions)),
    }
}

/// Formats the limits of a field, or of each item of a list.
fn limit_words(field: &Field) -> String {
    let each = if matches!(field.kind, FieldKind::List(_)) { "each " } else { "" };
    field.limits.iter().map(|item| format!("{each}{}", single_limit(item))).collect::<Vec<_>>().join("; ")
}

/// Formats a limit.
fn single_limit(limit: &Limit) -> String {
    match limit {
        Limit::Range { min, max } => range_words(min.as_ref(), max.as_ref()),
        Limit::Length { min, max } => format!("{} characters", range_words(min.as_ref(), max.as_ref())),
        Limit::OneOf(values) => {
            let values: Vec<_> = values.iter().map(|value| named_number(value.number, &value.name)).collect();
            format!("only {}", values.join(", "))
        }
        Limit::Format(Format::Digit) => "one digit, 0 to 9".to_owned(),
    }
}

/// Formats a range.
fn range_words<T: ToString>(min: Option<&T>, max: Option<&T>) -> String {
    match (min.map(T::to_string), max.map(T::to_string)) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any".to_owned(),
    }
}

/// Formats a rule over more than one field.
pub(super) fn rule_words(rule: &Rule) -> String {
    let Rule::AtLeastOne { when, fields, doc } = rule;
    let condition = if when.is_empty() { "Always".to_owned() } else { format!("When {}", all_of(when)) };
    format!("{condition}, at least one of {} is 1. {doc}", codes(fields))
}

/// Formats a lint.
pub(super) fn lint_words(lint: &Lint) -> String {
    match lint {
        Lint::NoEffect { field, unless, doc } => {
            format!("{} is not 0, unless {}: {doc}", code(field), all_of(unless))
        }
        Lint::UnknownVariable { field, name, min, max, doc } => {
            let [first, last] = [min, max].map(|number| code(&format!("${{{name}{number}}}")));
            format!("{} contains a `${{…}}` other than {first} to {last}: {doc}", code(field))
        }
        Lint::Empty { field, doc } => format!("{} is present and empty: {doc}", code(field)),
        Lint::Reversed { start, end, doc } => format!("{} is before {}: {doc}", code(end), code(start)),
    }
}

/// Formats conditions that must all hold.
fn all_of(conditions: &[Condition]) -> String {
    let conditions: Vec<_> = conditions
        .iter()
        .map(|condition| format!("{} is {}", code(&condition.field), literal_words(&condition.equals)))
        .collect();
    conditions.join(" and ")
}

/// Formats a literal as on the wire, with the name of an enum value.
fn literal_words(literal: &Literal) -> String {
    match literal {
        Literal::Flag(_) | Literal::Int(_) => literal.number().to_string(),
        Literal::Enum { name, number, .. } => named_number(*number, name),
    }
}

/// Formats a number with its name.
fn named_number(number: i64, name: &str) -> String {
    format!("{number} ({})", code(name))
}
