//! Exceptions that the package turns into its error classes.

use std::io;

use napi::{Error, Status};
use napi_derive::napi;
use recallflow::ffi::CallInfo;
use recallflow_bridge::failure::Failure;
use recallflow_bridge::guard::catch_panic;
use serde_json::Value;

/// Returns an exception whose message is the failure as JSON, for `errorOf` in `failures.ts`.
pub(crate) fn thrown(failure: &Failure) -> Error {
    Error::new(Status::GenericFailure, Value::Object(failure.describe()).to_string())
}

/// Returns the exception for an error of the core.
pub(crate) fn raise(error: recallflow::Error) -> Error {
    thrown(&Failure::Error(error))
}

/// Describes a refusal by the system, which is not one of a call, as JSON.
#[napi]
pub fn describe_refusal(cause: String) -> String {
    let error = recallflow::Error::refused_by_system(&io::Error::other(cause), None);
    Value::Object(Failure::Error(error).describe()).to_string()
}

/// Returns the exception for a wrong option or argument.
pub(crate) fn wrong(text: impl Into<String>) -> Error {
    thrown(&Failure::Config(text.into()))
}

/// Runs `act` and turns a panic, which is a bug, into an exception of this call.
pub(crate) fn shielded<T>(call: Option<&CallInfo>, act: impl FnOnce() -> napi::Result<T>) -> napi::Result<T> {
    catch_panic(act).unwrap_or_else(|panic| Err(thrown(&Failure::Panicked(panic, call.cloned()))))
}
