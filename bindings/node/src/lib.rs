//! The native module behind the npm package `recallflow`.
//!
//! It is private: only the package's own TypeScript calls it. Requests arrive as JSON text. Responses are packed into
//! numbers and one text (see `pack`), from which generated TypeScript makes object literals. Setting the properties of an
//! object one by one through Node-API takes several times as long as the rest of a call.

#![expect(unreachable_pub, reason = "exported items must be `pub`")]
#![cfg_attr(test, allow(dead_code, reason = "exports are registered outside of tests only"))]
#![expect(clippy::needless_pass_by_value, reason = "Node-API passes texts by value")]

mod calls;
mod completions;
mod core;
mod errors;
mod infer;
mod options;
mod pack;
mod pages;
mod received;
mod rows;
mod sandbox;
mod text;
mod values;
mod wait;
mod wake;
mod wire_form;
