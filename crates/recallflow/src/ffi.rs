//! The interface for packages of other languages: the client without its Rust types.
//!
//! It is not for programs, and may change in any version. Requests come as JSON in their wire form, and are read and
//! checked as Rust requests are. Responses are [`Record`]s, whose texts are still in the body, so that another language
//! creates each of its values once. [`REQUESTS`], [`RESPONSES`], [`ENUMS`] and [`CALLS`] describe both.

mod call;
mod record;
mod replay;
pub(crate) mod request;

pub use call::{CallRuntime, CallShape, Pages, PagingShape, Prepared, Runtimes};
pub use record::read_response;
pub use replay::{Replay, clock_offset};
pub use request::{Request, describe_text, nearest, read_for, read_request, to_update};

pub use crate::fee::total_fees;
pub use crate::generated::ffi::{CALLS, ENUMS, REQUESTS};
pub use crate::generated::positions::{enums, operations, requests, responses};
pub use crate::generated::shapes::RESPONSES;
pub use crate::request::json::{Json, JsonObject, MISFIT};
pub use crate::request::source::{Form, Found, Object, Source};
pub use crate::response::record::{Record, Row, write_response};
pub use crate::response::shape::{Field, Kind, Shape};
pub use crate::response::table::Cell;
