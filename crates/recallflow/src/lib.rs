//! Client for the voice API that ITNIO TECH, LAAFFIC and onbuka share: auto-recall flows and group-call tasks.
//!
//! A request is checked against every documented rule before a byte is sent, signed anew for each attempt, and repeated
//! only where that can do no harm. An answer is read without failing for what is new in it. Every failure is an
//! [`Error`], and every call ends by its deadline.
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
//! # Where things are
//!
//! - [`Client`] for `async` code, [`blocking::Client`] for other code, [`ClientBuilder`] for their options.
//! - Requests are plain values: [`UpdateRecallFlow`] with its [`RecallNode`]s, and [`GroupCallQuery`]. `validate` tells
//!   every [`Violation`] at once, `warnings` what is allowed but probably not meant.
//! - Responses hold what the service sent: [`RecallFlowDetail`], [`GroupCallPage`] and [`GroupCallTask`]. What this
//!   version does not know is in [`Extra`].
//! - [`Pages`] reads a query to its end. [`Fee`] and [`totals`] read money.
//!
//! # Without an account
//!
//! The repository has a sandbox that behaves as the service does. `RECALLFLOW_API_KEY`, `RECALLFLOW_API_SECRET` and
//! `RECALLFLOW_BASE_URL` lead [`Client::from_env`] to it, or to the service.
//!
//! # Sources
//!
//! *Source* tells which of the vendor's documents a line is taken from: 000 and 003 "Query Task Details (Auto Recall)",
//! 001 the same on LAAFFIC's Chinese pages, 002 "Edit Task (Auto-Recall)", 004 "Query Task List"; `api-facts` is a survey
//! of what other public documents say.
//!
//! # Logging
//!
//! The library reports to [`tracing`](https://docs.rs/tracing): one span for each call, one event for each attempt at
//! level `DEBUG`, never a body, key or signature.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod blocking;
mod builder;
mod classify;
mod client;
mod clock;
mod datetime;
mod endpoint;
mod error;
mod fee;
#[cfg(feature = "__ffi")]
#[doc(hidden)]
pub mod ffi;
mod flow;
mod generated;
mod open_enum;
mod operation;
mod pages;
mod redact;
mod request;
mod response;
mod retry;
mod signing;
mod tls;
mod transport;
#[cfg(test)]
mod vectors;

pub use builder::ClientBuilder;
pub use client::Client;
pub use datetime::LocalDateTime;
pub use error::{
    ApiError, Call, ConfigError, Error, ErrorKind, InvalidRequestError, OutcomeUnknownError, Phase, ProtocolError,
    TransportError,
};
pub use fee::{Amount, Fee, FeeTotal, totals};
pub use generated::enums::*;
pub use generated::operations::OPERATIONS;
pub use generated::requests::*;
pub use generated::responses::*;
pub use generated::service::{ITNIO, LAAFFIC, ONBUKA};
pub use operation::{Operation, OperationInfo, OperationKind, Paged};
pub use pages::{Drift, Pages};
pub use request::violation::{Rule, Violation, Warning};
pub use response::extra::Extra;
