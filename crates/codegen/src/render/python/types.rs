//! Annotations, defaults and imports.

use std::collections::{BTreeMap, BTreeSet};

use super::text::import;
use crate::model::{Direction, FieldKind, Literal};
use crate::names;

/// The type of an attribute that is there.
pub(super) fn attribute(kind: &FieldKind, direction: Direction) -> String {
    match kind {
        FieldKind::List(item) => format!("tuple[{}, ...]", attribute(item, direction)),
        FieldKind::Int32 | FieldKind::Int64 => "int".to_owned(),
        FieldKind::Float => "float".to_owned(),
        FieldKind::Flag | FieldKind::Bool => "bool".to_owned(),
        FieldKind::String | FieldKind::Base64 | FieldKind::Fee => "str".to_owned(),
        FieldKind::DateTime if direction == Direction::Request => "datetime | str".to_owned(),
        FieldKind::DateTime => "datetime".to_owned(),
        FieldKind::Enum(name) => format!("{name} | int"),
        FieldKind::Object(name) => name.clone(),
    }
}

/// The type of a parameter that takes a value. Any sequence will do for a list.
pub(super) fn parameter(kind: &FieldKind, direction: Direction) -> String {
    match kind {
        FieldKind::List(item) => format!("Sequence[{}]", parameter(item, direction)),
        other => attribute(other, direction),
    }
}

/// A literal as the value of a field of this kind.
pub(super) fn literal(literal: &Literal, kind: &FieldKind) -> String {
    match literal {
        Literal::Flag(true) => "True".to_owned(),
        Literal::Flag(false) => "False".to_owned(),
        Literal::Int(number) if *kind == FieldKind::Float => format!("{number}.0"),
        Literal::Int(number) => number.to_string(),
        Literal::Enum { enum_name, name, .. } => format!("{enum_name}.{}", names::screaming(name)),
    }
}

/// What a file imports: names by module.
#[derive(Debug, Default)]
pub(super) struct Imports(BTreeMap<(Origin, &'static str), BTreeSet<String>>);

/// The blocks in which imports are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Standard,
    Foreign,
    Own,
}

impl Imports {
    /// Adds a name of a module.
    pub(super) fn add(&mut self, module: &'static str, name: impl Into<String>) {
        let origin = match module.split('.').next() {
            Some("recallflow") => Origin::Own,
            Some("typing_extensions") => Origin::Foreign,
            _ => Origin::Standard,
        };
        self.0.entry((origin, module)).or_default().insert(name.into());
    }

    /// Adds what annotations of a kind name: an object is in the module that is rendered.
    pub(super) fn add_kind(&mut self, kind: &FieldKind) {
        match kind.item() {
            FieldKind::DateTime => self.add("datetime", "datetime"),
            FieldKind::Enum(name) => self.add("recallflow.generated.enums", name),
            _ => {}
        }
        if matches!(kind, FieldKind::List(_)) {
            self.add("collections.abc", "Sequence");
        }
    }

    /// Takes the names of a module away.
    pub(super) fn take(&mut self, module: &'static str) -> BTreeSet<String> {
        let keys: Vec<_> = self.0.keys().filter(|(_, other)| *other == module).copied().collect();
        keys.iter().filter_map(|key| self.0.remove(key)).flatten().collect()
    }

    /// The statements, with a blank line between those of different origins; the first line is not indented.
    pub(super) fn render(&self, indent: usize) -> String {
        let mut out = String::new();
        let mut before = None;
        for ((origin, module), names) in &self.0 {
            if let Some(before) = before {
                out.push_str(if before == *origin { "\n" } else { "\n\n" });
                out.push_str(&" ".repeat(indent));
            }
            before = Some(*origin);
            out.push_str(&import(indent, module, names.iter().cloned()));
        }
        out
    }
}
