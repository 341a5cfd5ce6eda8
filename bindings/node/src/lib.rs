//! The native module behind the npm package `recallflow`.
//!
//! It is private: what it takes and gives is known to the package's own TypeScript only, which is what users see.
//! Requests come as JSON text; answers go as numbers and text, packed one after the other (`pack`), because making objects
//! one property at a time through Node's interface takes many times as long as everything else about a call.

#![expect(unreachable_pub, reason = "what Node is to see must be `pub`")]
#![cfg_attr(test, allow(dead_code, reason = "what Node sees is registered outside of tests only"))]
#![expect(clippy::needless_pass_by_value, reason = "Node's texts come by value")]

mod calls;
mod completions;
mod core;
mod failure;
mod options;
mod pack;
mod pages;
mod request;
mod sandbox;
mod text;
mod values;
mod wake;
