//! What the packages of other languages are built on: the client without its Rust types.
//!
//! It is not for programs and keeps no promise between versions. Requests come as JSON in their wire form, and are read
//! and checked as ever. Answers are read in one pass as [`Record`]s, whose texts still lie in the body, so that
//! another language makes each of its values once, straight from there. [`REQUESTS`], [`RESPONSES`], [`ENUMS`] and
//! [`CALLS`] tell what there is.

mod call;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod gather;
mod record;
pub(crate) mod request;
mod shape;
mod shortcut;
mod table;
mod tokens;

pub use call::{Driver, Lane, Pages, Prepared};
pub use record::{Record, Row, read_response, write_response};
pub use request::{Request, UPDATE, nearest, no_json, parse_request, read_for, read_request, to_update, write_request};
pub use shape::{CallShape, Field, Kind, PagingShape, Shape};
pub use table::Cell;

pub use crate::fee::total_fees;
pub use crate::generated::ffi::{CALLS, ENUMS, REQUESTS, RESPONSES};
