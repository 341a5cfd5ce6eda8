//! Client for the voice API that ITNIO TECH, LAAFFIC and onbuka share: auto-recall flows and group-call tasks.
//!
//! The client validates every request before it sends a byte, signs every attempt, and retries only when a retry is safe.
//! Responses may contain unknown fields and values. Every failure is an [`Error`], and every call ends by its deadline.
//!
//! ```no_run
//! use recallflow::{Client, RecallNode, RecallType, UpdateRecallFlow};
//!
//! # async fn run() -> Result<(), recallflow::Error> {
//! let client = Client::builder("key", "secret").base_url(recallflow::ITNIO).build()?;
//!
//! let update = UpdateRecallFlow::new(299, 30, 1, RecallType::All)
//!     .node_list([RecallNode::uploaded("120250811103439c1901f4c53b691b419ad8a143b.wav")]);
//! client.update_recall_flow(&update).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Overview
//!
//! - [`Client`] is for `async` code and [`blocking::Client`] for other code. [`ClientBuilder`] has their options.
//! - [`Client::call`] reaches any other endpoint of the platform.
//! - Requests are plain values: [`UpdateRecallFlow`] with its [`RecallNode`]s, and [`GroupCallQuery`]. `validate` returns
//!   every [`Violation`] at once. `warnings` returns values that are valid but probably a mistake.
//! - Responses are plain values as well: [`RecallFlowDetail`], [`GroupCallPage`] and [`GroupCallTask`]. [`Extra`] holds
//!   fields and values that this version does not know.
//! - [`FlowEdit`] changes a flow without losing a field or overwriting a change of another client.
//! - [`Pages`] iterates over all pages of a query. [`Fee`] parses a fee, and [`totals`] and [`totals_by_day`] add fees up.
//! - [`write_csv`] and [`write_jsonl`] export a list to a file. [`ToRow`] is one response as a flat row.
//!
//! # Without an account
//!
//! The repository contains a sandbox, a local server that behaves like the service. [`Client::from_env`] reads
//! `RECALLFLOW_API_KEY`, `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL`, so the same program can use either.
//!
//! # Logging
//!
//! The library logs to [`tracing`](https://docs.rs/tracing): one span for each call, and one event of level `DEBUG` and
//! target `recallflow::attempt` for each attempt. [`ClientBuilder::on_attempt`] passes the same to a function, and the
//! environment variable `RECALLFLOW_LOG=debug` writes it to stderr. Bodies, keys and signatures are never logged.
//!
//! # SIGPIPE
//!
//! Rust programs ignore this signal when they start. A program that restores its default action must block the signal on
//! the threads that make calls. Otherwise a server that resets a connection during an upload ends the process, because
//! HTTP libraries write without `MSG_NOSIGNAL`. The Python package blocks the signal itself.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod blocking;
mod builder;
mod call;
mod classify;
mod client;
mod clock;
mod datetime;
mod edit;
mod endpoint;
mod error;
mod events;
mod extra;
mod fee;
#[cfg(feature = "__ffi")]
#[doc(hidden)]
pub mod ffi;
mod flow;
#[cfg_attr(not(feature = "__ffi"), expect(dead_code, unreachable_pub, reason = "parts of it are for `ffi`"))]
mod generated;
mod open_enum;
mod operation;
mod output_file;
mod pages;
#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports it"))]
mod prepared;
#[cfg(feature = "profiles")]
mod profile;
mod rate_limit;
#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports parts of it"))]
mod raw;
mod redact;
#[cfg(feature = "__replay")]
#[doc(hidden)]
#[path = "../replay.rs"]
pub mod replay;
mod request;
#[cfg_attr(not(feature = "__ffi"), expect(dead_code, unreachable_pub, reason = "parts of it are for `ffi`"))]
mod response;
mod retry;
mod rows;
mod signing;
mod span;
mod status_code;
mod tls;
mod totals;
mod transport;
mod updates;
#[cfg(all(test, feature = "__vectors"))]
#[path = "../vector_tests/suite.rs"]
mod vectors;
mod wait;

pub use builder::ClientBuilder;
pub use client::Client;
pub use datetime::LocalDateTime;
pub use edit::diff::Change;
pub use edit::{EditOutcome, EditResult, FlowEdit, FlowUpdate};
pub use error::kind::ErrorKind;
pub use error::wait::{LastRead, WaitError, WaitReason};
pub use error::{
    ApiError, Call, ConfigError, ConflictError, Error, IncompleteError, InvalidRequestError, OutcomeUnknownError,
    Phase, ProtocolError, TransportError,
};
pub use events::AttemptEvent;
pub use extra::Extra;
pub use fee::{Amount, Fee, FeeTotal};
pub use generated::enums::*;
pub use generated::operations::OPERATIONS;
pub use generated::options::Overrides;
pub use generated::requests::*;
pub use generated::responses::*;
pub use generated::service::{ITNIO, LAAFFIC, ONBUKA};
pub use operation::{Operation, OperationInfo, OperationKind, Paged};
pub use pages::drift::Drift;
pub use pages::{Pages, WholePages};
#[cfg(feature = "profiles")]
pub use profile::{Profile, Profiles};
pub use raw::{ErrorResponse, RawResponse};
pub use request::violation::{Rule, Violation, Warning};
pub use rows::encode::{RowEncoder, RowFormat};
pub use rows::file::{ExportError, RowFile, write_csv, write_jsonl};
pub use rows::{Column, ColumnType, RowValue, TableRow, ToRow};
pub use span::{Span, span_of_day, span_of_month};
pub use totals::{totals, totals_by_day};
