//! Runs a call on the calling thread without the interpreter's lock, and checks for signals in between.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use recallflow::Error;
use recallflow::ffi::{CallInfo, CallRuntime, RuntimeQueue};
use recallflow_bridge::failure::Failure;
use recallflow_bridge::fork::{Owned, unforked};
use recallflow_bridge::guard::guarded;
use recallflow_bridge::sigpipe::without_sigpipe;

use crate::errors::{config_exception, core_exception, exception_of};
use crate::log::LogLines;

/// Longest time before a signal is noticed.
const TICK: Duration = Duration::from_millis(50);

/// Waits until a call gets a runtime, because too many other calls are in progress.
///
/// # Errors
///
/// A timeout if the time of the call has passed, or what a signal handler raised.
pub(crate) fn wait_for_runtime(py: Python<'_>, queue: RuntimeQueue, call: &CallInfo) -> PyResult<CallRuntime> {
    let mut queue = Owned::new(queue);
    loop {
        // A handler of a signal may have forked.
        let Some(queue) = queue.get_mut() else { return Err(fork_error()) };
        if let Some(runtime) = py.detach(|| queue.borrow_within(TICK, call)).map_err(core_exception)? {
            return Ok(runtime);
        }
        py.check_signals()?;
    }
}

/// Drives a call to its end.
///
/// # Errors
///
/// The error of the call, or what a signal handler raised, such as `KeyboardInterrupt`; the call is dropped then.
pub(crate) fn drive_call<T: Send>(
    py: Python<'_>,
    runtime: CallRuntime,
    info: &CallInfo,
    call: impl Future<Output = Result<T, Error>> + Send,
    lines: Option<&Arc<LogLines>>,
) -> PyResult<T> {
    let mut runtime = Owned::new(runtime);
    // Boxed first, because the call is large and each wrapper would move it.
    let outcome = match run_in_slices(py, &mut runtime, info, unforked(guarded(Box::pin(call))), lines) {
        Ok(outcome) => outcome.map_err(core_exception)?,
        Err(interruption) => {
            if let Some(runtime) = runtime.get() {
                let _ = py.detach(|| without_sigpipe(|| runtime.close_dropped()));
            }
            return Err(interruption);
        }
    };
    match outcome {
        Ok(outcome) => outcome.map_err(core_exception),
        Err(panic) => Err(exception_of(&Failure::Panicked(panic, Some(info.clone())))),
    }
}

/// Drives a future, and runs log handlers and signal handlers of the program in between.
///
/// The future is not polled meanwhile, so handlers may make calls themselves, or fork. While the interpreter exits, it does
/// not let this thread return.
fn run_in_slices<T: Send>(
    py: Python<'_>,
    runtime: &mut Owned<CallRuntime>,
    info: &CallInfo,
    future: impl Future<Output = T> + Send,
    lines: Option<&Arc<LogLines>>,
) -> PyResult<Result<T, Error>> {
    let mut future = pin!(future);
    loop {
        // A handler of a signal may have forked.
        let Some(runtime) = runtime.get_mut() else { return Err(fork_error()) };
        let ticked = py.detach(|| without_sigpipe(|| runtime.run_for(TICK, future.as_mut())));
        if let Some(lines) = lines {
            lines.hand_over(py)?;
        }
        match ticked {
            Ok(None) => py.check_signals()?,
            Ok(Some(outcome)) => return Ok(Ok(outcome)),
            Err(error) => return Ok(Err(Error::refused_by_system(&error, Some(info)))),
        }
    }
}

fn fork_error() -> PyErr {
    config_exception("the process was forked within the call")
}
