//! The fields of a type and their kinds, resolved before any field is lowered.

use super::include::{Member, members};
use super::symbols::{Symbols, TypeSymbol};
use crate::diagnostic::{At, Sink};
use crate::model::{EnumValue, FieldKind};

/// The fields of a type as others refer to them, known before any of them is lowered.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    /// One for each field, in order.
    pub(super) shapes: Vec<Shape<'a>>,
}

/// What can be said about a field without looking at others.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    /// The field as it is written.
    pub(super) member: Member<'a>,
    /// What it holds; `None` if the spec gets it wrong, which is reported where the field is lowered.
    pub(super) kind: Option<FieldKind>,
    /// The values of its enum, if it holds one.
    pub(super) values: Vec<EnumValue>,
    /// Those of the values that it may have.
    pub(super) allowed: Vec<EnumValue>,
}

impl<'a> Scope<'a> {
    /// The fields of a type. Reports nothing.
    pub(super) fn new(symbols: &'a Symbols<'a>, symbol: &'a TypeSymbol<'a>) -> Self {
        Self { shapes: members(symbols, symbol).into_iter().map(|member| Shape::new(symbols, member)).collect() }
    }

    /// The field of this wire name; reports if there is none.
    pub(super) fn find(&self, wire: &At<String>, sink: &Sink) -> Option<&Shape<'a>> {
        let found = self.shapes.iter().find(|shape| shape.member.raw.wire.value == wire.value);
        if found.is_none() {
            sink.unknown("field", wire, self.shapes.iter().map(|shape| shape.member.raw.wire.as_str()));
        }
        found
    }

    /// Checks that a field is there and holds what it must.
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
        sink.report(wire.at, format!("`{}` must be {expected}, not `{}`", wire.value, shape.type_text()));
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
            Some(names) if !member.included => named(&values, &names.value),
            _ => values.clone(),
        };
        Self { member, kind, values, allowed }
    }

    /// The type of the field as it is written.
    pub(super) fn type_text(&self) -> &str {
        self.member.raw.kind.as_ref().map_or("", |kind| kind.as_str())
    }
}

/// The values of these names, in the order of the names.
fn named(values: &[EnumValue], names: &[At<String>]) -> Vec<EnumValue> {
    let find = |name: &At<String>| values.iter().find(|value| value.name == name.value).cloned();
    names.iter().filter_map(find).collect()
}
