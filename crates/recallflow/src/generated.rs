//! Code that `cargo xtask codegen` renders from `spec/`: data and calls, never algorithms.

pub(crate) mod enums;
#[cfg(feature = "__ffi")]
pub(crate) mod ffi;
#[cfg(feature = "__ffi")]
pub(crate) mod ffi_options;
mod methods;
pub(crate) mod operations;
pub(crate) mod options;
pub(crate) mod positions;
pub(crate) mod requests;
pub(crate) mod responses;
pub(crate) mod service;
mod setters;
pub(crate) mod shapes;
