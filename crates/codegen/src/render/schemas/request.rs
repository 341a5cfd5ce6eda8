//! The strict schemas of requests.

use super::parts::{BASE64, DATE_TIME, References, nullable, one_of};
use super::patterns;
use crate::model::{Condition, EnumValue, Field, FieldKind, Format, Limit, Literal, Required, Rule, Type};
use crate::render::json::{Json, JsonObject};

/// Additional limit of a required text.
const NOT_EMPTY: Limit = Limit::Length { min: Some(1), max: None };

impl References {
    /// Returns the schema of a request type without its title.
    pub(super) fn request(self, item: &Type) -> JsonObject {
        let (mut schemas, mut required) = (JsonObject::new(), Vec::new());
        for (name, property) in properties(item.fields.iter().map(|field| (field, field))) {
            let (schema, must) = match property {
                WireProperty::Field(field) => (self.field(field), is_required(field)),
                WireProperty::Nested(fields) => self.nested(&fields, foreign_in(item, name)),
            };
            schemas = schemas.set(name, schema);
            required.extend(must.then_some(name));
        }
        let own_holders: Vec<_> = item.fields.iter().filter_map(|field| field.within.as_deref()).collect();
        for (path, owner) in &item.foreign {
            match path.split_once('.') {
                None => schemas = schemas.set(path, left_out(owner)),
                Some((holder, _)) if own_holders.contains(&holder) => {}
                Some((holder, _)) => {
                    let inner = foreign_in(item, holder).collect();
                    schemas = schemas.set(holder, nullable(object(inner, Vec::new())));
                }
            }
        }
        object(schemas, required).set_any("allOf", conditionals(item))
    }

    /// Returns the schema of a nested wire object, and whether it is required because one of its fields is.
    fn nested(
        self,
        fields: &[(&str, &Field)],
        foreign: impl Iterator<Item = (String, JsonObject)>,
    ) -> (JsonObject, bool) {
        let properties =
            fields.iter().map(|(name, field)| ((*name).to_owned(), self.field(field))).chain(foreign).collect();
        let required: Vec<_> = fields.iter().filter(|(_, field)| is_required(field)).map(|(name, _)| *name).collect();
        let must = !required.is_empty();
        let schema = object(properties, required);
        (if must { schema } else { nullable(schema) }, must)
    }

    /// Returns the schema of a field. An optional field may be null.
    fn field(self, field: &Field) -> JsonObject {
        let value = if is_required(field) {
            let mut limits = field.limits.clone();
            limits.extend(is_text(&field.kind).then_some(NOT_EMPTY));
            self.value(&field.kind, &limits)
        } else {
            nullable(self.value(&field.kind, &field.limits))
        };
        JsonObject::new()
            .set("description", &field.doc.text)
            .merge(value)
            .set_some("default", field.default.as_ref().map(Literal::number))
    }

    /// Returns the schema of a value other than null.
    fn value(self, kind: &FieldKind, limits: &[Limit]) -> JsonObject {
        match kind {
            FieldKind::Int32 => integer("int32", i32::MIN.into(), i32::MAX.into(), limits),
            FieldKind::Int64 => integer("int64", i64::MIN, i64::MAX, limits),
            FieldKind::Float => {
                let (min, max) = range(limits);
                JsonObject::new()
                    .set("type", "number")
                    .set("format", "double")
                    .set_some("minimum", min.map(number))
                    .set_some("maximum", max.map(number))
            }
            FieldKind::String | FieldKind::Written(_) => {
                JsonObject::new().set("type", "string").merge(text_limits(limits))
            }
            FieldKind::Flag => JsonObject::new().set("type", "integer").set("enum", [0, 1]),
            FieldKind::Bool => JsonObject::new().set("type", "boolean"),
            FieldKind::DateTime => self.reference_to(DATE_TIME),
            FieldKind::Base64 => self.reference_to(BASE64).merge(text_limits(limits)),
            FieldKind::Enum(name) => allowed(limits).map_or_else(|| self.reference_to(name), one_of),
            FieldKind::Object(name) => self.reference_to(name),
            FieldKind::List(item) => JsonObject::new().set("type", "array").set("items", self.value(item, limits)),
        }
    }
}

/// Returns the schema of an object with these properties. Others are allowed, because newer versions of the service may
/// have more.
fn object(properties: JsonObject, required: Vec<&str>) -> JsonObject {
    JsonObject::new()
        .set("type", "object")
        .set("properties", properties)
        .set_any("required", required)
        .set("additionalProperties", true)
}

