//! Carries a call out on the calling thread, without the interpreter's lock, and looks now and then whether the program
//! was told to stop.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use recallflow::Error;
use recallflow::ffi::CallRuntime;
use recallflow_bridge::failure::Failure;
use recallflow_bridge::fork::{Owned, unforked};
use recallflow_bridge::guard::guarded;

use crate::errors::{raise, thrown, wrong};
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
    runtime: CallRuntime,
    operation: usize,
    call: impl Future<Output = Result<T, Error>> + Send,
    lines: Option<&Arc<Lines>>,
) -> PyResult<T> {
    let mut runtime = Owned::new(runtime);
    // The call is large, and each of what wraps it would move it once more.
    let outcome = match interruptible(py, &mut runtime, unforked(guarded(Box::pin(call))), lines) {
        Ok(outcome) => outcome.map_err(raise)?,
        Err(interruption) => {
            if let Some(runtime) = runtime.get() {
                let _ = py.detach(|| runtime.close_dropped());
            }
            return Err(interruption);
        }
    };
    match outcome {
        Ok(outcome) => outcome.map_err(raise),
        Err(panic) => Err(thrown(&Failure::Panicked(panic, Some(operation)))),
    }
}

/// Drives a future, and lets the program's own code run in between: what it logs, and its handlers of signals.
///
/// Nothing is driven meanwhile, so that this code may make calls itself, or fork, or take as long as it likes while
/// other threads drive theirs. While an interpreter ends, it keeps threads that come back to it.
fn interruptible<T: Send>(
    py: Python<'_>,
    runtime: &mut Owned<CallRuntime>,
    future: impl Future<Output = T> + Send,
    lines: Option<&Arc<Lines>>,
) -> PyResult<Result<T, Error>> {
    let mut future = pin!(future);
    loop {
        // A handler of a signal may have forked.
        let Some(runtime) = runtime.get_mut() else {
            return Err(wrong("the process was forked within the call"));
        };
        let ticked = py.detach(|| runtime.run_for(TICK, future.as_mut()));
        if let Some(lines) = lines {
            lines.hand_over(py)?;
        }
        match ticked {
            Ok(None) => py.check_signals()?,
            Ok(Some(outcome)) => return Ok(Ok(outcome)),
            Err(error) => return Ok(Err(error)),
        }
    }
}
