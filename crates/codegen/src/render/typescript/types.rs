//! Types of fields, literals and imports.

use std::collections::{BTreeMap, BTreeSet};

use super::text::braced;
use crate::model::{EnumValue, Field, FieldKind, Limit, Literal, Required};
use crate::names;

/// The type of a field of a request that is there.
pub(super) fn requested(field: &Field) -> String {
    let allowed = field.limits.iter().find_map(|limit| match limit {
        Limit::OneOf(values) => Some(values.as_slice()),
        _ => None,
    });
    match &field.kind {
        FieldKind::List(item) => format!("readonly {}[]", parenthesized(&requested_kind(item, allowed))),
        kind => requested_kind(kind, allowed),
    }
}

/// The type of what a field of a request holds, which may be one of these values only.
fn requested_kind(kind: &FieldKind, allowed: Option<&[EnumValue]>) -> String {
    match (kind, allowed) {
        (FieldKind::Enum(name), Some(values)) => {
            values.iter().map(|value| type_of_value(name, &value.name)).collect::<Vec<_>>().join(" | ")
        }
        (FieldKind::Enum(name), None) => name.clone(),
        // Numbers beyond 2^53 are exact only as `bigint`.
        (FieldKind::Int64, _) => "number | bigint".to_owned(),
        (kind, _) => common(kind),
    }
}

/// What is said about a field of a request.
pub(super) fn asked(field: &Field) -> String {
    let beyond = " Beyond 2^53 it must be a `bigint`, because a number may have been rounded there.";
    format!("{}{}", field.doc.text, if field.kind == FieldKind::Int64 { beyond } else { "" })
}

/// What is said about a field of a response. Of counts nobody expects so large ones.
pub(super) fn told(field: &Field) -> String {
    let is_id = field.kind == FieldKind::Int64 && field.wire.ends_with("Id");
    let beyond = " One beyond 2^53 is in `extra` as a `bigint`, because a number would be rounded.";
    format!("{}{}", field.doc.text, if is_id { beyond } else { "" })
}

/// The type of a field of a response that is there: a number may be one that has no name in this version.
pub(super) fn answered(kind: &FieldKind) -> String {
    match kind {
        FieldKind::List(item) => format!("readonly {}[]", parenthesized(&answered(item))),
        // Without `& {}`, the names would be lost in `number`, and editors would not offer them.
        FieldKind::Enum(name) => format!("{name} | (number & {{}})"),
        kind => common(kind),
    }
}

/// The type of what is the same in both directions.
fn common(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Int32 | FieldKind::Int64 | FieldKind::Float => "number".to_owned(),
        FieldKind::Flag | FieldKind::Bool => "boolean".to_owned(),
        FieldKind::String | FieldKind::DateTime | FieldKind::Base64 | FieldKind::Fee => "string".to_owned(),
        FieldKind::Enum(name) | FieldKind::Object(name) => name.clone(),
        FieldKind::List(_) => unreachable!("lowering refuses lists of lists"),
    }
}

/// A type that can be followed by `[]`.
fn parenthesized(text: &str) -> String {
    if text.contains(' ') { format!("({text})") } else { text.to_owned() }
}

/// The type of one value of an enum.
pub(super) fn type_of_value(enum_name: &str, value: &str) -> String {
    format!("typeof {enum_name}.{}", names::screaming(value))
}

/// Whether a caller may leave a field of a request out.
pub(super) fn is_optional(field: &Field) -> bool {
    field.default.is_some() || field.required != Required::Always
}

/// The declaration of a property of a request.
pub(super) fn property(wire: &str, of: &str, is_optional: bool) -> String {
    if is_optional { format!("{wire}?: {of} | undefined") } else { format!("{wire}: {of}") }
}

/// A literal as a value.
pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Flag(flag) => flag.to_string(),
        Literal::Int(number) => number.to_string(),
        Literal::Enum { enum_name, name, .. } => format!("{enum_name}.{}", names::screaming(name)),
    }
}

/// What a file imports: names by module, and whether all of them are only types.
#[derive(Debug, Default)]
pub(super) struct Imports(BTreeMap<&'static str, BTreeMap<String, Use>>);

/// What an imported name is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Type,
    Value,
}

impl Imports {
    /// Adds a name of a module that is only a type here.
    pub(super) fn add_type(&mut self, module: &'static str, name: impl Into<String>) {
        self.0.entry(module).or_default().entry(name.into()).or_insert(Use::Type);
    }

    /// Adds a name of a module that is needed when the file is run.
    pub(super) fn add_value(&mut self, module: &'static str, name: impl Into<String>) {
        self.0.entry(module).or_default().insert(name.into(), Use::Value);
    }

    /// Adds what the types of these fields name: an object is in the file that is rendered.
    pub(super) fn add_fields<'a>(&mut self, fields: impl IntoIterator<Item = &'a Field>) {
        let enums: BTreeSet<_> = fields
            .into_iter()
            .filter_map(|field| match field.kind.item() {
                FieldKind::Enum(name) => Some(name),
                _ => None,
            })
            .collect();
        for name in enums {
            self.add_type("./enums.js", name);
        }
    }

    /// The statements, each with the end of its line.
    pub(super) fn render(&self) -> String {
        let statement = |(module, names): (&&str, &BTreeMap<String, Use>)| {
            let only_types = names.values().all(|of| *of == Use::Type);
            let mut names: Vec<_> = names.iter().collect();
            names.sort_by_key(|(name, _)| name.to_lowercase());
            let name = |(name, of): (&String, &Use)| {
                if *of == Use::Type && !only_types { format!("type {name}") } else { name.clone() }
            };
            let names: Vec<_> = names.into_iter().map(name).collect();
            let open = if only_types { "import type {" } else { "import {" };
            braced(0, open, &names, &format!("}} from '{module}';")) + "\n"
        };
        self.0.iter().map(statement).collect()
    }
}
