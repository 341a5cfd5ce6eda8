//! What requests and answers look like, as data.

use super::tokens::Key;
use crate::generated::ffi::RESPONSES;

/// An object of a request or of an answer.
#[derive(Debug)]
pub struct Shape {
    /// Name of its type.
    pub name: &'static str,
    /// Its fields, in the order of the spec.
    pub fields: &'static [Field],
    /// Names of all fields on the wire, and after them those under which an answer may carry some of them as well.
    pub names: &'static [&'static str],
    /// The positions of the fields that the further names stand for.
    pub aliases: &'static [usize],
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Name on the wire.
    pub wire: &'static str,
    /// The same in a form that answers are searched for.
    pub(super) key: Key,
    /// Name of the nested wire object that holds it; users see it flat.
    pub within: Option<&'static str>,
    /// What it holds.
    pub kind: Kind,
    /// The number that stands on the wire for what is filled in when the caller gives nothing.
    pub default: Option<i64>,
}

impl Field {
    pub(crate) const fn new(
        wire: &'static str,
        within: Option<&'static str>,
        kind: Kind,
        default: Option<i64>,
    ) -> Self {
        Self { wire, key: Key::new(wire), within, kind, default }
    }
}

/// What a field holds.
#[derive(Debug)]
pub enum Kind {
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// A finite number.
    Float,
    /// Text.
    Text,
    /// 0 or 1 on the wire, a boolean for the user.
    Flag,
    /// A boolean on the wire as well.
    Bool,
    /// A date and time without a zone.
    Time,
    /// A number of the enum at this position of [`ENUMS`](super::ENUMS).
    Enum(usize),
    /// An object of the shape at this position, of requests in a request and of responses in a response.
    Object(usize),
    /// A list.
    List(&'static Kind),
}

impl Kind {
    /// What the objects of an answer look like, if it has some here.
    pub(super) fn shape(&self) -> Option<&'static Shape> {
        match self {
            Kind::Object(position) | Kind::List(Kind::Object(position)) => Some(&RESPONSES[*position]),
            _ => None,
        }
    }
}

/// What an operation takes and answers.
#[derive(Debug)]
pub struct CallShape {
    /// Position of its request in [`REQUESTS`](super::REQUESTS).
    pub request: usize,
    /// Position of its response in [`RESPONSES`](super::RESPONSES), if it has one.
    pub response: Option<usize>,
    /// How its response is read page after page.
    pub paging: Option<PagingShape>,
}

/// How a response is read page after page.
#[derive(Debug)]
pub struct PagingShape {
    /// Position of the items in the response.
    pub records: usize,
    /// Position of the number of pages in the response.
    pub pages: usize,
    /// Position of the number of items in the response.
    pub total: usize,
    /// Position of the unique key in an item.
    pub id: usize,
}
