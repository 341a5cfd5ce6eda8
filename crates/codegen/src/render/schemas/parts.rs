//! Schemas that requests and responses share.

use super::patterns;
use crate::model::{Doc, Enum, EnumValue};
use crate::render::json::{Json, JsonObject};

/// Name of the definition of a time in a request. It cannot clash with types and enums, which start with a capital.
pub(super) const DATE_TIME: &str = "dateTime";

/// Name of the definition of bytes in a request.
pub(super) const BASE64: &str = "base64";

/// References to the definitions of a document.
#[derive(Clone, Copy)]
pub(super) struct References {
    /// Location of the definitions in the document.
    pub(super) prefix: &'static str,
}

impl References {
    /// Returns a reference to a definition.
    pub(super) fn reference_to(self, name: &str) -> JsonObject {
        JsonObject::new().set("$ref", format!("{}{name}", self.prefix))
    }
}

/// Returns the title and description of an item.
pub(super) fn titled(name: &str, doc: &Doc) -> JsonObject {
    JsonObject::new().set("title", name).set("description", &doc.text)
}

/// Returns the schema of an enum.
pub(super) fn enumeration(item: &Enum) -> JsonObject {
    titled(&item.name, &item.doc).merge(one_of(&item.values))
}

/// Returns the schema of some values of an enum.
pub(super) fn one_of(values: &[EnumValue]) -> JsonObject {
    let alternatives: Vec<_> =
        values.iter().map(|value| named_number(value.number, &value.name, &value.doc.text)).collect();
    JsonObject::new().set("type", "integer").set("oneOf", alternatives)
}

/// Returns the schema of one number with its name and meaning.
pub(in crate::render) fn named_number(number: i64, name: &str, doc: &str) -> JsonObject {
    JsonObject::new().set("const", number).set("title", name).set("description", doc)
}

/// Returns the schema of a time in a request.
pub(super) fn date_time() -> JsonObject {
    JsonObject::new()
        .set("description", "`yyyy-MM-dd HH:mm:ss` without a time zone; a valid date of the years 0001 to 9999.")
        .set("type", "string")
        .set("minLength", patterns::DATE_TIME_LENGTH)
        .set("maxLength", patterns::DATE_TIME_LENGTH)
        .set("pattern", patterns::DATE_TIME)
}

/// Returns the schema of bytes in a request.
pub(super) fn base64() -> JsonObject {
    JsonObject::new()
        .set("description", "Bytes in padded base64 of the standard alphabet, without line breaks.")
        .set("type", "string")
        .set("contentEncoding", "base64")
        .set("pattern", patterns::BASE64)
        .set("not", JsonObject::new().set("type", "string").set("pattern", patterns::NOT_BASE64))
}

/// Extends a schema to accept null.
pub(super) fn nullable(mut schema: JsonObject) -> JsonObject {
    if schema.0.contains_key("oneOf") {
        return any_of_null(schema);
    }
    let Some(kind @ Json::String(_)) = schema.0.get_mut("type") else { return any_of_null(schema) };
    *kind = Json::Array(vec![kind.clone(), Json::new("null")]);
    if let Some(Json::Array(values)) = schema.0.get_mut("enum") {
        values.push(Json::Null);
    }
    schema
}

/// Returns a schema that accepts null or what another schema accepts.
fn any_of_null(schema: JsonObject) -> JsonObject {
    JsonObject::new().set("anyOf", [schema, JsonObject::new().set("type", "null")])
}

/// Returns a schema for the requests of one path. It is `anyOf`, because a request without the fields that tell the
/// types apart is one of each type. The types exclude each other's fields, so nothing else is.
pub(in crate::render) fn variant_schema(mut types: Vec<JsonObject>) -> JsonObject {
    if types.len() == 1 { types.remove(0) } else { JsonObject::new().set("anyOf", types) }
}
