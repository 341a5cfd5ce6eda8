//! Converts failures to the exceptions of the package.

use std::io;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use recallflow::Error;
use recallflow::ffi::CallInfo;
use recallflow_bridge::failure::Failure;
use recallflow_bridge::guard::catch_panic;

use crate::classes::Classes;
use crate::{python, to_python};

/// Returns the exception object for a failure.
fn create_exception<'py>(py: Python<'py>, failure: &Failure) -> PyResult<Bound<'py, PyAny>> {
    let payload = to_python::json_to_python(py, &failure.describe())?;
    python::call(Classes::registered(py)?.error.bind(py), &PyTuple::new(py, [payload])?)
}

/// Returns the `TransportError` for a refusal by the system, which is not one of a call.
#[pyfunction]
pub(crate) fn refusal<'py>(py: Python<'py>, cause: &str) -> PyResult<Bound<'py, PyAny>> {
    create_exception(py, &Failure::Error(Error::refused_by_system(&io::Error::other(cause), None)))
}

/// Returns the error to raise for a failure.
pub(crate) fn exception_of(failure: &Failure) -> PyErr {
    Python::attach(|py| create_exception(py, failure).map_or_else(|error| error, PyErr::from_value))
}

/// Returns a `ConfigError`.
pub(crate) fn config_exception(text: impl Into<String>) -> PyErr {
    exception_of(&Failure::Config(text.into()))
}

/// Calls a function, and turns a panic into an error of this call.
pub(crate) fn catch_panics<T>(call: Option<&CallInfo>, act: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_panic(act).unwrap_or_else(|panic| Err(exception_of(&Failure::Panicked(panic, call.cloned()))))
}

/// Returns the error to raise for an error of the core.
pub(crate) fn core_exception(error: Error) -> PyErr {
    exception_of(&Failure::Error(error))
}
