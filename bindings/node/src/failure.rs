//! Hands failures to the package, which makes its errors of them.

use napi::{Error, Status};
use recallflow_bridge::failure::Failure;
use recallflow_bridge::guard::catch_panic;
use serde_json::Value;

/// An exception whose message is JSON text of what failed.
pub(crate) fn thrown(failure: &Failure) -> Error {
    Error::new(Status::GenericFailure, Value::Object(failure.describe()).to_string())
}

/// The exception for an error of the core.
pub(crate) fn raise(error: recallflow::Error) -> Error {
    thrown(&Failure::Error(error))
}

/// The exception for a wrong option.
pub(crate) fn wrong(text: impl Into<String>) -> Error {
    thrown(&Failure::Config(text.into()))
}

/// Does something that may panic because of a bug, within the operation at this position if within one.
pub(crate) fn shielded<T>(operation: Option<usize>, act: impl FnOnce() -> napi::Result<T>) -> napi::Result<T> {
    catch_panic(act).unwrap_or_else(|panic| Err(thrown(&Failure::Panicked(panic, operation))))
}
