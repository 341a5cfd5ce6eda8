//! Carries a call out on the calling thread, without the interpreter's lock, and looks now and then whether the program
//! was told to stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use recallflow::{Error, blocking};
use recallflow_bridge::guard::guarded;
use recallflow_bridge::ticks::ticking;

use crate::errors::Failure;
use crate::log::Lines;

/// How long a signal may wait before it is noticed.
const TICK: Duration = Duration::from_millis(50);

/// Drives a call of the operation at this position to its end.
///
/// # Errors
///
/// What the call comes to, or what the handler of a signal raised meanwhile, such as `KeyboardInterrupt`; the call is
/// dropped then.
pub(crate) fn drive<T: Send>(
    py: Python<'_>,
    client: &blocking::Client,
    operation: usize,
    call: impl Future<Output = Result<T, Error>> + Send,
    lines: Option<&Arc<Lines>>,
) -> PyResult<T> {
    let look = || {
        Python::attach(|py| {
            lines.into_iter().for_each(|lines| lines.hand_over(py));
            py.check_signals()
        })
    };
    let driven = py.detach(|| client.drive(ticking(guarded(call), TICK, look)));
    lines.into_iter().for_each(|lines| lines.hand_over(py));
    match driven.map_err(Failure::Error)?? {
        Ok(outcome) => Ok(outcome.map_err(Failure::Error)?),
        Err(panic) => Err(Failure::Panicked(panic, Some(operation)).into()),
    }
}
