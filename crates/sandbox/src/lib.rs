//! A local stand-in for the voice API: stateful, strict about requests, with faults on demand.
//!
//! [`Sandbox`] is a running one; [`Fault`] is what can go wrong in it. It reads the spec on its own, by way of the JSON
//! Schema that is rendered from it, and shares no code with the client: the two check each other.

mod auth;
mod clock;
mod endpoints;
mod envelope;
mod fault;
mod fault_json;
mod flows;
mod host;
mod http;
mod json;
mod magic;
mod operations;
mod padding;
mod play;
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

pub use clock::Clock;
pub use endpoints::{BlackHole, refused};
pub use envelope::{DataStyle, EnvelopeStyle};
pub use fault::{Edit, Ending, Fault, Pace, Reflection};
pub use flows::Shape;
pub use host::{HostError, Hosted};
pub use magic::{fault as magic_fault, table as magic_keys};
pub use recording::{Answered, REDACTED, Recorded};
pub use sandbox::{Builder, Sandbox};
pub use seed::Seed;
pub use tasks::{Progress, Task};
#[cfg(feature = "tls")]
pub use tls::Certificate;
