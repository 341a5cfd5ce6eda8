//! The protocol in TypeScript.

use super::language::Language;
use crate::model::sandbox::{Access, DefaultValue, Protocol, ProtocolField, ProtocolKind};
use crate::names;
use crate::render::comments::typescript_comment;

/// TypeScript.
pub(super) struct TypeScript;

impl Language for TypeScript {
    fn case_name(&self, name: &str) -> String {
        names::camel(name)
    }

    fn doc_comment(&self, indent: usize, text: &str) -> String {
        // Two spaces a level, where the templates count four.
        let margin = " ".repeat(indent / 2);
        typescript_comment(&format!("{margin}{}", text.replace("{null}", self.null_value()))).trim().to_owned()
    }

    fn field_type(&self, _: &Protocol, field: &ProtocolField, access: Access) -> String {
        let is_output = access == Access::Output;
        let kind = match &field.kind {
            ProtocolKind::Bool => "boolean",
            ProtocolKind::Text | ProtocolKind::CivilTime | ProtocolKind::Ip => "string",
            ProtocolKind::Operation => "OperationName",
            ProtocolKind::Integer
            | ProtocolKind::Count
            | ProtocolKind::Size
            | ProtocolKind::HttpStatus
            | ProtocolKind::Port
            | ProtocolKind::Duration => "number",
            ProtocolKind::UnixTime => "Date",
            ProtocolKind::Path => "string | URL",
            ProtocolKind::Bytes => "Bytes",
            ProtocolKind::Body => "Body",
            ProtocolKind::Headers if is_output => "readonly (readonly [name: string, value: string])[]",
            ProtocolKind::Headers => "Headers",
            ProtocolKind::Fault => "Fault",
            ProtocolKind::Flow | ProtocolKind::Task => "WireObject",
            ProtocolKind::Enum(name) | ProtocolKind::Object(name) => name,
        };
        let kind = if field.is_list { format!("readonly {kind}[]") } else { kind.to_owned() };
        if field.is_optional && !is_output { format!("{kind} | null") } else { kind }
    }

    fn default_value(&self, field: &ProtocolField) -> String {
        field.default.as_ref().map(DefaultValue::json).unwrap_or_default()
    }

    fn null_value(&self) -> &'static str {
        "undefined"
    }

    fn duration_unit(&self) -> &'static str {
        " In milliseconds."
    }
}
