//! The protocol in Python.

use super::language::Language;
use crate::model::sandbox::{Access, DefaultValue, Protocol, ProtocolField, ProtocolKind};
use crate::render::comments::python_docstring;

/// Python.
pub(super) struct Python;

impl Language for Python {
    fn case_name(&self, name: &str) -> String {
        name.to_owned()
    }

    fn doc_comment(&self, indent: usize, text: &str) -> String {
        python_docstring(&text.replace("{null}", self.null_value()), indent)
    }

    fn field_type(&self, protocol: &Protocol, field: &ProtocolField, access: Access) -> String {
        let kind = match &field.kind {
            ProtocolKind::Bool => "bool".to_owned(),
            ProtocolKind::Text | ProtocolKind::CivilTime | ProtocolKind::Operation | ProtocolKind::Ip => {
                "str".to_owned()
            }
            ProtocolKind::Path => "str | PathLike[str]".to_owned(),
            ProtocolKind::Integer
            | ProtocolKind::Count
            | ProtocolKind::Size
            | ProtocolKind::HttpStatus
            | ProtocolKind::Port => "int".to_owned(),
            ProtocolKind::Duration | ProtocolKind::UnixTime => "float".to_owned(),
            ProtocolKind::Bytes => "str | bytes | bytearray".to_owned(),
            ProtocolKind::Body => "Body".to_owned(),
            ProtocolKind::Headers if access == Access::Output => "tuple[tuple[str, str], ...]".to_owned(),
            ProtocolKind::Headers => "Headers".to_owned(),
            ProtocolKind::Fault => "Fault".to_owned(),
            ProtocolKind::Flow | ProtocolKind::Task => "Mapping[str, Any]".to_owned(),
            ProtocolKind::Enum(name) => {
                let values = protocol.text_enum(name).values.iter().map(|value| format!("{:?}", value.name));
                format!("Literal[{}]", values.collect::<Vec<_>>().join(", "))
            }
            ProtocolKind::Object(name) => name.clone(),
        };
        let kind = if field.is_list { format!("Sequence[{kind}]") } else { kind };
        if field.is_optional { format!("{kind} | None") } else { kind }
    }

    fn default_value(&self, field: &ProtocolField) -> String {
        match &field.default {
            Some(DefaultValue::Text(text)) => format!("{text:?}"),
            Some(DefaultValue::Bool(value)) => if *value { "True" } else { "False" }.to_owned(),
            Some(DefaultValue::EmptyList) => "()".to_owned(),
            Some(DefaultValue::Int(value)) => value.to_string(),
            None => "None".to_owned(),
        }
    }

    fn body_indent(&self) -> usize {
        4
    }

    fn null_value(&self) -> &'static str {
        "None"
    }

    fn duration_unit(&self) -> &'static str {
        " In seconds."
    }
}

/// Returns the function that prepares a value of the field for JSON.
pub(super) fn json_converter(field: &ProtocolField) -> &'static str {
    match field.kind {
        ProtocolKind::Body => "body_json",
        ProtocolKind::Headers => "headers_json",
        _ => "",
    }
}
