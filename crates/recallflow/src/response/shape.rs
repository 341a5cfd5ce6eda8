//! Objects of requests and responses, described as data.

use super::tokens::Key;

/// An object of a request or of a response.
#[derive(Debug)]
pub struct Shape {
    /// Name of its type.
    pub name: &'static str,
    /// Its fields, in the order of the spec.
    pub fields: &'static [Field],
    /// Wire names of all fields, then the aliases that a response may use instead.
    pub names: &'static [&'static str],
    /// The position in `fields` that each alias refers to.
    pub aliases: &'static [usize],
}

impl Shape {
    /// Returns the number of cells of an object. At least one, so that every object has its own position in a table.
    pub(crate) fn width(&self) -> usize {
        self.fields.len().max(1)
    }
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Name on the wire.
    pub wire: &'static str,
    /// The wire name in the form in which responses are searched for it.
    pub(super) key: Key,
    /// Name of the nested wire object that holds the field. Users see the field without it.
    pub within: Option<&'static str>,
    /// Type of the value.
    pub kind: Kind,
}

impl Field {
    pub(crate) const fn new(wire: &'static str, within: Option<&'static str>, kind: Kind) -> Self {
        Self { wire, key: Key::new(wire), within, kind }
    }
}

/// The type of a field.
#[derive(Debug)]
pub enum Kind {
    /// A 32-bit integer.
    Int32,
    /// A 64-bit integer.
    Int64,
    /// A 64-bit integer that identifies something, so that every digit counts.
    Id,
    /// A finite number.
    Float,
    /// Text, and how a number in it is written.
    Text(Notation),
    /// A boolean that is 0 or 1 on the wire.
    Flag,
    /// A boolean that is also one on the wire.
    Bool,
    /// A date and time without a zone.
    Time,
    /// A number of an enum, by the enum's position in `ffi::ENUMS`.
    Enum(usize),
    /// An object, by its position in `ffi::REQUESTS` or, in a response, in `ffi::RESPONSES`.
    Object(usize),
    /// A list.
    List(&'static Kind),
}

/// How a text writes a number. The text of a response stays a text; only its row holds the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// The text is not a number.
    Plain,
    /// An amount of money, such as `0.034827(USD)`.
    Fee,
    /// A percentage, such as `80`.
    Percent,
    /// A duration with its unit, such as `60s`.
    Duration,
}
