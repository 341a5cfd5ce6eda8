//! The lenient schemas of responses, which document values more than they restrict them.

use super::{Definitions, nullable};
use crate::model::{Field, FieldKind, Type};
use crate::render::json::Object;

impl Definitions<'_> {
    /// Returns the schema of a response type without its title.
    pub(super) fn response(&self, item: &Type) -> Object {
        let properties = item.fields.iter().map(|field| self.under_all_names(field)).fold(Object::new(), Object::and);
        Object::new().with("type", "object").with("properties", properties).with("additionalProperties", true)
    }

    /// Returns one property for each name of a field.
    fn under_all_names(&self, field: &Field) -> Object {
        let described = |text: &str| Object::new().with("description", text).and(self.lenient(&field.kind));
        let own = Object::new().with(&field.wire, described(&field.doc.text));
        field.aliases.iter().fold(own, |properties, alias| {
            properties.with(alias, described(&format!("Another name of `{}`.", field.wire)))
        })
    }

    /// Returns the schema of a value or null. Numbers may be numeric strings, and enums may have unknown numbers.
    fn lenient(&self, kind: &FieldKind) -> Object {
        let number =
            |kind: &str, format: &str| Object::new().with("type", [kind, "string", "null"]).with("format", format);
        match kind {
            FieldKind::Int32 => number("integer", "int32"),
            FieldKind::Int64 => number("integer", "int64"),
            FieldKind::Float => number("number", "double"),
            FieldKind::Flag | FieldKind::Bool => Object::new().with("type", ["boolean", "integer", "string", "null"]),
            FieldKind::String | FieldKind::Fee | FieldKind::DateTime | FieldKind::Base64 => {
                Object::new().with("type", ["string", "null"])
            }
            FieldKind::Enum(name) => {
                let unknown = Object::new().with("type", ["integer", "string", "null"]);
                Object::new().with("anyOf", [self.reference(name), unknown])
            }
            FieldKind::Object(name) => nullable(self.reference(name)),
            FieldKind::List(item) => Object::new().with("type", ["array", "null"]).with("items", self.lenient(item)),
        }
    }
}
