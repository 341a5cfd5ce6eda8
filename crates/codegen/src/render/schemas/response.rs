//! The lenient schemas of responses, which document values more than they restrict them.

use super::parts::{References, nullable};
use crate::model::{Field, FieldKind, Type};
use crate::render::json::Object;

impl References {
    /// Returns the schema of a response type without its title.
    pub(super) fn response(self, item: &Type) -> Object {
        let properties = item.fields.iter().map(|field| self.under_all_names(field)).fold(Object::new(), Object::merge);
        Object::new().set("type", "object").set("properties", properties).set("additionalProperties", true)
    }

    /// Returns one property for each name of a field.
    fn under_all_names(self, field: &Field) -> Object {
        let described = |text: &str| Object::new().set("description", text).merge(self.lenient(&field.kind));
        let own = Object::new().set(&field.wire, described(&field.doc.text));
        field.aliases.iter().fold(own, |properties, alias| {
            properties.set(alias, described(&format!("Another name of `{}`.", field.wire)))
        })
    }

    /// Returns the schema of a value or null. Numbers may be numeric strings, and enums may have unknown numbers.
    fn lenient(self, kind: &FieldKind) -> Object {
        let number =
            |kind: &str, format: &str| Object::new().set("type", [kind, "string", "null"]).set("format", format);
        match kind {
            FieldKind::Int32 => number("integer", "int32"),
            FieldKind::Int64 => number("integer", "int64"),
            FieldKind::Float => number("number", "double"),
            FieldKind::Flag | FieldKind::Bool => Object::new().set("type", ["boolean", "integer", "string", "null"]),
            FieldKind::String | FieldKind::Fee | FieldKind::DateTime | FieldKind::Base64 => {
                Object::new().set("type", ["string", "null"])
            }
            FieldKind::Enum(name) => {
                let unknown = Object::new().set("type", ["integer", "string", "null"]);
                Object::new().set("anyOf", [self.reference_to(name), unknown])
            }
            FieldKind::Object(name) => nullable(self.reference_to(name)),
            FieldKind::List(item) => Object::new().set("type", ["array", "null"]).set("items", self.lenient(item)),
        }
    }
}
