//! The lenient schemas of responses, which document values more than they restrict them.

use super::parts::{References, nullable};
use crate::model::{Field, FieldKind, Type};
use crate::render::json::JsonObject;

impl References {
    /// Returns the schema of a response type without its title.
    pub(super) fn response(self, item: &Type) -> JsonObject {
        let properties =
            item.fields.iter().map(|field| self.under_all_names(field)).fold(JsonObject::new(), JsonObject::merge);
        JsonObject::new().set("type", "object").set("properties", properties).set("additionalProperties", true)
    }

    /// Returns one property for each name of a field.
    fn under_all_names(self, field: &Field) -> JsonObject {
        let described = |text: &str| JsonObject::new().set("description", text).merge(self.lenient(&field.kind));
        let own = JsonObject::new().set(&field.wire, described(&field.doc.text));
        field.aliases.iter().fold(own, |properties, alias| {
            properties.set(alias, described(&format!("Another name of `{}`.", field.wire)))
        })
    }

    /// Returns the schema of a value or null. Numbers may be numeric strings, and enums may have unknown numbers.
    fn lenient(self, kind: &FieldKind) -> JsonObject {
        let number =
            |kind: &str, format: &str| JsonObject::new().set("type", [kind, "string", "null"]).set("format", format);
        match kind {
            FieldKind::Int32 => number("integer", "int32"),
            FieldKind::Int64 => number("integer", "int64"),
            FieldKind::Float => number("number", "double"),
            FieldKind::Flag | FieldKind::Bool => {
                JsonObject::new().set("type", ["boolean", "integer", "string", "null"])
            }
            FieldKind::String | FieldKind::Written(_) | FieldKind::DateTime | FieldKind::Base64 => {
                JsonObject::new().set("type", ["string", "null"])
            }
            FieldKind::Enum(name) => {
                let unknown = JsonObject::new().set("type", ["integer", "string", "null"]);
                JsonObject::new().set("anyOf", [self.reference_to(name), unknown])
            }
            FieldKind::Object(name) => nullable(self.reference_to(name)),
            FieldKind::List(item) => JsonObject::new().set("type", ["array", "null"]).set("items", self.lenient(item)),
        }
    }
}
