//! Makes the package's exceptions of the core's errors.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use recallflow::{Error, OPERATIONS, OperationKind, Violation};
use recallflow_bridge::guard::{Panicked, caught};

use crate::classes::Classes;
use crate::python;

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The core says so.
    Error(Error),
    /// An option of the package's own is wrong.
    Config(String),
    /// The core panicked within the operation at this position, if it was within one.
    Panicked(Panicked, Option<usize>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        Python::attach(|py| failure.exception(py).map_or_else(|error| error, PyErr::from_value))
    }
}

impl Failure {
    /// The exception that tells of it.
    pub(crate) fn exception<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let payload = match self {
            Failure::Error(error) => payload(py, error)?,
            Failure::Config(text) => {
                let payload = PyDict::new(py);
                payload.set_item("kind", recallflow::ErrorKind::Config.as_str())?;
                payload.set_item("text", text)?;
                payload
            }
            Failure::Panicked(panic, operation) => panicked(py, panic, *operation)?,
        };
        python::call(Classes::get(py)?.error.bind(py), &PyTuple::new(py, [payload])?)
    }
}

/// Does something that may panic because of a bug, within the operation at this position if within one.
pub(crate) fn shielded<T>(operation: Option<usize>, act: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    caught(act).unwrap_or_else(|panic| Err(Failure::Panicked(panic, operation).into()))
}

/// The exception for an error of the core.
pub(crate) fn raise(error: Error) -> PyErr {
    Failure::Error(error).into()
}

fn payload<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyDict>> {
    let payload = PyDict::new(py);
    let call = error.call();
    payload.set_item("kind", error.kind().as_str())?;
    payload.set_item("text", error.to_string())?;
    payload.set_item("operation", Some(call.operation).filter(|operation| !operation.is_empty()))?;
    payload.set_item("attempts", call.attempts)?;
    payload.set_item("remedy", error.remedy())?;
    payload.set_item("http_status", error.http_status())?;
    payload.set_item("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?;
    payload.set_item("phase", error.phase().map(recallflow::Phase::as_str))?;
    payload.set_item("violations", violations(py, error.violations())?)?;
    payload.set_item("code", error.code())?;
    match error {
        Error::Api(error) => {
            payload.set_item("message", &error.message)?;
            payload.set_item("meaning", error.meaning)?;
        }
        Error::Protocol(error) => payload.set_item("excerpt", &error.excerpt)?,
        Error::OutcomeUnknown(error) => payload.set_item("cause", self::payload(py, &error.cause)?)?,
        _ => {}
    }
    Ok(payload)
}

fn violations<'py>(py: Python<'py>, violations: &[Violation]) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, violations.iter().map(|violation| (&violation.path, violation.rule.as_str(), &violation.message)))
}

/// A panic leaves it open whether an update was carried out.
fn panicked<'py>(py: Python<'py>, panic: &Panicked, operation: Option<usize>) -> PyResult<Bound<'py, PyDict>> {
    let info = operation.map(|operation| OPERATIONS[operation]);
    let bug = PyDict::new(py);
    bug.set_item("kind", "Panic")?;
    let text = format!("a bug of recallflow ended the call: {}; please report it", panic.message);
    bug.set_item("text", &text)?;
    bug.set_item("operation", info.map(|info| info.name))?;
    if info.is_none_or(|info| info.kind == OperationKind::Query) {
        return Ok(bug);
    }
    let unknown = PyDict::new(py);
    unknown.set_item("kind", recallflow::ErrorKind::OutcomeUnknown.as_str())?;
    unknown.set_item("text", format!("the update may or may not have been carried out: {text}"))?;
    unknown.set_item("operation", info.map(|info| info.name))?;
    unknown.set_item("cause", bug)?;
    Ok(unknown)
}
