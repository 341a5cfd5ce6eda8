//! Hands what happened during a call to the package's logger.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use recallflow_bridge::logs::{Level, Line, Sink};

use crate::classes::Classes;

/// Lines that wait for a thread with the interpreter's lock.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Vec<Line>>);

impl Sink for Lines {
    fn take(&self, line: Line) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

impl Lines {
    /// Hands over what has come so far.
    pub(crate) fn hand_over(&self, py: Python<'_>) {
        let lines = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        hand_over(py, lines);
    }
}

/// Hands over lines. What a handler of the program raises concerns the program's log and not the call.
pub(crate) fn hand_over(py: Python<'_>, lines: Vec<Line>) {
    let Ok(classes) = Classes::get(py) else { return };
    for line in lines {
        let fields = PyDict::new(py);
        let filled = line.fields.iter().try_for_each(|(name, value)| fields.set_item(name, value));
        let logged = filled.and_then(|()| classes.log.bind(py).call1((number(line.level), line.message, fields)));
        if let Err(error) = logged {
            error.write_unraisable(py, None);
        }
    }
}

/// The level in Python's numbers.
fn number(level: Level) -> u8 {
    match level {
        Level::ERROR => 40,
        Level::WARN => 30,
        Level::INFO => 20,
        _ => 10,
    }
}
