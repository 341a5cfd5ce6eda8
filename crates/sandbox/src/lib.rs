//! A local stand-in for the voice API: stateful, strict about requests, with faults on demand.
//!
//! [`Sandbox`] is a running one; [`Fault`] is what can go wrong in it. It reads the spec on its own, by way of the JSON
//! Schema that is rendered from it, and shares no code with the client: the two check each other.

mod auth;
mod check;
mod cli;
mod clock;
mod codec;
mod endpoints;
mod envelope;
mod fault;
mod flows;
mod generated;
mod http;
mod json;
mod kind;
mod language;
mod magic;
mod operations;
mod padding;
mod plan;
mod play;
mod protocol;
mod recording;
mod sandbox;
mod schema;
mod script;
mod seed;
mod server;
mod service;
mod tasks;
#[cfg(feature = "tls")]
mod tls;

pub use cli::run;
pub use clock::Clock;
pub use endpoints::{BlackHole, refused};
pub use generated::protocol::{
    DataStyle, Ending, EnvelopeStyle, Fault, Pace, RecordedRequest, RecordedResponse, Reflection, Seed, SeedTask,
    Shape, TaskProgress,
};
pub use language::Language;
pub use magic::{fault as magic_fault, table as magic_keys};
pub use protocol::{Session, Waiting};
pub use recording::REDACTED;
pub use sandbox::{Builder, Sandbox};
#[cfg(feature = "tls")]
pub use tls::Certificate;
