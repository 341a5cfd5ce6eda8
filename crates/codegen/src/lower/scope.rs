//! The fields of a type and their kinds, resolved before any field is lowered.

use super::include::{Member, Origin, members};
use super::symbols::{Symbols, TypeSymbol};
use crate::diagnostic::{At, Sink};
use crate::model::{EnumValue, FieldKind};

/// The fields of a type, to resolve references between them.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    /// One shape per field, in order.
    pub(super) shapes: Vec<Shape<'a>>,
}

/// A field with everything that is known without the other fields of its type.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    /// The field in the spec.
    pub(super) member: Member<'a>,
    /// Its kind; `None` if the spec has an unknown one, which lowering of the field reports.
    pub(super) kind: Option<FieldKind>,
    /// The values of its enum; empty for other kinds.
    pub(super) values: Vec<EnumValue>,
    /// The values of its enum that `one_of` allows.
    pub(super) allowed: Vec<EnumValue>,
}

impl<'a> Scope<'a> {
    /// Resolves the fields of a type without reporting problems.
    pub(super) fn new(symbols: &'a Symbols<'a>, symbol: &'a TypeSymbol<'a>) -> Self {
        Self { shapes: members(symbols, symbol).into_iter().map(|member| Shape::new(symbols, member)).collect() }
    }

    /// Finds a field by its wire name, or reports that it is unknown.
    pub(super) fn find(&self, wire: &At<String>, sink: &Sink) -> Option<&Shape<'a>> {
        let found = self.shapes.iter().find(|shape| shape.member.raw.wire.value == wire.value);
        if found.is_none() {
            sink.unknown("field", wire, self.shapes.iter().map(|shape| shape.member.raw.wire.as_str()));
        }
        found
    }

    /// Finds a field and checks its kind.
    pub(super) fn expect(
        &self,
        wire: &At<String>,
        expected: &str,
        fits: impl Fn(&FieldKind) -> bool,
        sink: &Sink,
    ) -> Option<&FieldKind> {
        let shape = self.find(wire, sink)?;
        let kind = shape.kind.as_ref()?;
        if fits(kind) {
            return Some(kind);
        }
        sink.report(wire.at, format!("expected {expected}, got `{}` of type `{}`", wire.value, shape.type_text()));
        None
    }
}

impl<'a> Shape<'a> {
    fn new(symbols: &Symbols<'a>, member: Member<'a>) -> Self {
        let kind = member.raw.kind.as_ref().and_then(|kind| symbols.kind(&kind.value));
        let values = match kind.as_ref().map(FieldKind::item) {
            Some(FieldKind::Enum(name)) => symbols.enum_values(name),
            _ => Vec::new(),
        };
        let allowed = match &member.raw.one_of {
            Some(names) if member.origin != Origin::WithoutRules => named(&values, &names.value),
            _ => values.clone(),
        };
        Self { member, kind, values, allowed }
    }

    /// Returns the type of the field as the spec writes it.
    pub(super) fn type_text(&self) -> &str {
        self.member.raw.kind.as_ref().map_or("", |kind| kind.as_str())
    }
}

/// Selects enum values by name, in the order of the names.
fn named(values: &[EnumValue], names: &[At<String>]) -> Vec<EnumValue> {
    let find = |name: &At<String>| values.iter().find(|value| value.name == name.value).cloned();
    names.iter().filter_map(find).collect()
}
