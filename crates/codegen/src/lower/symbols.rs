//! Symbols: the names of types and enums.

use super::docs;
use super::naming::{Case, Taken, check_case};
use crate::diagnostic::{At, Sink};
use crate::model::{Direction, EnumValue, FieldKind, Notation};
use crate::names;
use crate::raw::{RawBody, RawEnum, RawEnumValue, RawOperation, RawSpec, RawType};

/// All types and enums of a spec.
#[derive(Debug)]
pub(super) struct Symbols<'a> {
    /// Enums in the spec's order.
    pub(super) enums: Vec<&'a RawEnum>,
    /// Types, first those of the operations in the order of their files, then the others in the order of theirs.
    pub(super) types: Vec<TypeSymbol<'a>>,
}

/// A type before it is lowered.
#[derive(Debug)]
pub(super) struct TypeSymbol<'a> {
    /// Its name.
    pub(super) name: &'a At<String>,
    /// Request or response; `None` if the spec has an unknown kind.
    pub(super) direction: Option<Direction>,
    /// Its sources, which its fields inherit.
    pub(super) sources: Vec<String>,
    /// The type in the spec.
    pub(super) raw: &'a RawType,
}

/// Names of the built-in kinds.
const KINDS: [(&str, FieldKind); 11] = [
    ("int32", FieldKind::Int32),
    ("int64", FieldKind::Int64),
    ("float", FieldKind::Float),
    ("string", FieldKind::String),
    ("flag", FieldKind::Flag),
    ("bool", FieldKind::Bool),
    ("datetime", FieldKind::DateTime),
    ("base64", FieldKind::Base64),
    ("fee", FieldKind::Written(Notation::Fee)),
    ("percent", FieldKind::Written(Notation::Percent)),
    ("duration", FieldKind::Written(Notation::Duration)),
];

impl<'a> Symbols<'a> {
    /// Collects all names and checks that each is valid and unique.
    pub(super) fn collect(spec: &'a RawSpec, sink: &Sink) -> Self {
        let mut symbols = Self { enums: spec.enums.iter().collect(), types: Vec::new() };
        for operation in &spec.operations {
            symbols.enums.extend(&operation.enums);
            symbols.types.extend(body(operation, operation.request.as_ref(), Direction::Request));
            symbols.types.extend(body(operation, operation.response.as_ref(), Direction::Response));
            symbols.types.extend(operation.types.iter().filter_map(|raw| named(raw, sink)));
        }
        symbols.types.extend(spec.types.iter().filter_map(|raw| named(raw, sink)));
        symbols.check_names(sink);
        symbols
    }

    /// Returns whether the enum of this name lists the states that may follow.
    pub(super) fn is_state(&self, name: &str) -> bool {
        self.enums.iter().any(|item| item.name.value == name && item.values.iter().any(|value| value.next.is_some()))
    }

