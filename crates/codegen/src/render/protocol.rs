//! Renders the sandbox's command protocol: the types of each language, the builders of faults, and the tables by which
//! the sandbox checks its arguments.

mod language;
mod python;
mod rust;
mod typescript;

use serde::Serialize;

use self::language::Language;
use super::template;
use crate::model::Api;
use crate::model::sandbox::{
    Access, Message, Payload, Protocol, ProtocolField, ProtocolKind, ProtocolObject, TextEnum,
};
use crate::names;
use crate::output::File;

/// Renders the files of all languages.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let Some(protocol) = &api.sandbox else { return Vec::new() };
    let header = super::header::header(api);
    let environment = template::environment();
    let page = |language: &dyn Language, text| {
        template::fill_in(&environment, text, ProtocolView::new(protocol, &header, language))
    };
    let file = |path: &str, contents| File { path: path.to_owned(), contents };
    vec![
        file("crates/sandbox/src/generated/protocol.rs", page(&rust::Rust, include_str!("protocol/protocol.rs.jinja"))),
        file(
            "bindings/python/python/recallflow/generated/faults.py",
            page(&python::Python, include_str!("protocol/faults.py.jinja")),
        ),
        file(
            "bindings/python/python/recallflow/generated/sandbox.py",
            page(&python::Python, include_str!("protocol/sandbox.py.jinja")),
        ),
        file(
            "bindings/node/ts/generated/sandbox.ts",
            page(&typescript::TypeScript, include_str!("protocol/sandbox.ts.jinja")),
        ),
    ]
}

/// The content of a file.
#[derive(Serialize)]
struct ProtocolView {
    header: String,
    enums: Vec<EnumView>,
    objects: Vec<ObjectView>,
    faults: Vec<MessageView>,
    commands: Vec<MessageView>,
    waits: Vec<MessageView>,
}

/// An enum.
#[derive(Serialize)]
struct EnumView {
    name: String,
    /// The name of the Rust constant with its values.
    constant: String,
    doc: String,
    values: Vec<ValueView>,
}

/// A value of an enum.
#[derive(Serialize)]
struct ValueView {
    name: String,
    /// The name in the language's case.
    shown: String,
    variant: String,
    doc: String,
    text: String,
}

/// An object.
#[derive(Serialize)]
struct ObjectView {
    name: String,
    /// The name of the Rust constant with its fields.
    constant: String,
    doc: String,
    is_output: bool,
    /// Whether every field may be left out.
    is_optional: bool,
    /// The traits that Rust derives beyond the usual ones.
    derives: &'static str,
    fields: Vec<ProtocolFieldView>,
}

/// A field or an item.
#[derive(Serialize)]
struct ProtocolFieldView {
    name: String,
    shown: String,
    /// The name of the field in Rust.
    ident: String,
    kind: String,
    /// The type in the Rust tables.
    table: String,
    /// How the field is read if it is not there, in the Rust tables.
    presence: String,
    doc: String,
    /// The comment as a sentence, for lists of arguments.
    text: String,
    default: String,
    /// The attribute of `serde`.
    serde: String,
    /// The function that prepares the value in Python.
    wrap: String,
    is_required: bool,
}

/// A fault or a command.
#[derive(Serialize)]
struct MessageView {
    name: String,
    shown: String,
    variant: String,
    doc: String,
    /// The comment without marks.
    text: String,
    /// `none`, `one`, `many` or `fields`.
    payload: &'static str,
    items: Vec<ProtocolFieldView>,
    /// Name of the object that holds the fields; empty for an object without a name.
    object: String,
    /// The Rust constant of that object.
    constant: String,
    /// Whether every field may be left out.
    is_optional: bool,
}

impl ProtocolView {
    fn new(protocol: &Protocol, header: &str, language: &dyn Language) -> Self {
        let messages = |messages: &[Message]| {
            messages.iter().map(|message| MessageView::new(protocol, message, language)).collect()
        };
        Self {
            header: header.to_owned(),
            enums: protocol.enums.iter().map(|item| EnumView::new(item, language)).collect(),
            objects: protocol.objects.iter().map(|object| ObjectView::new(protocol, object, language)).collect(),
            faults: messages(&protocol.faults),
            commands: messages(&protocol.commands),
            waits: messages(&protocol.waits),
        }
    }
}

impl EnumView {
    fn new(item: &TextEnum, language: &dyn Language) -> Self {
        let values = item.values.iter().map(|value| ValueView {
            name: value.name.clone(),
            shown: if value.name.contains('-') { value.name.clone() } else { language.case_name(&value.name) },
            variant: names::pascal(&value.name),
            doc: language.doc_comment(4, &value.doc),
            text: value.doc.clone(),
        });
        Self {
            name: item.name.clone(),
            constant: names::screaming(&item.name),
            doc: language.doc_comment(0, &item.doc),
            values: values.collect(),
        }
    }
}

impl ObjectView {
    fn new(protocol: &Protocol, object: &ProtocolObject, language: &dyn Language) -> Self {
        let fields = object.fields.iter();
        Self {
            name: object.name.clone(),
            constant: names::screaming(&object.name),
            doc: language.doc_comment(language.body_indent(), &object.doc),
            is_output: object.access == Access::Output,
            is_optional: !object.fields.iter().any(ProtocolField::is_required),
            derives: rust::extra_derives(object),
            fields: fields
                .map(|field| ProtocolFieldView::new(protocol, field, language, Some(object.access)))
                .collect(),
        }
    }
}

impl MessageView {
    fn new(protocol: &Protocol, message: &Message, language: &dyn Language) -> Self {
        let object = match &message.payload {
            Payload::Object(name) => Some(protocol.object(name)),
            _ => None,
        };
        let (payload, fields) = match &message.payload {
            Payload::Items(items) => (["none", "one", "many"][items.len().min(2)], items),
            Payload::Fields(fields) => ("fields", fields),
            Payload::Object(name) => ("fields", &protocol.object(name).fields),
        };
        Self {
            name: message.name.clone(),
            shown: language.case_name(&message.name),
            variant: names::pascal(&message.name),
            doc: language.doc_comment(4, &message.doc.replace("{null}", language.null_value())),
            text: message.doc.replace("{null}", language.null_value()),
            payload,
            items: fields.iter().map(|field| ProtocolFieldView::new(protocol, field, language, None)).collect(),
            object: object.map(|object| object.name.clone()).unwrap_or_default(),
            constant: object.map(|object| names::screaming(&object.name)).unwrap_or_default(),
            is_optional: !fields.iter().any(ProtocolField::is_required),
        }
    }
}

impl ProtocolFieldView {
    /// Describes a field of an object with this access, or of a message.
    fn new(protocol: &Protocol, field: &ProtocolField, language: &dyn Language, object: Option<Access>) -> Self {
        let unit = if field.kind == ProtocolKind::Duration { language.duration_unit() } else { "" };
        let text = format!("{}{unit}", field.doc.replace("{null}", language.null_value()));
        Self {
            shown: language.case_name(&field.name),
            ident: names::snake(&field.name),
            kind: language.field_type(protocol, field, object.unwrap_or(Access::Input)),
            table: rust::table_kind(field),
            presence: rust::presence(field),
            doc: language.doc_comment(if object.is_some() { 4 } else { 8 }, &text),
            text,
            default: language.default_value(field),
            serde: rust::serde_attribute(field, object.is_some()),
            wrap: python::json_converter(field).to_owned(),
            is_required: field.is_required(),
            name: field.name.clone(),
        }
    }
}
