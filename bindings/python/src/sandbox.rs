//! The sandbox, as `recallflow.sandbox` drives it: JSON text and numbers go in and out.

use std::time::{Duration, Instant};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use recallflow_sandbox::{HostError, Hosted};

/// How long signals wait while Python waits for the sandbox.
const SLICE: Duration = Duration::from_millis(50);

/// A running sandbox.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Sandbox(Hosted);

/// The Python error for one of the sandbox: its own kinds are no errors of the library.
fn error(error: HostError) -> PyErr {
    match error {
        HostError::Io(error) => error.into(),
        HostError::Invalid(text) => PyValueError::new_err(text),
        other => PyRuntimeError::new_err(other.to_string()),
    }
}

#[pymethods]
impl Sandbox {
    #[new]
    fn new(py: Python<'_>, options: &str) -> PyResult<Self> {
        py.detach(|| Hosted::start(options)).map(Self).map_err(error)
    }

    #[staticmethod]
    fn fault(json: &str) -> PyResult<String> {
        Hosted::fault(json).map_err(error)
    }

    #[getter]
    fn url(&self) -> PyResult<String> {
        Ok(self.0.sandbox().map_err(error)?.url())
    }

    #[getter]
    fn api_key(&self) -> PyResult<String> {
        Ok(self.0.sandbox().map_err(error)?.api_key().to_owned())
    }

    #[getter]
    fn api_secret(&self) -> PyResult<String> {
        Ok(self.0.sandbox().map_err(error)?.api_secret().to_owned())
    }

    fn script(&self, py: Python<'_>, faults: &str, operation: Option<&str>) -> PyResult<()> {
        py.detach(|| self.0.script(faults, operation)).map_err(error)
    }

    fn faults_left(&self) -> PyResult<usize> {
        Ok(self.0.sandbox().map_err(error)?.faults_left())
    }

    fn requests(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.0.requests()).map_err(error)
    }

    fn wait_for_requests(&self, py: Python<'_>, count: usize, seconds: f64) -> PyResult<bool> {
        wait(py, seconds, |slice| self.0.wait_for_requests(count, slice))
    }

    fn wait_for_open_connections(&self, py: Python<'_>, most: usize, seconds: f64) -> PyResult<bool> {
        wait(py, seconds, |slice| self.0.wait_for_open_connections(most, slice))
    }

    fn connections(&self) -> PyResult<u64> {
        Ok(self.0.sandbox().map_err(error)?.connections())
    }

    fn open_connections(&self) -> PyResult<usize> {
        Ok(self.0.sandbox().map_err(error)?.open_connections())
    }

    fn flow(&self, py: Python<'_>, key_id: i64) -> PyResult<Option<String>> {
        py.detach(|| self.0.flow(key_id)).map_err(error)
    }

    fn insert_flow(&self, py: Python<'_>, flow: &str) -> PyResult<()> {
        py.detach(|| self.0.insert_flow(flow)).map_err(error)
    }

    fn tasks(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.0.tasks()).map_err(error)
    }

    fn insert_task(&self, py: Python<'_>, task: &str) -> PyResult<()> {
        py.detach(|| self.0.insert_task(task)).map_err(error)
    }

    fn set_shape(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        py.detach(|| self.0.set_shape(name)).map_err(error)
    }

    fn set_clock_offset(&self, seconds: i64) -> PyResult<()> {
        self.0.sandbox().map_err(error)?.set_clock_offset(seconds);
        Ok(())
    }

    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        let sandbox = self.0.sandbox().map_err(error)?;
        py.detach(|| sandbox.reset());
        Ok(())
    }

    fn close(&self, py: Python<'_>) {
        py.detach(|| self.0.close());
    }
}

/// Waits in slices, so that Ctrl-C and a sandbox that was closed end the wait.
fn wait(py: Python<'_>, seconds: f64, step: impl Fn(Duration) -> Result<bool, HostError> + Sync) -> PyResult<bool> {
    if seconds.is_nan() {
        return Err(PyValueError::new_err("the timeout must be a number of seconds"));
    }
    let started = Instant::now();
    // A time that is too long to be written is one without an end.
    let limit = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
    loop {
        let left = limit.saturating_sub(started.elapsed());
        if py.detach(|| step(left.min(SLICE))).map_err(error)? {
            return Ok(true);
        }
        py.check_signals()?;
        if left <= SLICE {
            return Ok(false);
        }
    }
}
