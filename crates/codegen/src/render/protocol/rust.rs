//! The protocol in Rust.

use super::language::Language;
use crate::model::sandbox::{Access, DefaultValue, Protocol, ProtocolField, ProtocolKind, ProtocolObject};
use crate::names;
use crate::render::comments::rust_lines;

/// Rust.
pub(super) struct Rust;

impl Language for Rust {
    fn case_name(&self, name: &str) -> String {
        names::snake(name)
    }

    fn doc_comment(&self, indent: usize, text: &str) -> String {
        let margin = " ".repeat(indent);
        let lines = rust_lines(&text.replace("{null}", self.null_value()));
        lines.iter().map(|line| format!("///{line}")).collect::<Vec<_>>().join(&format!("\n{margin}"))
    }

    fn field_type(&self, _: &Protocol, field: &ProtocolField, _: Access) -> String {
        let kind = match &field.kind {
            ProtocolKind::Bool => "bool",
            ProtocolKind::Text | ProtocolKind::Path | ProtocolKind::CivilTime | ProtocolKind::Operation => "String",
            ProtocolKind::Integer => "i64",
            ProtocolKind::Count => "u32",
            ProtocolKind::Size => "u64",
            ProtocolKind::HttpStatus | ProtocolKind::Port => "u16",
            ProtocolKind::Duration => "Duration",
            ProtocolKind::UnixTime => "SystemTime",
            ProtocolKind::Bytes | ProtocolKind::Body => "Vec<u8>",
            ProtocolKind::Headers => "Vec<(String, String)>",
            ProtocolKind::Ip => "IpAddr",
            ProtocolKind::Fault => "Fault",
            ProtocolKind::Flow => "Value",
            ProtocolKind::Task => "Map<String, Value>",
            ProtocolKind::Enum(name) | ProtocolKind::Object(name) => name,
        };
        let kind = if field.is_list { format!("Vec<{kind}>") } else { kind.to_owned() };
        if field.is_optional { format!("Option<{kind}>") } else { kind }
    }

    fn default_value(&self, field: &ProtocolField) -> String {
        match (&field.default, &field.kind) {
            (Some(DefaultValue::Text(text)), ProtocolKind::Text) => format!("{text:?}.to_owned()"),
            (Some(DefaultValue::Text(text)), ProtocolKind::Enum(name)) => format!("{name}::{}", names::pascal(text)),
            (Some(value @ (DefaultValue::Int(_) | DefaultValue::Bool(_))), _) => value.json(),
            _ => "Default::default()".to_owned(),
        }
    }

    fn null_value(&self) -> &'static str {
        "`None`"
    }

    fn duration_unit(&self) -> &'static str {
        " JSON has milliseconds."
    }
}

/// Returns the type of a field in the tables.
pub(super) fn table_kind(field: &ProtocolField) -> String {
    let kind = match &field.kind {
        ProtocolKind::Bool => "ProtocolKind::Bool".to_owned(),
        ProtocolKind::Text | ProtocolKind::Path => "ProtocolKind::Text".to_owned(),
        ProtocolKind::Integer => "ProtocolKind::Integer(i64::MIN, i64::MAX)".to_owned(),
        ProtocolKind::Count => "ProtocolKind::Integer(0, u32::MAX as i64)".to_owned(),
        ProtocolKind::Size => "ProtocolKind::Integer(0, i64::MAX)".to_owned(),
        ProtocolKind::HttpStatus => "ProtocolKind::Integer(100, 599)".to_owned(),
        ProtocolKind::Port => "ProtocolKind::Integer(0, u16::MAX as i64)".to_owned(),
        ProtocolKind::Duration => "ProtocolKind::Duration".to_owned(),
        ProtocolKind::UnixTime => "ProtocolKind::Time".to_owned(),
        ProtocolKind::CivilTime => "ProtocolKind::CivilTime".to_owned(),
        ProtocolKind::Bytes | ProtocolKind::Body => "ProtocolKind::Bytes".to_owned(),
        ProtocolKind::Headers => "ProtocolKind::Headers".to_owned(),
        ProtocolKind::Ip => "ProtocolKind::Ip".to_owned(),
        ProtocolKind::Operation => "ProtocolKind::Operation".to_owned(),
        ProtocolKind::Fault => "ProtocolKind::Fault".to_owned(),
        ProtocolKind::Flow => "ProtocolKind::Flow".to_owned(),
        ProtocolKind::Task => "ProtocolKind::Task".to_owned(),
        ProtocolKind::Enum(name) => format!("ProtocolKind::Choice({})", names::screaming(name)),
        ProtocolKind::Object(name) => format!("ProtocolKind::Object({})", names::screaming(name)),
    };
    if field.is_list { format!("ProtocolKind::List(&{kind})") } else { kind }
}

/// Returns the entry of the tables for a field that may be left out.
pub(super) fn presence(field: &ProtocolField) -> String {
    match &field.default {
        Some(value) => format!("FieldPresence::Default({:?})", value.json()),
        None if field.is_optional => "FieldPresence::Optional".to_owned(),
        None => "FieldPresence::Required".to_owned(),
    }
}

/// Renders the `serde` attribute of a field.
pub(super) fn serde_attribute(field: &ProtocolField, is_member: bool) -> String {
    let mut parts = Vec::new();
    if is_member && names::snake(&field.name) != field.name {
        parts.push(format!("rename = {:?}", field.name));
    }
    match &field.kind {
        ProtocolKind::Duration if field.is_optional => {
            parts.push("with = \"codec::optional_millis\", default".to_owned());
        }
        ProtocolKind::Duration => parts.push("with = \"codec::millis\"".to_owned()),
        ProtocolKind::UnixTime => parts.push("with = \"codec::unix_time\"".to_owned()),
        ProtocolKind::Bytes | ProtocolKind::Body => parts.push("with = \"codec::bytes\"".to_owned()),
        _ => {}
    }
    if parts.is_empty() { String::new() } else { format!("#[serde({})]", parts.join(", ")) }
}

/// Returns the traits that an object derives beyond the usual ones.
pub(super) fn extra_derives(object: &ProtocolObject) -> &'static str {
    let is_empty = |field: &ProtocolField| Rust.default_value(field) == "Default::default()" && !field.is_required();
    if object.fields.iter().all(|field| is_copied(&field.kind) && !field.is_list) {
        "Copy, "
    } else if object.fields.iter().all(is_empty) {
        "Default, "
    } else {
        ""
    }
}

/// Returns whether the Rust type of a kind is `Copy`.
fn is_copied(kind: &ProtocolKind) -> bool {
    matches!(
        kind,
        ProtocolKind::Bool
            | ProtocolKind::Integer
            | ProtocolKind::Count
            | ProtocolKind::Size
            | ProtocolKind::HttpStatus
            | ProtocolKind::Port
            | ProtocolKind::Duration
            | ProtocolKind::Enum(_)
    )
}
