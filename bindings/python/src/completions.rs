//! Calls in the background, whose outcomes an event loop takes in batches.
//!
//! The background thread never takes the interpreter's lock, because waiting for it could block forever while the process
//! exits. It pushes outcomes to a queue and, if the queue was empty, writes a byte to a socket that the event loop watches.
//! So the loop wakes up once for all calls that have ended.

use std::collections::HashMap;
use std::future::Future;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use recallflow::Error;
use recallflow::ffi::CallInfo;
use recallflow_bridge::background::{self, Call};
use recallflow_bridge::failure::Failure;
use recallflow_bridge::fork::{Owned, unforked};
use recallflow_bridge::guard::guarded;
use recallflow_bridge::logs::{Line, Sink, logged};

use crate::errors::core_exception;
use crate::log::{self, Receiver};
use crate::outcome::{Outcome, Returned, set_outcome};

/// The pending calls of one event loop, and the outcomes that it has not taken yet.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Completions {
    /// `None` after `close`.
    state: Mutex<Option<Owned<LoopState>>>,
    next: AtomicU64,
}

/// The part that belongs to the process that made it.
struct LoopState {
    queue: Arc<OutcomeQueue>,
    calls: HashMap<u64, PendingCall>,
}

/// A pending call and its future.
struct PendingCall {
    future: Py<PyAny>,
    _call: Call,
}

/// Passes outcomes and log records from the background thread to the event loop.
struct OutcomeQueue {
    state: Mutex<Queued>,
    filled: Condvar,
    /// The socket that the background thread writes to, and its peer, which the event loop watches.
    wake: UnixStream,
    woken: UnixStream,
}

#[derive(Default)]
struct Queued {
    /// The number of each call that has ended, and its outcome.
    outcomes: Vec<(u64, Outcome)>,
    lines: Vec<(Arc<Receiver>, Line)>,
    /// Whether the event loop was woken and has not taken anything since.
    is_signalled: bool,
}

impl OutcomeQueue {
    fn new() -> io::Result<Self> {
        let (wake, woken) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        Ok(Self { state: Mutex::default(), filled: Condvar::new(), wake, woken })
    }

    fn lock_queued(&self) -> MutexGuard<'_, Queued> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push_and_wake(&self, fill: impl FnOnce(&mut Queued)) {
        let mut state = self.lock_queued();
        fill(&mut state);
        if !state.is_signalled {
            state.is_signalled = true;
            // A full socket wakes the loop as well. A socket without a peer belongs to a loop that was closed.
            let _ = (&self.wake).write(&[1]);
            self.filled.notify_all();
        }
    }

    fn take_queued(&self) -> Queued {
        let mut state = self.lock_queued();
        if state.is_signalled {
            // It holds at most one byte.
            let _ = (&self.woken).read(&mut [0; 8]);
        }
        std::mem::take(&mut *state)
    }
}

/// Queues the log records of one call.
struct CallLog {
    queue: Arc<OutcomeQueue>,
    receiver: Arc<Receiver>,
}

impl Sink for CallLog {
    fn take(&self, line: Line) {
        self.queue.push_and_wake(|state| state.lines.push((self.receiver.clone(), line)));
    }
}

