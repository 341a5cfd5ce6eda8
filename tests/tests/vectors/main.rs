//! The vectors of `tests/vectors` that the public API can play, one module for each file.

mod config;
mod coverage;
mod decoding;
mod encoding;
mod errors;
mod fee;
mod operations;
mod requests;
mod validation;
