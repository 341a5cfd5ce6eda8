//! The interface for packages of other languages: the client without its Rust types.
//!
//! It is not for programs, and may change in any version. A request is read from a [`Source`], which is JSON text or an
//! object of the other language, and is checked like a Rust request. A response is a [`Record`], whose texts are slices of
//! the body, so that the other language creates each value once. [`REQUESTS`], [`RESPONSES`], [`ENUMS`] and [`CALLS`]
//! describe both.

mod call;
mod edit;
pub(crate) mod options;
mod record;
pub(crate) mod request;
mod rows;
mod wait;

pub use call::{Pages, build_runtime, describe_operation, prepare_json};
pub use edit::{Edit, PreparedEdit, check_pending};
pub use options::{OptionEntry, Setter, not_adjustable};
pub use record::read_response;
pub use request::{CallShape, PagingShape, Request, describe_text, nearest, to_update, undocumented};
pub use wait::Wait;

pub use rows::{camel_names, encoder, item_response, to_row};

pub use crate::blocking::call_runtime::{CallRuntime, RuntimeQueue, Runtimes};
pub use crate::client::Encode;
pub use crate::fee::{add_amounts, compare_amounts, total_fees};
pub use crate::generated::ffi::{CALLS, ENUMS, REQUESTS, UPDATES, read_request};
pub use crate::generated::ffi_options::{ADJUSTABLE_OPTIONS, CALL_OPTIONS, CLIENT_OPTIONS};
pub use crate::generated::positions::{enums, operations, requests, responses};
pub use crate::generated::shapes::RESPONSES;
pub use crate::pages::walk::PagingOptions;
pub use crate::prepared::{CallInfo, Prepared};
pub use crate::raw::Exchange;
pub use crate::request::extra::EXTRA;
pub use crate::request::json::{Json, JsonObject, MISFIT};
pub use crate::request::source::{Form, Found, Source, SourceObject};
pub use crate::response::content::ResponseData;
pub use crate::response::record::{Record, Row};
pub use crate::response::shape::{Field, Kind, Shape};
pub use crate::response::table::Cell;
pub use crate::response::write::write_response;
pub use crate::transport::cancel::Cancel;