impl Completions {
    fn lock_state(&self) -> MutexGuard<'_, Option<Owned<LoopState>>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_queue(&self) -> PyResult<Arc<OutcomeQueue>> {
        let state = self.lock_state();
        let state = state.as_ref().and_then(Owned::get);
        state.map(|state| state.queue.clone()).ok_or_else(closed_error)
    }

    /// Starts a call, and passes its outcome to the future. Its log records are passed
    /// to the receiver; without one, the call is not logged.
    pub(crate) fn start_call(
        &self,
        future: Bound<'_, PyAny>,
        info: CallInfo,
        call: impl Future<Output = Result<Returned, Error>> + Send + 'static,
        receiver: Option<Receiver>,
    ) -> PyResult<u64> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut state = self.lock_state();
        let state = state.as_mut().and_then(Owned::get_mut).ok_or_else(closed_error)?;
        let queue = state.queue.clone();
        let log = receiver.map(|receiver| CallLog { queue: queue.clone(), receiver: Arc::new(receiver) });
        let refused = info.clone();
        // Boxed first, because the call is large and each wrapper would move it.
        let call = Box::pin(call);
        let call = async move {
            let outcome = match log {
                Some(log) => unforked(guarded(logged(call, info.name.clone(), Arc::new(log)))).await,
                None => unforked(guarded(call)).await,
            };
            let outcome = match outcome {
                Ok(outcome) => outcome.map_err(Failure::Error),
                Err(panic) => Err(Failure::Panicked(panic, Some(info))),
            };
            queue.push_and_wake(|state| state.outcomes.push((number, Outcome(outcome))));
        };
        let call = background::start(call)
            .map_err(|error| core_exception(Error::refused_by_system(&error, Some(&refused))))?;
        state.calls.insert(number, PendingCall { future: future.unbind(), _call: call });
        Ok(number)
    }

    fn remove_call(&self, number: u64) -> Option<PendingCall> {
        self.lock_state().as_mut().and_then(Owned::get_mut).and_then(|state| state.calls.remove(&number))
    }
}

fn closed_error() -> PyErr {
    PyOSError::new_err("the event loop's queue was closed")
}

#[pymethods]
impl Completions {
    #[new]
    fn new() -> PyResult<Self> {
        let queue = OutcomeQueue::new().map_err(|error| core_exception(Error::refused_by_system(&error, None)))?;
        let state = LoopState { queue: Arc::new(queue), calls: HashMap::new() };
        Ok(Self { state: Mutex::new(Some(Owned::new(state))), next: AtomicU64::new(0) })
    }

    /// A file descriptor that is readable when there are outcomes to take.
    fn fileno(&self) -> PyResult<i32> {
        Ok(self.open_queue()?.woken.as_raw_fd())
    }

    /// Sets the results of the futures of all calls that have ended.
    fn take(&self, py: Python<'_>) -> PyResult<()> {
        let Ok(queue) = self.open_queue() else { return Ok(()) };
        let Queued { outcomes, lines, .. } = queue.take_queued();
        // A signal handler may raise at any point here. The remaining futures must still get their outcomes.
        let mut interruption = log::hand_over(py, lines).err();
        for (number, outcome) in outcomes {
            // Canceled calls were removed.
            let Some(PendingCall { future, .. }) = self.remove_call(number) else { continue };
            let future = future.bind(py);
            let resolved = Bound::new(py, outcome).and_then(|outcome| {
                set_outcome(future, &outcome).or_else(|error| {
                    interruption.get_or_insert(error);
                    // The signal handler has ended, so a second try succeeds.
                    set_outcome(future, &outcome)
                })
            });
            if let Err(error) = resolved {
                interruption.get_or_insert(error);
            }
        }
        interruption.map_or(Ok(()), Err)
    }

    /// Drops a call. Does nothing if it has ended.
    fn cancel(&self, number: u64) {
        drop(self.remove_call(number));
    }

    /// Waits until there are outcomes, for event loops that cannot watch file descriptors.
    fn wait(&self, py: Python<'_>, milliseconds: u64) -> bool {
        let Ok(queue) = self.open_queue() else { return false };
        py.detach(|| {
            let state = queue.lock_queued();
            let limit = Duration::from_millis(milliseconds);
            let waited = queue.filled.wait_timeout_while(state, limit, |state| !state.is_signalled);
            waited.is_ok_and(|(state, _)| state.is_signalled)
        })
    }

    /// Drops all pending calls, and closes the descriptor.
    fn close(&self) {
        let state = self.lock_state().take();
        drop(state);
    }
}
