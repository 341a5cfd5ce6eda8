//! The names of types and enums, and what each stands for.

use super::text::{self, Case, Taken, check_case};
use crate::diagnostic::{At, Sink};
use crate::model::{Direction, EnumValue, FieldKind};
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

/// A type and what is known of it before it is lowered.
#[derive(Debug)]
pub(super) struct TypeSymbol<'a> {
    /// Its name.
    pub(super) name: &'a At<String>,
    /// Which way it travels; `None` if the spec gets it wrong.
    pub(super) direction: Option<Direction>,
    /// Its documents, which its fields inherit.
    pub(super) sources: Vec<String>,
    /// All else.
    pub(super) raw: &'a RawType,
}

/// Words for the kinds that are no enum and no object.
const KINDS: [(&str, FieldKind); 9] = [
    ("int32", FieldKind::Int32),
    ("int64", FieldKind::Int64),
    ("float", FieldKind::Float),
    ("string", FieldKind::String),
    ("flag", FieldKind::Flag),
    ("bool", FieldKind::Bool),
    ("datetime", FieldKind::DateTime),
    ("base64", FieldKind::Base64),
    ("fee", FieldKind::Fee),
];

impl<'a> Symbols<'a> {
    /// Collects the names and checks that each is well-formed and free.
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

    /// Enums, types and totals are all types in the languages and share one space of names.
    fn check_names(&self, sink: &Sink) {
        let mut taken = Taken::default();
        let enums = self.enums.iter().map(|raw| ("enum", &raw.name));
        let types = self.types.iter().map(|symbol| ("type", symbol.name));
        let totals = self.types.iter().filter_map(|symbol| Some(("type", symbol.raw.totals.as_ref()?)));
        for (_, name) in totals.clone().skip(1) {
            let message = "another type has `totals` already, and the languages have one function of that name";
            sink.report(name.at, message);
        }
        for (what, name) in enums.chain(types).chain(totals) {
            check_case(if what == "enum" { "an enum" } else { "a type" }, name, Case::Pascal, sink);
            if names::reserved_type(&name.value) || KINDS.iter().any(|(word, _)| *word == name.value) {
                let message = format!("{what} `{}` would hide what users know by that name", name.value);
                sink.suggest(name.at, message, format!("say more, such as `Call{}`", names::pascal(&name.value)));
            }
            taken.take(what, name, sink);
            let is_part = |whole: &&TypeSymbol<'_>| {
                whole.direction == Some(Direction::Request) && names::is_part_of_request(&whole.name.value, &name.value)
            };
            if let Some(whole) = self.types.iter().find(is_part) {
                let message =
                    format!("{what} `{}` is what TypeScript calls a part of `{}`", name.value, whole.name.value);
                sink.suggest(name.at, message, "choose another name");
            }
            let held = name.value.strip_suffix("Value");
            if self.enums.iter().any(|raw| Some(raw.name.value.as_str()) == held) {
                let message = format!("{what} `{}` is what TypeScript calls a value of a response", name.value);
                sink.suggest(name.at, message, "choose another name");
            }
        }
    }

    /// The type of this name.
    pub(super) fn type_named(&self, name: &str) -> Option<&TypeSymbol<'a>> {
        self.types.iter().find(|symbol| symbol.name.value == name)
    }

    /// The type of this name; reports if there is none.
    pub(super) fn find_type(&self, name: &At<String>, sink: &Sink) -> Option<&TypeSymbol<'a>> {
        let found = self.type_named(&name.value);
        if found.is_none() {
            sink.unknown("type", name, self.types.iter().map(|symbol| symbol.name.as_str()));
        }
        found
    }

    /// The type of this name, which must travel this way; reports if there is none or it does not.
    pub(super) fn find_type_going(&self, name: &At<String>, way: Direction, sink: &Sink) -> Option<&TypeSymbol<'a>> {
        let found = self.find_type(name, sink)?;
        if found.direction.is_some_and(|direction| direction != way) {
            let (is, wanted) = (way.opposite().word(), way.word());
            let message = format!("`{}` is a {is} type and cannot be part of a {wanted}", name.value);
            let defined = sink.show(found.name.at);
            sink.suggest(name.at, message, format!("it is defined at {defined}; define a {wanted} type of its own"));
            return None;
        }
        Some(found)
    }

    /// What the type of a field stands for, without a report; `None` if it stands for nothing.
    pub(super) fn kind(&self, text: &str) -> Option<FieldKind> {
        if let Some(item) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            // No renderer knows lists of lists, and no document has one.
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

    /// What the type of a field stands for; reports if it stands for nothing, or for an object that travels the other
    /// way.
    pub(super) fn find_kind(&self, raw: &At<String>, way: Direction, sink: &Sink) -> Option<FieldKind> {
        let name = raw.value.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(&raw.value);
        let name = At { value: name.to_owned(), at: raw.at };
        let Some(kind) = self.kind(&raw.value) else {
            if name.value.starts_with('[') {
                sink.report(raw.at, "a list of lists is not supported");
            } else {
                let words = KINDS.iter().map(|(word, _)| *word);
                let enums = self.enums.iter().map(|raw| raw.name.as_str());
                let types = self.types.iter().map(|symbol| symbol.name.as_str());
                sink.unknown("type", &name, words.chain(enums).chain(types));
            }
            return None;
        };
        if let FieldKind::Object(_) = kind.item() {
            self.find_type_going(&name, way, sink)?;
        }
        Some(kind)
    }

    /// The enum of this name and its values, without a report.
    pub(super) fn enum_values(&self, name: &str) -> Vec<EnumValue> {
        let Some(raw) = self.enums.iter().find(|raw| raw.name.value == name) else { return Vec::new() };
        values(raw)
    }
}

/// The values of an enum, without a report about them.
pub(super) fn values(raw: &RawEnum) -> Vec<EnumValue> {
    let value = |value: &RawEnumValue| EnumValue {
        name: value.name.value.clone(),
        number: value.number.as_ref().map_or(0, |number| number.value),
        doc: value.doc.as_ref().map(|doc| doc.value.clone()).unwrap_or_default(),
    };
    raw.values.iter().map(value).collect()
}

/// A type of `types/*.toml` or of `[types]`.
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
        sources: text::sources(&raw.about).unwrap_or_default(),
        raw,
    })
}

/// The type that an operation defines for its request or its response, which inherits the operation's documents.
fn body<'a>(operation: &'a RawOperation, body: Option<&'a RawBody>, way: Direction) -> Option<TypeSymbol<'a>> {
    let Some(RawBody::Defined(raw)) = body else { return None };
    let sources = text::sources(&raw.about).or_else(|| text::sources(&operation.about)).unwrap_or_default();
    Some(TypeSymbol { name: raw.name.as_ref()?, direction: Some(way), sources, raw })
}
