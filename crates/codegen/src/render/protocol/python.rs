//! The protocol in Python.

use serde_json::Value;

use super::Language;
use crate::protocol::{Direction, Field, Protocol};
use crate::render::python::text::docstring;

pub(super) struct Python;

impl Language for Python {
    fn name(&self, name: &str) -> String {
        name.to_owned()
    }

    fn doc(&self, indent: usize, text: &str) -> String {
        docstring(&text.replace("{null}", self.null()), indent)
    }

    fn kind(&self, protocol: &Protocol, field: &Field, direction: Direction) -> String {
        let kind = match field.kind.as_str() {
            "bool" => "bool".to_owned(),
            "text" | "civil_time" | "operation" | "ip" => "str".to_owned(),
            "path" => "str | PathLike[str]".to_owned(),
            "integer" | "count" | "size" | "http_status" | "port" => "int".to_owned(),
            "duration" | "unix_time" => "float".to_owned(),
            "bytes" => "str | bytes | bytearray".to_owned(),
            "body" => "Body".to_owned(),
            "headers" if direction == Direction::Output => "tuple[tuple[str, str], ...]".to_owned(),
            "headers" => "Headers".to_owned(),
            "fault" => "Fault".to_owned(),
            "flow" | "task" => "Mapping[str, Any]".to_owned(),
            name => match protocol.enums.iter().find(|item| item.name == name) {
                Some(item) => {
                    let values: Vec<_> = item.values.iter().map(|value| format!("{:?}", value.name)).collect();
                    format!("Literal[{}]", values.join(", "))
                }
                None => name.to_owned(),
            },
        };
        let kind = if field.list { format!("Sequence[{kind}]") } else { kind };
        if field.optional { format!("{kind} | None") } else { kind }
    }

    fn default(&self, field: &Field) -> String {
        match &field.default {
            Some(Value::String(text)) => format!("{text:?}"),
            Some(Value::Bool(value)) => if *value { "True" } else { "False" }.to_owned(),
            Some(Value::Array(_)) => "()".to_owned(),
            Some(value) => value.to_string(),
            None => "None".to_owned(),
        }
    }

    fn body_indent(&self) -> usize {
        4
    }

    fn null(&self) -> &'static str {
        "None"
    }

    fn unit(&self) -> &'static str {
        " In seconds."
    }
}

/// Returns the function that prepares a value of the field for JSON.
pub(super) fn wrap(field: &Field) -> &'static str {
    match field.kind.as_str() {
        "body" => "body_json",
        "headers" => "headers_json",
        _ => "",
    }
}
