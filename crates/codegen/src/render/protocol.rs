//! Renders the sandbox's command protocol: the types of each language, the builders of faults, and the tables by which
//! the sandbox checks its arguments.

mod python;
mod rust;
mod typescript;

use serde::Serialize;

use super::template;
use crate::model::Api;
use crate::output::File;
use crate::protocol::{Direction, Field, Protocol, Variant};

/// Renders the files of all languages.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let Some(protocol) = &api.sandbox else { return Vec::new() };
    let header = super::header(api);
    let environment = template::environment();
    let page =
        |language: &dyn Language, text| template::fill_in(&environment, text, Page::new(protocol, &header, language));
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

/// The syntax of a language.
trait Language {
    /// Returns a name of the protocol in the case of the language.
    fn name(&self, name: &str) -> String;
    /// Renders the comment of a declaration at this indentation.
    fn doc(&self, indent: usize, text: &str) -> String;
    /// Returns the type of a field.
    fn kind(&self, protocol: &Protocol, field: &Field, direction: Direction) -> String;
    /// Returns the value of a field that is left out.
    fn default(&self, field: &Field) -> String;
    /// Returns the indentation of an object's comment.
    fn body_indent(&self) -> usize {
        0
    }
    /// Returns the null value, for comments.
    fn null(&self) -> &'static str;
    /// Returns the sentence that names the unit of durations.
    fn unit(&self) -> &'static str;
}

/// The content of a file.
#[derive(Serialize)]
struct Page {
    header: String,
    enums: Vec<Choice>,
    objects: Vec<Shape>,
    faults: Vec<Tagged>,
    commands: Vec<Tagged>,
    waits: Vec<Tagged>,
}

/// An enum.
#[derive(Serialize)]
struct Choice {
    name: String,
    /// The name of the Rust constant with its values.
    constant: String,
    doc: String,
    values: Vec<Value>,
}

/// A value of an enum.
#[derive(Serialize)]
struct Value {
    name: String,
    /// The name in the language's case.
    shown: String,
    variant: String,
    doc: String,
    text: String,
}

/// An object.
#[derive(Serialize)]
struct Shape {
    name: String,
    /// The name of the Rust constant with its fields.
    constant: String,
    doc: String,
    is_output: bool,
    /// Whether every field may be left out.
    is_optional: bool,
    /// The traits that Rust derives beyond the usual ones.
    derives: &'static str,
    fields: Vec<Slot>,
}

/// A field or an item.
#[derive(Serialize)]
struct Slot {
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
struct Tagged {
    name: String,
    shown: String,
    variant: String,
    doc: String,
    /// The comment without marks.
    text: String,
    /// `none`, `one`, `many` or `fields`.
    payload: &'static str,
    items: Vec<Slot>,
    /// Name of the object that holds the fields; empty for an object without a name.
    object: String,
    /// The Rust constant of that object.
    constant: String,
    /// Whether every field may be left out.
    is_optional: bool,
}

impl Page {
    fn new(protocol: &Protocol, header: &str, language: &dyn Language) -> Self {
        let tagged = |variants: &[Variant]| variants.iter().map(|v| Tagged::new(protocol, v, language)).collect();
        let enums = protocol.enums.iter().map(|item| Choice {
            name: item.name.clone(),
            constant: crate::names::screaming(&item.name),
            doc: language.doc(0, &item.doc),
            values: item
                .values
                .iter()
                .map(|value| Value {
                    name: value.name.clone(),
                    shown: if value.name.contains('-') { value.name.clone() } else { language.name(&value.name) },
                    variant: crate::names::pascal(&value.name),
                    doc: language.doc(4, &value.doc),
                    text: value.doc.clone(),
                })
                .collect(),
        });
        let objects = protocol.objects.iter().map(|object| Shape {
            name: object.name.clone(),
            constant: crate::names::screaming(&object.name),
            doc: language.doc(language.body_indent(), &object.doc),
            is_output: object.direction == Direction::Output,
            is_optional: object.fields.iter().all(|field| !is_required(field)),
            derives: rust::derives(protocol, object),
            fields: object
                .fields
                .iter()
                .map(|field| Slot::new(protocol, field, language, Some(object.direction)))
                .collect(),
        });
        Self {
            header: header.to_owned(),
            enums: enums.collect(),
            objects: objects.collect(),
            faults: tagged(&protocol.faults),
            commands: tagged(&protocol.commands),
            waits: tagged(&protocol.waits),
        }
    }
}

impl Tagged {
    fn new(protocol: &Protocol, variant: &Variant, language: &dyn Language) -> Self {
        let object = variant.object.as_deref().and_then(|name| protocol.object(name));
        let fields = object.map_or(&variant.fields, |object| &object.fields);
        let (payload, slots) = match variant.items.len() {
            0 if fields.is_empty() => ("none", fields),
            0 => ("fields", fields),
            1 => ("one", &variant.items),
            _ => ("many", &variant.items),
        };
        Self {
            name: variant.name.clone(),
            shown: language.name(&variant.name),
            variant: crate::names::pascal(&variant.name),
            doc: language.doc(4, &variant.doc.replace("{null}", language.null())),
            text: variant.doc.replace("{null}", language.null()),
            payload,
            items: slots.iter().map(|field| Slot::new(protocol, field, language, None)).collect(),
            object: object.map(|object| object.name.clone()).unwrap_or_default(),
            constant: object.map(|object| crate::names::screaming(&object.name)).unwrap_or_default(),
            is_optional: slots.iter().all(|field| !is_required(field)),
        }
    }
}

impl Slot {
    /// Describes a field of an object with a direction, or of a variant.
    fn new(protocol: &Protocol, field: &Field, language: &dyn Language, object: Option<Direction>) -> Self {
        let unit = if field.kind == "duration" { language.unit() } else { "" };
        let text = format!("{}{unit}", field.doc.replace("{null}", language.null()));
        Self {
            shown: language.name(&field.name),
            ident: crate::names::snake(&field.name),
            kind: language.kind(protocol, field, object.unwrap_or_default()),
            table: rust::table(protocol, field),
            presence: rust::presence(field),
            doc: language.doc(if object.is_some() { 4 } else { 8 }, &text),
            text,
            default: language.default(field),
            serde: rust::serde(field, object.is_some()),
            wrap: python::wrap(field).to_owned(),
            is_required: is_required(field),
            name: field.name.clone(),
        }
    }
}

fn is_required(field: &Field) -> bool {
    !field.optional && field.default.is_none()
}
