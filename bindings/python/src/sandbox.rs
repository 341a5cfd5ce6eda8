//! The sandbox behind `recallflow.sandbox`: commands and replies are JSON text.

use std::ffi::OsString;
use std::time::Duration;

use pyo3::prelude::*;
use recallflow_bridge::sigpipe::without_sigpipe;
use recallflow_sandbox::{Language, Session};

/// How long signals wait while Python waits for the sandbox.
const SLICE: Duration = Duration::from_millis(50);

/// A sandbox that commands start, use and close.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Sandbox(Session);

#[pymethods]
impl Sandbox {
    #[new]
    fn new() -> Self {
        Self(Session::new(Language::Python))
    }

    /// Executes a command.
    fn command(&self, py: Python<'_>, command: &str) -> String {
        // The first command starts the threads of the sandbox, which inherit the blocked signal.
        py.detach(|| without_sigpipe(|| self.0.command(command)))
    }

    /// Executes a command that waits. Waits in slices, between which Ctrl-C and `close` end the wait.
    fn wait(&self, py: Python<'_>, command: &str) -> PyResult<String> {
        let waiting = match self.0.wait(command) {
            Ok(waiting) => waiting,
            Err(reply) => return Ok(reply),
        };
        loop {
            if let Some(reply) = py.detach(|| waiting.finish_within(&self.0, SLICE)) {
                return Ok(reply);
            }
            py.check_signals()?;
        }
    }
}

/// Serves a sandbox until Ctrl-C or SIGTERM and returns the exit code.
#[pyfunction]
pub(crate) fn serve_sandbox(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| without_sigpipe(|| recallflow_sandbox::run("python -m recallflow.sandbox", arguments)))
}
