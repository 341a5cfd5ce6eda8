//! Reads `sandbox.toml`, the command protocol of the sandbox.

use super::RawLiteral;
use super::table::{KeyedValue, SpecTable, TomlSource};
use crate::diagnostic::At;

/// The content of the file.
#[derive(Debug, Default)]
pub(crate) struct RawProtocol {
    pub(crate) enums: Vec<RawTextEnum>,
    pub(crate) objects: Vec<RawProtocolObject>,
    pub(crate) faults: Vec<RawMessage>,
    pub(crate) commands: Vec<RawMessage>,
    pub(crate) waits: Vec<RawMessage>,
}

/// `[[enums]]`.
#[derive(Debug)]
pub(crate) struct RawTextEnum {
    pub(crate) name: Option<At<String>>,
    pub(crate) doc: Option<At<String>>,
    pub(crate) values: Vec<RawTextValue>,
}

/// An item of `values`.
#[derive(Debug)]
pub(crate) struct RawTextValue {
    pub(crate) name: Option<At<String>>,
    pub(crate) doc: Option<At<String>>,
}

/// `[[objects]]`.
#[derive(Debug)]
pub(crate) struct RawProtocolObject {
    pub(crate) name: Option<At<String>>,
    pub(crate) doc: Option<At<String>>,
    pub(crate) direction: Option<At<String>>,
    pub(crate) fields: Vec<RawProtocolField>,
}

/// An item of `fields` or `items`.
#[derive(Debug)]
pub(crate) struct RawProtocolField {
    pub(crate) name: Option<At<String>>,
    pub(crate) kind: Option<At<String>>,
    pub(crate) list: Option<At<bool>>,
    pub(crate) optional: Option<At<bool>>,
    pub(crate) default: Option<At<RawDefault>>,
    pub(crate) doc: Option<At<String>>,
}

/// The default of a field.
#[derive(Debug)]
pub(crate) enum RawDefault {
    Literal(RawLiteral),
    EmptyList,
}

/// `[[faults]]`, `[[commands]]` or `[[waits]]`.
#[derive(Debug)]
pub(crate) struct RawMessage {
    pub(crate) name: Option<At<String>>,
    pub(crate) doc: Option<At<String>>,
    pub(crate) items: Vec<RawProtocolField>,
    pub(crate) fields: Vec<RawProtocolField>,
    pub(crate) object: Option<At<String>>,
}

/// Reads the file.
pub(crate) fn read_sandbox(source: &TomlSource<'_>) -> RawProtocol {
    let mut table = source.table();
    let protocol = RawProtocol {
        enums: table.list("enums", read_text_enum),
        objects: table.list("objects", read_object),
        faults: table.list("faults", read_message),
        commands: table.list("commands", read_message),
        waits: table.list("waits", read_message),
    };
    table.finish();
    protocol
}

fn read_text_enum(mut table: SpecTable<'_>) -> RawTextEnum {
    let item = RawTextEnum {
        name: table.required("name", KeyedValue::string),
        doc: table.required("doc", KeyedValue::string),
        values: table.list("values", read_text_value),
    };
    table.finish();
    item
}

fn read_text_value(mut table: SpecTable<'_>) -> RawTextValue {
    let value = RawTextValue {
        name: table.required("name", KeyedValue::string),
        doc: table.required("doc", KeyedValue::string),
    };
    table.finish();
    value
}

fn read_object(mut table: SpecTable<'_>) -> RawProtocolObject {
    let object = RawProtocolObject {
        name: table.required("name", KeyedValue::string),
        doc: table.required("doc", KeyedValue::string),
        direction: table.optional("direction", KeyedValue::string),
        fields: table.list("fields", read_field),
    };
    table.finish();
    object
}

fn read_field(mut table: SpecTable<'_>) -> RawProtocolField {
    let field = RawProtocolField {
        name: table.required("name", KeyedValue::string),
        kind: table.required("type", KeyedValue::string),
        list: table.optional("list", KeyedValue::bool),
        optional: table.optional("optional", KeyedValue::bool),
        default: table.optional("default", KeyedValue::default_value),
        doc: table.required("doc", KeyedValue::string),
    };
    table.finish();
    field
}

fn read_message(mut table: SpecTable<'_>) -> RawMessage {
    let message = RawMessage {
        name: table.required("name", KeyedValue::string),
        doc: table.required("doc", KeyedValue::string),
        items: table.list("items", read_field),
        fields: table.list("fields", read_field),
        object: table.optional("object", KeyedValue::string),
    };
    table.finish();
    message
}

impl KeyedValue<'_> {
    /// Reads the default of a field: a literal or an empty list.
    fn default_value(self) -> Option<At<RawDefault>> {
        if self.is_empty_list() {
            return Some(self.located(RawDefault::EmptyList));
        }
        self.literal().map(|literal| At { value: RawDefault::Literal(literal.value), at: literal.at })
    }
}