    /// Checks the names of enums, types and totals, which share one namespace in the languages.
    fn check_names(&self, sink: &Sink) {
        let mut taken = Taken::default();
        let enums = self.enums.iter().map(|raw| ("enum", &raw.name));
        let types = self.types.iter().map(|symbol| ("type", symbol.name));
        let totals = self.types.iter().filter_map(|symbol| Some(("type", symbol.raw.totals.as_ref()?)));
        for (_, name) in totals.clone().skip(1) {
            sink.suggest(name.at, "only one type may have `totals`", "remove the others");
        }
        for (what, name) in enums.chain(types).chain(totals) {
            check_case(if what == "enum" { "an enum" } else { "a type" }, name, Case::Pascal, sink);
            if names::reserved::reserved_type(&name.value) || KINDS.iter().any(|(word, _)| *word == name.value) {
                let message = format!("{what} `{}` would hide a common name of a language or this library", name.value);
                let longer = format!("choose a longer name, such as `Call{}`", names::pascal(&name.value));
                sink.suggest(name.at, message, longer);
            }
            taken.take(what, name, sink);
            let is_part = |whole: &&TypeSymbol<'_>| {
                whole.direction == Some(Direction::Request)
                    && names::reserved::is_part_of_request(&whole.name.value, &name.value)
            };
            if let Some(whole) = self.types.iter().find(is_part) {
                let message = format!(
                    "{what} `{}` collides with a generated TypeScript type of `{}`",
                    name.value, whole.name.value
                );
                sink.suggest(name.at, message, "choose another name");
            }
            let held = name.value.strip_suffix("Value");
            if self.enums.iter().any(|raw| Some(raw.name.value.as_str()) == held) {
                let message = format!("{what} `{}` collides with a generated TypeScript type", name.value);
                sink.suggest(name.at, message, "choose another name");
            }
        }
    }

    /// Finds a type by its name.
    pub(super) fn type_named(&self, name: &str) -> Option<&TypeSymbol<'a>> {
        self.types.iter().find(|symbol| symbol.name.value == name)
    }

    /// Finds a type by its name, or reports that it is unknown.
    pub(super) fn find_type(&self, name: &At<String>, sink: &Sink) -> Option<&TypeSymbol<'a>> {
        let found = self.type_named(&name.value);
        if found.is_none() {
            sink.unknown("type", name, self.types.iter().map(|symbol| symbol.name.as_str()));
        }
        found
    }

    /// Finds a request or response type by its name, or reports that it is unknown or of the other direction.
    pub(super) fn find_type_of(&self, name: &At<String>, direction: Direction, sink: &Sink) -> Option<&TypeSymbol<'a>> {
        let found = self.find_type(name, sink)?;
        if found.direction.is_some_and(|found| found != direction) {
            let (got, expected) = (direction.opposite().word(), direction.word());
            let defined = sink.show(found.name.at);
            let message = format!("expected a {expected} type, got the {got} type `{}` of {defined}", name.value);
            sink.suggest(name.at, message, format!("define another type with `kind = \"{expected}\"`"));
            return None;
        }
        Some(found)
    }

    /// Resolves the type of a field. Returns `None` if it is unknown.
    pub(super) fn kind(&self, text: &str) -> Option<FieldKind> {
        if let Some(item) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            // The documents have no lists of lists, and the renderers do not support them.
            let item = self.kind(item).filter(|item| !matches!(item, FieldKind::List(_)))?;
            return Some(FieldKind::List(Box::new(item)));
        }
        if let Some((_, kind)) = KINDS.iter().find(|(word, _)| *word == text) {
            return Some(kind.clone());
        }
        if self.enums.iter().any(|raw| raw.name.value == text) {
            return Some(FieldKind::Enum(text.to_owned()));
        }
        self.type_named(text).map(|_| FieldKind::Object(text.to_owned()))
    }

    /// Resolves the type of a field, or reports that it is unknown or an object of the other direction.
    pub(super) fn find_kind(&self, raw: &At<String>, direction: Direction, sink: &Sink) -> Option<FieldKind> {
        let name = raw.value.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(&raw.value);
        let name = At { value: name.to_owned(), at: raw.at };
        let Some(kind) = self.kind(&raw.value) else {
            if name.value.starts_with('[') {
                sink.report(raw.at, "lists of lists are not supported");
            } else {
                let words = KINDS.iter().map(|(word, _)| *word);
                let enums = self.enums.iter().map(|raw| raw.name.as_str());
                let types = self.types.iter().map(|symbol| symbol.name.as_str());
                sink.unknown("type", &name, words.chain(enums).chain(types));
            }
            return None;
        };
        if let FieldKind::Object(_) = kind.item() {
            self.find_type_of(&name, direction, sink)?;
        }
        Some(kind)
    }

    /// Returns the values of an enum.
    pub(super) fn enum_values(&self, name: &str) -> Vec<EnumValue> {
        let Some(raw) = self.enums.iter().find(|raw| raw.name.value == name) else { return Vec::new() };
        values(raw)
    }
}

/// Lowers the values of an enum without checking them.
pub(super) fn values(raw: &RawEnum) -> Vec<EnumValue> {
    let sources = docs::sources(&raw.about).unwrap_or_default();
    let value = |value: &RawEnumValue| EnumValue {
        name: value.name.value.clone(),
        number: value.number.as_ref().map_or(0, |number| number.value),
        doc: docs::about(&value.about, &sources),
        next: value.next.as_ref().map(|names| names.iter().map(|name| name.value.clone()).collect()),
    };
    raw.values.iter().map(value).collect()
}

/// Creates the symbol of a type in `types/*.toml` or `[types]`.
fn named<'a>(raw: &'a RawType, sink: &Sink) -> Option<TypeSymbol<'a>> {
    let direction = raw.kind.as_ref().and_then(|kind| match kind.as_str() {
        "request" => Some(Direction::Request),
        "response" => Some(Direction::Response),
        _ => {
            sink.unknown("kind of type", kind, ["request", "response"]);
            None
        }
    });
    Some(TypeSymbol {
        name: raw.name.as_ref()?,
        direction,
        sources: docs::sources(&raw.about).unwrap_or_default(),
        raw,
    })
}

/// Creates the symbol of a type that an operation defines for its request or response.
fn body<'a>(operation: &'a RawOperation, body: Option<&'a RawBody>, direction: Direction) -> Option<TypeSymbol<'a>> {
    let Some(RawBody::Defined(raw)) = body else { return None };
    let sources = docs::sources(&raw.about).or_else(|| docs::sources(&operation.about)).unwrap_or_default();
    Some(TypeSymbol { name: raw.name.as_ref()?, direction: Some(direction), sources, raw })
}
