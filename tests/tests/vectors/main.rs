//! Tests of the public API with `tests/vectors`, one module for each file.

mod call;
mod config;
mod coverage;
mod decoding;
mod encoding;
mod errors;
mod fee;
mod operations;
mod requests;
mod updating;
mod validation;
