//! The protocol in Rust.

use serde_json::Value;

use super::Language;
use crate::names;
use crate::protocol::{Direction, Field, Object, Protocol};
use crate::render::rust::tokens::wrap;

pub(super) struct Rust;

impl Language for Rust {
    fn name(&self, name: &str) -> String {
        names::snake(name)
    }

    fn doc(&self, indent: usize, text: &str) -> String {
        let margin = " ".repeat(indent);
        let lines = wrap(&text.replace("{null}", self.null()));
        lines.iter().map(|line| format!("///{line}")).collect::<Vec<_>>().join(&format!("\n{margin}"))
    }

    fn kind(&self, _: &Protocol, field: &Field, _: Direction) -> String {
        let kind = match field.kind.as_str() {
            "bool" => "bool",
            "text" | "path" | "civil_time" | "operation" => "String",
            "integer" => "i64",
            "count" => "u32",
            "size" => "u64",
            "http_status" | "port" => "u16",
            "duration" => "Duration",
            "unix_time" => "SystemTime",
            "bytes" | "body" => "Vec<u8>",
            "headers" => "Vec<(String, String)>",
            "ip" => "IpAddr",
            "fault" => "Fault",
            "flow" => "Value",
            "task" => "Map<String, Value>",
            name => name,
        };
        let kind = if field.list { format!("Vec<{kind}>") } else { kind.to_owned() };
        if field.optional { format!("Option<{kind}>") } else { kind }
    }

    fn default(&self, field: &Field) -> String {
        match &field.default {
            Some(Value::String(text)) if field.kind == "text" => format!("{text:?}.to_owned()"),
            Some(Value::String(text)) if field.kind.starts_with(|c: char| c.is_ascii_uppercase()) => {
                format!("{}::{}", field.kind, names::pascal(text))
            }
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => "Default::default()".to_owned(),
        }
    }

    fn null(&self) -> &'static str {
        "`None`"
    }

    fn unit(&self) -> &'static str {
        " JSON has milliseconds."
    }
}

/// Returns the type of a field in the tables.
pub(super) fn table(protocol: &Protocol, field: &Field) -> String {
    let kind = match field.kind.as_str() {
        "bool" => "Kind::Bool".to_owned(),
        "text" | "path" => "Kind::Text".to_owned(),
        "integer" => "Kind::Integer(i64::MIN, i64::MAX)".to_owned(),
        "count" => "Kind::Integer(0, u32::MAX as i64)".to_owned(),
        "size" => "Kind::Integer(0, i64::MAX)".to_owned(),
        "http_status" => "Kind::Integer(100, 599)".to_owned(),
        "port" => "Kind::Integer(0, u16::MAX as i64)".to_owned(),
        "duration" => "Kind::Duration".to_owned(),
        "unix_time" => "Kind::Time".to_owned(),
        "civil_time" => "Kind::CivilTime".to_owned(),
        "bytes" | "body" => "Kind::Bytes".to_owned(),
        "headers" => "Kind::Headers".to_owned(),
        "ip" => "Kind::Ip".to_owned(),
        "operation" => "Kind::Operation".to_owned(),
        "fault" => "Kind::Fault".to_owned(),
        "flow" => "Kind::Flow".to_owned(),
        "task" => "Kind::Task".to_owned(),
        name if protocol.is_enum(name) => format!("Kind::Choice({})", names::screaming(name)),
        name => format!("Kind::Object({})", names::screaming(name)),
    };
    if field.list { format!("Kind::List(&{kind})") } else { kind }
}

/// Returns the entry of the tables for a field that may be left out.
pub(super) fn presence(field: &Field) -> String {
    match &field.default {
        Some(value) => format!("Presence::Default({:?})", value.to_string()),
        None if field.optional => "Presence::Optional".to_owned(),
        None => "Presence::Required".to_owned(),
    }
}

/// Renders the `serde` attribute of a field.
pub(super) fn serde(field: &Field, is_member: bool) -> String {
    let mut parts = Vec::new();
    if is_member && names::snake(&field.name) != field.name {
        parts.push(format!("rename = {:?}", field.name));
    }
    match field.kind.as_str() {
        "duration" if field.optional => parts.push("with = \"codec::optional_millis\", default".to_owned()),
        "duration" => parts.push("with = \"codec::millis\"".to_owned()),
        "unix_time" => parts.push("with = \"codec::unix_time\"".to_owned()),
        "bytes" | "body" => parts.push("with = \"codec::bytes\"".to_owned()),
        _ => {}
    }
    if parts.is_empty() { String::new() } else { format!("#[serde({})]", parts.join(", ")) }
}

/// Returns the traits that an object derives beyond the usual ones.
pub(super) fn derives(protocol: &Protocol, object: &Object) -> &'static str {
    const COPIED: &[&str] = &["bool", "integer", "count", "size", "http_status", "port", "duration"];
    let is_copied = |field: &Field| COPIED.contains(&field.kind.as_str()) || protocol.is_enum(&field.kind);
    let is_empty = |field: &Field| Rust.default(field) == "Default::default()" && !super::is_required(field);
    if object.fields.iter().all(|field| is_copied(field) && !field.list) {
        "Copy, "
    } else if object.fields.iter().all(is_empty) {
        "Default, "
    } else {
        ""
    }
}
