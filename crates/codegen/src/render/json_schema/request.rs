//! The strict schemas of what is sent.

use super::place::{Place, placed};
use super::{BASE64, DATE_TIME, Definitions, nullable, one_of, patterns};
use crate::model::{Condition, EnumValue, Field, FieldKind, Format, Limit, Literal, Required, Rule, Type};
use crate::render::json::{Json, Object};

/// What a required text obeys beyond its own limits.
const NOT_EMPTY: Limit = Limit::Length { min: Some(1), max: None };

impl Definitions<'_> {
    /// The schema of a request, or of an object in it, without its title.
    pub(super) fn request(&self, item: &Type) -> Object {
        let mut properties = Object::new();
        let mut required = Vec::new();
        for (name, place) in placed(item.fields.iter().map(|field| (field, field))) {
            let (schema, must) = match place {
                Place::Here(field) => (self.field(field), is_required(field)),
                Place::Nested(fields) => self.nested(&fields),
            };
            properties = properties.with(name, schema);
            required.extend(must.then_some(name));
        }
        closed(properties, required).with_any("allOf", conditionals(item))
    }

    /// The schema of a nested wire object and whether it must be there, which one required field is enough for.
    fn nested(&self, fields: &[(&str, &Field)]) -> (Object, bool) {
        let properties = fields.iter().map(|(name, field)| ((*name).to_owned(), self.field(field))).collect();
        let required: Vec<_> = fields.iter().filter(|(_, field)| is_required(field)).map(|(name, _)| *name).collect();
        let must = !required.is_empty();
        let schema = closed(properties, required);
        (if must { schema } else { nullable(schema) }, must)
    }

    /// The schema of a field: null stands for an optional field that is left out.
    fn field(&self, field: &Field) -> Object {
        let value = if is_required(field) {
            let mut limits = field.limits.clone();
            limits.extend(is_text(&field.kind).then_some(NOT_EMPTY));
            self.value(&field.kind, &limits)
        } else {
            nullable(self.value(&field.kind, &field.limits))
        };
        Object::new()
            .with("description", &field.doc.text)
            .and(value)
            .with_some("default", field.default.as_ref().map(Literal::number))
    }

    /// The schema of a value other than null.
    fn value(&self, kind: &FieldKind, limits: &[Limit]) -> Object {
        match kind {
            FieldKind::Int32 => integer("int32", i32::MIN.into(), i32::MAX.into(), limits),
            FieldKind::Int64 => integer("int64", i64::MIN, i64::MAX, limits),
            FieldKind::Float => {
                let (min, max) = range(limits);
                Object::new()
                    .with("type", "number")
                    .with("format", "double")
                    .with_some("minimum", min.map(number))
                    .with_some("maximum", max.map(number))
            }
            FieldKind::String | FieldKind::Fee => Object::new().with("type", "string").and(text_limits(limits)),
            FieldKind::Flag => Object::new().with("type", "integer").with("enum", [0, 1]),
            FieldKind::Bool => Object::new().with("type", "boolean"),
            FieldKind::DateTime => self.reference(DATE_TIME),
            FieldKind::Base64 => self.reference(BASE64).and(text_limits(limits)),
            FieldKind::Enum(name) => allowed(limits).map_or_else(|| self.reference(name), one_of),
            FieldKind::Object(name) => self.reference(name),
            FieldKind::List(item) => Object::new().with("type", "array").with("items", self.value(item, limits)),
        }
    }
}

/// An object with these properties and no others.
fn closed(properties: Object, required: Vec<&str>) -> Object {
    Object::new()
        .with("type", "object")
        .with("properties", properties)
        .with_any("required", required)
        .with("additionalProperties", false)
}

/// A schema of whole numbers from `least` to `most`, or within the narrower range of their limits.
fn integer(format: &str, least: i64, most: i64, limits: &[Limit]) -> Object {
    let (min, max) = range(limits);
    Object::new()
        .with("type", "integer")
        .with("format", format)
        .with("minimum", min.and_then(whole).unwrap_or(least))
        .with("maximum", max.and_then(whole).unwrap_or(most))
}

/// Converts a limit to JSON, without a fraction if it is a whole number.
fn number(limit: f64) -> Json {
    whole(limit).map_or_else(|| Json::new(limit), Json::new)
}

/// Converts a limit to an integer. Returns `None` for a fraction, or for a number that does not fit 64 bits and is
/// therefore outside of the field's type.
fn whole(limit: f64) -> Option<i64> {
    limit.to_string().parse().ok()
}