/// Returns the schema of integers from `least` to `most`, or within the narrower range of the limits.
fn integer(format: &str, least: i64, most: i64, limits: &[Limit]) -> JsonObject {
    let (min, max) = range(limits);
    JsonObject::new()
        .set("type", "integer")
        .set("format", format)
        .set("minimum", min.and_then(whole).unwrap_or(least))
        .set("maximum", max.and_then(whole).unwrap_or(most))
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

/// Returns the smallest and the largest number that the limits allow.
fn range(limits: &[Limit]) -> (Option<f64>, Option<f64>) {
    let found = limits.iter().find_map(|limit| match limit {
        Limit::Range { min, max } => Some((*min, *max)),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Returns the enum values that the limits allow.
fn allowed(limits: &[Limit]) -> Option<&[EnumValue]> {
    limits.iter().find_map(|limit| match limit {
        Limit::OneOf(values) => Some(values.as_slice()),
        _ => None,
    })
}

/// Returns the schema of a text's limits. JSON Schema counts characters as Unicode scalar values, as the rules do.
fn text_limits(limits: &[Limit]) -> JsonObject {
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
    JsonObject::new().set_some("minLength", shortest).set_some("maxLength", longest).set_some("pattern", pattern)
}

/// Returns whether an empty value of this kind counts as missing in a required field.
fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::String | FieldKind::Written(_) | FieldKind::Base64)
}

/// Returns whether a field is required unconditionally.
fn is_required(field: &Field) -> bool {
    field.required == Required::Always
}

/// Returns the schemas of the rules over more than one field.
fn conditionals(item: &Type) -> Vec<JsonObject> {
    let mut groups: Vec<(&[Condition], Vec<&Field>)> = Vec::new();
    for field in &item.fields {
        let Required::When(conditions) = &field.required else { continue };
        match groups.iter_mut().find(|(known, _)| known == conditions) {
            Some((_, fields)) => fields.push(field),
            None => groups.push((conditions, vec![field])),
        }
    }
    let required = groups.into_iter().map(|(conditions, fields)| {
        let present = having(fields.into_iter().map(|field| (field, present(&field.kind))));
        implication(item, conditions, present)
    });
    required.chain(item.rules.iter().map(|rule| rule_over_fields(item, rule))).collect()
}

/// Returns the schema of a rule.
fn rule_over_fields(item: &Type, rule: &Rule) -> JsonObject {
    let Rule::AtLeastOne { when, fields, doc } = rule;
    let is_set = |wire: &String| having([(item.field(wire), constant(1))]);
    let choice = JsonObject::new().set("anyOf", fields.iter().map(is_set).collect::<Vec<_>>());
    JsonObject::new().set("description", doc).merge(implication(item, when, choice))
}

/// Returns a schema that requires `then` if all conditions hold, or always without conditions.
fn implication(item: &Type, conditions: &[Condition], then: JsonObject) -> JsonObject {
    if conditions.is_empty() {
        return then;
    }
    let equal = conditions.iter().map(|condition| (item.field(&condition.field), constant(condition.equals.number())));
    JsonObject::new().set("if", having(equal)).set("then", then)
}

/// Returns the schemas of the fields that other requests of the same path have in a nested wire object.
fn foreign_in(item: &Type, holder: &str) -> impl Iterator<Item = (String, JsonObject)> {
    item.foreign.iter().filter_map(move |(path, owner)| {
        let (within, name) = path.split_once('.')?;
        (within == holder).then(|| (name.to_owned(), left_out(owner)))
    })
}

/// Returns the schema of a field that only another request has.
fn left_out(owner: &str) -> JsonObject {
    let doc = format!("A field of `{owner}`, which must be left out here.");
    JsonObject::new().set("description", doc).set("type", "null")
}

/// A property of a wire object: a field, or a nested object with fields.
enum WireProperty<'a, T> {
    Field(T),
    Nested(Vec<(&'a str, T)>),
}

/// Groups values by the properties of the wire object that contain their fields, in order.
fn properties<'a, T>(fields: impl IntoIterator<Item = (&'a Field, T)>) -> Vec<(&'a str, WireProperty<'a, T>)> {
    let mut properties: Vec<(&str, WireProperty<'a, T>)> = Vec::new();
    for (field, value) in fields {
        let Some(holder) = field.within.as_deref() else {
            properties.push((&field.wire, WireProperty::Field(value)));
            continue;
        };
        let nested = properties.iter_mut().find_map(|(name, property)| match property {
            WireProperty::Nested(inner) if *name == holder => Some(inner),
            _ => None,
        });
        match nested {
            Some(inner) => inner.push((&field.wire, value)),
            None => properties.push((holder, WireProperty::Nested(vec![(&field.wire, value)]))),
        }
    }
    properties
}

/// Returns the schema of an object in which all these fields are present and match their schemas.
fn having<'a>(fields: impl IntoIterator<Item = (&'a Field, JsonObject)>) -> JsonObject {
    let (mut schemas, mut required) = (JsonObject::new(), Vec::new());
    for (name, property) in properties(fields) {
        let schema = match property {
            WireProperty::Field(schema) => schema,
            WireProperty::Nested(inner) => {
                let names: Vec<_> = inner.iter().map(|(name, _)| *name).collect();
                let inner: JsonObject = inner.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
                JsonObject::new().set("type", "object").set("properties", inner).set("required", names)
            }
        };
        schemas = schemas.set(name, schema);
        required.push(name);
    }
    JsonObject::new().set("properties", schemas).set("required", required)
}

/// Returns a schema of a present value: not null, and not empty if it is text. The schema of the field has the limits.
fn present(kind: &FieldKind) -> JsonObject {
    let json_type = match kind {
        FieldKind::Int32 | FieldKind::Int64 | FieldKind::Flag | FieldKind::Enum(_) => "integer",
        FieldKind::Bool => "boolean",
        FieldKind::Float => "number",
        FieldKind::String | FieldKind::Written(_) | FieldKind::DateTime | FieldKind::Base64 => "string",
        FieldKind::Object(_) => "object",
        FieldKind::List(_) => "array",
    };
    JsonObject::new().set("type", json_type).set_some("minLength", is_text(kind).then_some(1))
}

/// Returns a schema that accepts one number.
fn constant(value: i64) -> JsonObject {
    JsonObject::new().set("const", value)
}
