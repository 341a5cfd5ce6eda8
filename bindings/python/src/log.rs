//! Passes log records of a call to the package's logger.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use recallflow_bridge::logs::{Known, Level, Line, Sink};

use crate::classes::Classes;
use crate::python;

/// Log records that wait for a thread with the interpreter's lock.
#[derive(Default)]
pub(crate) struct LogLines(Mutex<Vec<Line>>);

impl Sink for LogLines {
    fn take(&self, line: Line) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

impl LogLines {
    /// Passes the collected records to the logger.
    ///
    /// # Errors
    ///
    /// As those of [`hand_over`].
    pub(crate) fn hand_over(&self, py: Python<'_>) -> PyResult<()> {
        let lines = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        hand_over(py, lines.into_iter().map(|line| (None, line)))
    }
}

/// Passes records to the logger, each in its `contextvars` context, or in the current one.
///
/// # Errors
///
/// An exception that is not an `Exception`, such as `KeyboardInterrupt`; records may be lost then. An `Exception` of a log
/// handler does not fail the call.
pub(crate) fn hand_over(
    py: Python<'_>,
    lines: impl IntoIterator<Item = (Option<Arc<Py<PyAny>>>, Line)>,
) -> PyResult<()> {
    for (context, line) in lines {
        let log = Classes::registered(py)?.log.bind(py);
        let fields = PyDict::new(py);
        let filled = line.fields.iter().try_for_each(|(name, known)| match known {
            Known::Number(number) => fields.set_item(name, number),
            Known::Text(text) => fields.set_item(name, text),
        });
        let logged = filled.and_then(|()| match &context {
            Some(context) => {
                let arguments = (log, logging_number(line.level), line.message, fields).into_pyobject(py)?;
                python::call(&context.bind(py).getattr("run")?, &arguments)
            }
            None => python::call(log, &(logging_number(line.level), line.message, fields).into_pyobject(py)?),
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
