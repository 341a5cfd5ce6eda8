//! Exceptions that the package turns into its error classes.

use std::io;

use napi::{Error, Status};
use napi_derive::napi;
use recallflow::ffi::CallInfo;
use recallflow_bridge::failure::Failure;
use recallflow_bridge::guard::catch_panic;

/// Returns an exception whose message is the failure as JSON, for `errorOf` in `failures.ts`.
pub(crate) fn exception_of(failure: &Failure) -> Error {
    Error::new(Status::GenericFailure, failure.describe().to_string())
}

/// Returns the exception for an error of the core.
pub(crate) fn core_exception(error: recallflow::Error) -> Error {
    exception_of(&Failure::Error(error))
}

/// Describes a refusal by the system, which is not one of a call, as JSON.
#[napi]
pub fn describe_refusal(cause: String) -> String {
    let error = recallflow::Error::refused_by_system(&io::Error::other(cause), None);
    Failure::Error(error).describe().to_string()
}

/// Returns the exception for a wrong option or argument.
pub(crate) fn config_exception(text: impl Into<String>) -> Error {
    exception_of(&Failure::Config(text.into()))
}

/// Runs `act` and turns a panic, which is a bug, into an exception of this call.
pub(crate) fn catch_panics<T>(call: Option<&CallInfo>, act: impl FnOnce() -> napi::Result<T>) -> napi::Result<T> {
    catch_panic(act).unwrap_or_else(|panic| Err(exception_of(&Failure::Panicked(panic, call.cloned()))))
}
