//! The decisions of a wait, whose reads and delays are those of the package.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use recallflow::ffi;

use crate::errors::{catch_panics, core_exception};
use crate::options;

/// A wait for a flow or for group-call tasks.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Wait {
    wait: Mutex<ffi::Wait>,
    timeout: f64,
}

impl Wait {
    fn with_wait<T>(&self, act: impl FnOnce(&mut ffi::Wait) -> T) -> T {
        act(&mut self.wait.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[pymethods]
impl Wait {
    #[new]
    fn new(until: &Bound<'_, PyAny>, timeout: &Bound<'_, PyAny>) -> PyResult<Self> {
        let until = if until.is_none() { None } else { Some(options::read_integer::<u32>("until", until)?.into()) };
        let timeout = options::read_seconds("timeout", timeout)?;
        Ok(Self { wait: Mutex::new(ffi::Wait::new(until, timeout)), timeout: timeout.as_secs_f64() })
    }

    /// Seconds that the wait may take.
    #[getter]
    fn timeout(&self) -> f64 {
        self.timeout
    }

    /// Takes what was read: the status of the flow and those of its nodes, or those of the tasks. Returns how many nodes or
    /// tasks have ended, and their number.
    fn see(&self, status: Option<i64>, parts: Vec<Option<i64>>) -> (usize, usize) {
        self.with_wait(|wait| wait.see(status, parts))
    }

    /// Takes the message of a retryable error of a read.
    fn fail(&self, message: String) {
        self.with_wait(|wait| wait.fail(message));
    }

    /// Returns the seconds until the next read, or None if what was read ends the wait. Raises the error that ends it.
    fn next_delay(&self, elapsed: f64) -> PyResult<Option<f64>> {
        catch_panics(None, || {
            let elapsed = Duration::try_from_secs_f64(elapsed).unwrap_or_default();
            let delay = self.with_wait(|wait| wait.next_delay(elapsed)).map_err(core_exception)?;
            Ok(delay.map(|delay| delay.as_secs_f64()))
        })
    }
}
