//! The command protocol of the sandbox, as `spec/sandbox.toml` describes it.

use serde::Deserialize;

use crate::diagnostic::Place;
use crate::raw::Source;

/// The content of `spec/sandbox.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Enums.
    pub enums: Vec<Enum>,
    /// Objects.
    pub objects: Vec<Object>,
    /// Faults.
    pub faults: Vec<Variant>,
    /// Commands that end at once.
    pub commands: Vec<Variant>,
    /// Commands that wait.
    pub waits: Vec<Variant>,
}

/// A type whose values are known texts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enum {
    /// Name in `PascalCase`.
    pub name: String,
    /// Description.
    pub doc: String,
    /// The texts.
    pub values: Vec<EnumValue>,
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnumValue {
    /// The text.
    pub name: String,
    /// Description.
    pub doc: String,
}

/// An object with a name.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Name in `PascalCase`.
    pub name: String,
    /// Description.
    pub doc: String,
    /// Whether callers write or read it.
    #[serde(default)]
    pub direction: Direction,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// Whether callers write or read an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Callers write it.
    #[default]
    Input,
    /// The sandbox returns it.
    Output,
}

/// A field of an object, or an item of a variant.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name in `snake_case`, or in `camelCase` if it is part of seed files.
    pub name: String,
    /// A built-in type, or the name of an enum or object.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it is a list of the type.
    #[serde(default)]
    pub list: bool,
    /// Whether it may be null or left out.
    #[serde(default)]
    pub optional: bool,
    /// Value if it is left out.
    pub default: Option<serde_json::Value>,
    /// Description.
    pub doc: String,
}

/// A fault or a command. It has at most one of `items`, `fields` and `object`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Name in `snake_case`.
    pub name: String,
    /// Description.
    pub doc: String,
    /// A single value, or several in a list.
    #[serde(default)]
    pub items: Vec<Field>,
    /// Fields of an object.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Name of an object.
    pub object: Option<String>,
}

/// The built-in types.
const KINDS: &[&str] = &[
    "bool",
    "text",
    "integer",
    "count",
    "size",
    "http_status",
    "port",
    "duration",
    "unix_time",
    "civil_time",
    "bytes",
    "body",
    "headers",
    "path",
    "ip",
    "operation",
    "fault",
    "flow",
    "task",
];

/// Reads `sandbox.toml`, and reports the first problem.
pub(crate) fn read(source: &Source<'_>) -> Option<Protocol> {
    let report = |line, message: String| {
        source.sink.report(Place { file: source.file, line }, message);
    };
    match toml::from_str::<Protocol>(source.text) {
        Ok(protocol) => match protocol.unknown_type() {
            None => Some(protocol),
            Some(name) => {
                let line = source.text.lines().position(|line| line.contains(&format!("\"{name}\"")));
                report(line.unwrap_or_default() + 1, format!("there is no type `{name}`"));
                None
            }
        },
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            report(1 + source.text[..start].matches('\n').count(), error.message().to_owned());
            None
        }
    }
}

impl Protocol {
    /// Returns the object of this name.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }

    /// Returns whether this is the name of an enum.
    #[must_use]
    pub fn is_enum(&self, name: &str) -> bool {
        self.enums.iter().any(|item| item.name == name)
    }

    /// Returns the first name of a type that is not described.
    fn unknown_type(&self) -> Option<&str> {
        let variants = || self.faults.iter().chain(&self.commands).chain(&self.waits);
        let fields = self.objects.iter().flat_map(|object| &object.fields);
        let kinds = fields.chain(variants().flat_map(|variant| variant.items.iter().chain(&variant.fields)));
        let objects = variants().filter_map(|variant| variant.object.as_deref());
        let is_known = |name: &&str| KINDS.contains(name) || self.is_enum(name) || self.object(name).is_some();
        let unknown = kinds.map(|field| field.kind.as_str()).find(|name| !is_known(name));
        unknown.or_else(|| objects.into_iter().find(|name| self.object(name).is_none()))
    }
}
