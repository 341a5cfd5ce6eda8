//! The protocol in TypeScript.

use super::Language;
use crate::names;
use crate::protocol::{Direction, Field, Protocol};
use crate::render::typescript::text::comment;

pub(super) struct TypeScript;

impl Language for TypeScript {
    fn name(&self, name: &str) -> String {
        names::camel(name)
    }

    fn doc(&self, indent: usize, text: &str) -> String {
        // Two spaces a level, where the templates count four.
        let margin = " ".repeat(indent / 2);
        comment(&format!("{margin}{}", text.replace("{null}", self.null()))).trim().to_owned()
    }

    fn kind(&self, _: &Protocol, field: &Field, direction: Direction) -> String {
        let is_output = direction == Direction::Output;
        let kind = match field.kind.as_str() {
            "bool" => "boolean",
            "text" | "civil_time" | "ip" => "string",
            "operation" => "OperationName",
            "integer" | "count" | "size" | "http_status" | "port" | "duration" => "number",
            "unix_time" => "Date",
            "path" => "string | URL",
            "bytes" => "Bytes",
            "body" => "Body",
            "headers" if is_output => "readonly (readonly [name: string, value: string])[]",
            "headers" => "Headers",
            "fault" => "Fault",
            "flow" | "task" => "WireObject",
            name => name,
        };
        let kind = if field.list { format!("readonly {kind}[]") } else { kind.to_owned() };
        if field.optional && !is_output { format!("{kind} | null") } else { kind }
    }

    fn default(&self, field: &Field) -> String {
        field.default.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    fn null(&self) -> &'static str {
        "undefined"
    }

    fn unit(&self) -> &'static str {
        " In milliseconds."
    }
}
