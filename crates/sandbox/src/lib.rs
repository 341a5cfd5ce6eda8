//! A local server that behaves as the voice API does: stateful, strict about requests, with faults on demand.
//!
//! A [`Sandbox`] is a running server, and a [`Fault`] makes it misbehave. The sandbox knows the spec only through the
//! rendered JSON Schema and shares no code with the client: each checks the other.

mod auth;
mod builder;
mod cancel;
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
mod pages;
mod plan;
mod play;
mod progress;
mod protocol;
mod recording;
mod sandbox;
mod schema;
mod script;
mod seed;
mod server;
mod service;
mod system;
mod tasks;
#[cfg(feature = "tls")]
mod tls;
mod variants;
mod write;

pub use builder::Builder;
pub use cli::run;
pub use clock::Clock;
pub use endpoints::{BlackHole, RefusedPort};
pub use generated::protocol::{
    DataStyle, Ending, EnvelopeStyle, Fault, Pace, Progress, RecordedRequest, RecordedResponse, Reflection, Seed,
    SeedTask, Shape,
};
pub use language::Language;
pub use magic::{fault as magic_fault, table as magic_keys};
pub use protocol::{Session, Waiting};
pub use recording::REDACTED;
pub use sandbox::Sandbox;
#[cfg(feature = "tls")]
pub use tls::Certificate;
