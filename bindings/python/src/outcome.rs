//! The outcome of a call in the background, and passing it to a future.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyNone, PyString, PyTuple};
use recallflow::ffi::Record;
use recallflow_bridge::failure::Failure;

use crate::errors::{exception, shielded};
use crate::{python, to_python};

/// What a call returns.
#[derive(Debug)]
pub(crate) enum Returned {
    /// The response of an operation, if it has one.
    Response(Option<Record>),
    /// Nothing: a `PageReader` keeps the page until it is taken.
    Page,
}

/// Sets the result or the exception of a future, unless it is done.
pub(crate) fn resolve(future: &Bound<'_, PyAny>, outcome: &Result<Returned, Failure>) -> PyResult<()> {
    let py = future.py();
    let done = future.getattr(interned(py, &DONE, "done"))?;
    if python::call(&done, &PyTuple::empty(py))?.is_truthy()? {
        return Ok(());
    }
    let result = match outcome {
        Ok(Returned::Response(record)) => shielded(None, || to_python::record(py, record.as_ref())),
        Ok(Returned::Page) => Ok(PyNone::get(py).to_owned().into_any()),
        Err(failure) => exception(py, failure).and_then(|error| Err(PyErr::from_value(error))),
    };
    let (set, argument) = match result {
        Ok(result) => (future.getattr(interned(py, &SET_RESULT, "set_result"))?, result),
        Err(error) => (future.getattr("set_exception")?, error.into_value(py).into_bound(py).into_any()),
    };
    python::call(&set, &(argument,).into_pyobject(py)?)?;
    Ok(())
}

static DONE: PyOnceLock<Py<PyString>> = PyOnceLock::new();
static SET_RESULT: PyOnceLock<Py<PyString>> = PyOnceLock::new();

/// Returns an attribute name that is made only once.
fn interned<'a, 'py>(py: Python<'py>, once: &'a PyOnceLock<Py<PyString>>, name: &str) -> &'a Bound<'py, PyString> {
    once.get_or_init(py, || PyString::intern(py, name).unbind()).bind(py)
}
