//! Code that `cargo xtask codegen` renders from `spec/`: data and calls, never algorithms.

pub(crate) mod enums;
#[cfg(feature = "__ffi")]
pub(crate) mod ffi;
pub(crate) mod operations;
pub(crate) mod positions;
pub(crate) mod requests;
pub(crate) mod responses;
pub(crate) mod service;
pub(crate) mod shapes;
