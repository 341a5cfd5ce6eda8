//! The lenient schemas of what is received, which document more than they refuse.

use super::place::{Place, placed};
use super::{Definitions, nullable};
use crate::model::{Field, FieldKind, Type};
use crate::render::json::Object;

impl Definitions<'_> {
    /// The schema of a response, or of an object in it, without its title.
    pub(super) fn response(&self, item: &Type) -> Object {
        let mut properties = Object::new();
        for (name, place) in placed(item.fields.iter().map(|field| (field, field))) {
            properties = match place {
                Place::Here(field) => properties.and(self.under_all_names(field)),
                Place::Nested(fields) => {
                    let inner = fields.into_iter().map(|(_, field)| self.under_all_names(field));
                    properties.with(name, nullable(open(inner.fold(Object::new(), Object::and))))
                }
            };
        }
        open(properties)
    }

    /// The property of a field, and one for each further name that the service may give it.
    fn under_all_names(&self, field: &Field) -> Object {
        let described = |text: &str| Object::new().with("description", text).and(self.lenient(&field.kind));
        let own = Object::new().with(&field.wire, described(&field.doc.text));
        field.aliases.iter().fold(own, |properties, alias| {
            properties.with(alias, described(&format!("Another name of `{}`.", field.wire)))
        })
    }

    /// The schema of a value that may be null. Numbers may come as numeric text, enums may have unknown numbers.
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

/// An object with these properties and any others.
fn open(properties: Object) -> Object {
    Object::new().with("type", "object").with("properties", properties).with("additionalProperties", true)
}