/// The smallest and the largest number that limits allow.
fn range(limits: &[Limit]) -> (Option<f64>, Option<f64>) {
    let found = limits.iter().find_map(|limit| match limit {
        Limit::Range { min, max } => Some((*min, *max)),
        _ => None,
    });
    found.unwrap_or_default()
}

/// The values to which limits narrow an enum.
fn allowed(limits: &[Limit]) -> Option<&[EnumValue]> {
    limits.iter().find_map(|limit| match limit {
        Limit::OneOf(values) => Some(values.as_slice()),
        _ => None,
    })
}

/// What limits say of a text. Validators count characters as Unicode scalar values, as the rules do.
fn text_limits(limits: &[Limit]) -> Object {
    let (mut shortest, mut longest, mut pattern) = (None, None, None);
    for limit in limits {
        match limit {
            Limit::Length { min, max } => {
                shortest = shortest.max(*min);
                longest = longest.or(*max);
            }
            Limit::Format(Format::Digit) => {
                pattern = Some(patterns::DIGIT);
                longest = Some(patterns::DIGIT_LENGTH);
            }
            Limit::Range { .. } | Limit::OneOf(_) => {}
        }
    }
    Object::new().with_some("minLength", shortest).with_some("maxLength", longest).with_some("pattern", pattern)
}

/// Whether an empty value of this kind counts as missing where the field is required.
fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::String | FieldKind::Fee | FieldKind::Base64)
}

/// Whether a field must be present whatever the others are.
fn is_required(field: &Field) -> bool {
    field.required == Required::Always
}

/// The rules of a type that look at more than one field.
fn conditionals(item: &Type) -> Vec<Object> {
    let mut wanted: Vec<(&[Condition], Vec<&Field>)> = Vec::new();
    for field in &item.fields {
        let Required::When(conditions) = &field.required else { continue };
        match wanted.iter_mut().find(|(known, _)| known == conditions) {
            Some((_, fields)) => fields.push(field),
            None => wanted.push((conditions, vec![field])),
        }
    }
    let required = wanted.into_iter().map(|(conditions, fields)| {
        let present = having(fields.into_iter().map(|field| (field, present(&field.kind))));
        implication(item, conditions, present)
    });
    required.chain(item.rules.iter().map(|rule| rule_over_fields(item, rule))).collect()
}

/// The schema of a rule.
fn rule_over_fields(item: &Type, rule: &Rule) -> Object {
    let Rule::AtLeastOne { when, fields, doc } = rule;
    let is_set = |wire: &String| having([(item.field(wire), constant(1))]);
    let choice = Object::new().with("anyOf", fields.iter().map(is_set).collect::<Vec<_>>());
    Object::new().with("description", doc).and(implication(item, when, choice))
}

/// A schema that demands `then` when all conditions hold; without conditions, always.
fn implication(item: &Type, conditions: &[Condition], then: Object) -> Object {
    if conditions.is_empty() {
        return then;
    }
    let equal = conditions.iter().map(|condition| (item.field(&condition.field), constant(condition.equals.number())));
    Object::new().with("if", having(equal)).with("then", then)
}

/// An object in which all these fields are there and obey their schemas.
fn having<'a>(fields: impl IntoIterator<Item = (&'a Field, Object)>) -> Object {
    let (mut properties, mut required) = (Object::new(), Vec::new());
    for (name, place) in placed(fields) {
        let schema = match place {
            Place::Here(schema) => schema,
            Place::Nested(inner) => {
                let names: Vec<_> = inner.iter().map(|(name, _)| *name).collect();
                let schemas = inner.into_iter().map(|(name, schema)| (name.to_owned(), schema));
                Object::new()
                    .with("type", "object")
                    .with("properties", schemas.collect::<Object>())
                    .with("required", names)
            }
        };
        properties = properties.with(name, schema);
        required.push(name);
    }
    Object::new().with("properties", properties).with("required", required)
}

/// A schema of what counts as present: not null, and not empty if it is text. The field's own schema says the rest.
fn present(kind: &FieldKind) -> Object {
    let json_type = match kind {
        FieldKind::Int32 | FieldKind::Int64 | FieldKind::Flag | FieldKind::Enum(_) => "integer",
        FieldKind::Bool => "boolean",
        FieldKind::Float => "number",
        FieldKind::String | FieldKind::Fee | FieldKind::DateTime | FieldKind::Base64 => "string",
        FieldKind::Object(_) => "object",
        FieldKind::List(_) => "array",
    };
    Object::new().with("type", json_type).with_some("minLength", is_text(kind).then_some(1))
}

/// Returns a schema that accepts one number.
fn constant(value: i64) -> Object {
    Object::new().with("const", value)
}
