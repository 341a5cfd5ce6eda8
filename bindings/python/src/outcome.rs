//! The outcome of a call in the background, and passing it to a future.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyNone, PyString, PyTuple};
use recallflow::RawResponse;
use recallflow::ffi::ResponseData;
use recallflow_bridge::failure::Failure;

use crate::errors::{catch_panics, exception_of};
use crate::{python, to_python};

/// The outcome of a call, which becomes the result of the call's future.
///
/// The task that waits for the future opens it. So the objects of a response are created just before the task reads them.
/// Objects created when the future is resolved would push those of the other calls out of the processor's cache.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Outcome(pub(crate) Result<Returned, Failure>);

/// What a call returns.
#[derive(Debug)]
pub(crate) enum Returned {
    /// The data of the response.
    Response(ResponseData),
    /// The same with the HTTP response.
    Raw(RawResponse<ResponseData>),
    /// Nothing: a `PageReader` keeps the page until it is taken.
    Page,
}

#[pymethods]
impl Outcome {
    /// Returns the response, or raises the error of the call.
    fn open<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.0 {
            Ok(Returned::Response(data)) => catch_panics(None, || to_python::response_data(py, data)),
            Ok(Returned::Raw(raw)) => catch_panics(None, || to_python::response_data(py, &raw.parsed)),
            Ok(Returned::Page) => Ok(PyNone::get(py).to_owned().into_any()),
            Err(failure) => Err(exception_of(failure)),
        }
    }

    /// Returns status, headers, body, attempts and seconds of a raw response; `None` for other outcomes.
    fn raw<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let Ok(Returned::Raw(raw)) = &self.0 else { return Ok(None) };
        let body = PyBytes::new(py, &raw.body);
        let parts = (raw.http_status, &raw.headers, body, raw.attempts, raw.elapsed.as_secs_f64());
        parts.into_pyobject(py).map(Some)
    }
}

/// Sets the result of a future, unless it is done.
pub(crate) fn set_outcome(future: &Bound<'_, PyAny>, outcome: &Bound<'_, Outcome>) -> PyResult<()> {
    let py = future.py();
    let done = future.getattr(interned_name(py, &DONE, "done"))?;
    if python::call(&done, &PyTuple::empty(py))?.is_truthy()? {
        return Ok(());
    }
    let set = future.getattr(interned_name(py, &SET_RESULT, "set_result"))?;
    python::call(&set, &(outcome,).into_pyobject(py)?)?;
    Ok(())
}

static DONE: PyOnceLock<Py<PyString>> = PyOnceLock::new();
static SET_RESULT: PyOnceLock<Py<PyString>> = PyOnceLock::new();

/// Returns an attribute name that is made only once.
fn interned_name<'a, 'py>(py: Python<'py>, once: &'a PyOnceLock<Py<PyString>>, name: &str) -> &'a Bound<'py, PyString> {
    once.get_or_init(py, || PyString::intern(py, name).unbind()).bind(py)
}
