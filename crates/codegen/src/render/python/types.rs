//! Annotations and default values.

use super::text::sorted;
use crate::model::{Direction, FieldKind, Literal};
use crate::names;

/// Returns the type of a field that is set. A list is a `Sequence`, so that constructors accept any; it is kept as a tuple.
pub(super) fn annotation(kind: &FieldKind, direction: Direction) -> String {
    match kind {
        FieldKind::List(item) => format!("Sequence[{}]", annotation(item, direction)),
        FieldKind::Int32 | FieldKind::Int64 => "int".to_owned(),
        FieldKind::Float => "float".to_owned(),
        FieldKind::Flag | FieldKind::Bool => "bool".to_owned(),
        FieldKind::String | FieldKind::Base64 | FieldKind::Written(_) => "str".to_owned(),
        FieldKind::DateTime if direction == Direction::Request => "datetime | date | str".to_owned(),
        FieldKind::DateTime => "datetime".to_owned(),
        FieldKind::Enum(name) if direction == Direction::Request => format!("{name} | int | str"),
        FieldKind::Enum(name) => format!("{name} | int"),
        FieldKind::Object(name) => name.clone(),
    }
}

/// Returns a literal as the value of a field of this kind.
pub(super) fn literal(literal: &Literal, kind: &FieldKind) -> String {
    match literal {
        Literal::Flag(true) => "True".to_owned(),
        Literal::Flag(false) => "False".to_owned(),
        Literal::Int(number) if *kind == FieldKind::Float => format!("{number}.0"),
        Literal::Int(number) => number.to_string(),
        Literal::Enum { enum_name, name, .. } => format!("{enum_name}.{}", names::screaming(name)),
    }
}

/// Returns the names of the objects among these kinds.
pub(super) fn objects_of<'a>(kinds: impl Iterator<Item = &'a FieldKind>) -> impl Iterator<Item = String> {
    kinds.filter_map(|kind| match kind.item() {
        FieldKind::Object(name) => Some(name.clone()),
        _ => None,
    })
}

/// Returns the names of the enums among these kinds.
pub(super) fn enums_of<'a>(kinds: impl Iterator<Item = &'a FieldKind>) -> Vec<String> {
    sorted(kinds.filter_map(|kind| match kind.item() {
        FieldKind::Enum(name) => Some(name.clone()),
        _ => None,
    }))
}
