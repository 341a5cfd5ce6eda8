//! Passes log records of a call to the package's logger.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use recallflow_bridge::logs::{Known, Level, Line, Sink};

use crate::classes::Classes;
use crate::python;

/// Where the log records of a call go.
pub(crate) struct Receiver {
    /// The `contextvars` context of the task that made the call; `None` for the current one.
    pub(crate) context: Option<Py<PyAny>>,
    /// The function of the client that receives the end of each attempt.
    pub(crate) on_attempt: Option<Py<PyAny>>,
}

/// Log records that wait for a thread with the interpreter's lock.
pub(crate) struct LogLines {
    lines: Mutex<Vec<Line>>,
    receiver: Arc<Receiver>,
}

impl Sink for LogLines {
    fn take(&self, line: Line) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

impl LogLines {
    pub(crate) fn new(on_attempt: Option<Py<PyAny>>) -> Self {
        Self { lines: Mutex::default(), receiver: Arc::new(Receiver { context: None, on_attempt }) }
    }

    /// Passes the collected records to the logger.
    ///
    /// # Errors
    ///
    /// As those of [`hand_over`].
    pub(crate) fn hand_over(&self, py: Python<'_>) -> PyResult<()> {
        let lines = std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner));
        hand_over(py, lines.into_iter().map(|line| (self.receiver.clone(), line)))
    }
}

/// Passes records to the logger and to the function for attempts, each in the context of its call.
///
/// # Errors
///
/// An exception that is not an `Exception`, such as `KeyboardInterrupt`; records may be lost then. An `Exception` of a log
/// handler or of the function does not fail the call.
pub(crate) fn hand_over(py: Python<'_>, lines: impl IntoIterator<Item = (Arc<Receiver>, Line)>) -> PyResult<()> {
    for (receiver, line) in lines {
        let log = Classes::registered(py)?.log.bind(py);
        let fields = PyDict::new(py);
        let filled = line.fields.iter().try_for_each(|(name, known)| match known {
            Known::Number(number) => fields.set_item(name, number),
            Known::Decimal(number) => fields.set_item(name, number),
            Known::Text(text) => fields.set_item(name, text),
        });
        let (level, on_attempt) = (logging_number(line.level), &receiver.on_attempt);
        let logged = filled.and_then(|()| match &receiver.context {
            Some(context) => {
                let arguments = (log, level, line.message, fields, on_attempt).into_pyobject(py)?;
                python::call(&context.bind(py).getattr("run")?, &arguments)
            }
            None => python::call(log, &(level, line.message, fields, on_attempt).into_pyobject(py)?),
        });
        match logged {
            Err(error) if error.is_instance_of::<PyException>(py) => error.write_unraisable(py, None),
            logged => drop(logged?),
        }
    }
    Ok(())
}

/// Returns the number of a level in `logging`.
fn logging_number(level: Level) -> u8 {
    match level {
        Level::ERROR => 40,
        Level::WARN => 30,
        Level::INFO => 20,
        _ => 10,
    }
}
