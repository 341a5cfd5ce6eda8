//! Calls in the background, whose outcomes an event loop takes in batches.
//!
//! The thread in the background knows nothing of Python: it never takes the interpreter's lock, which could wait for ever in
//! a process that ends. It only puts outcomes into a queue and, when that was empty, writes a byte into a socket that the
//! event loop watches. So one waking up serves all calls that have ended meanwhile.

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
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use recallflow::ffi::Record;
use recallflow::{Error, OPERATIONS};
use recallflow_bridge::background::{self, Call};
use recallflow_bridge::failure::Failure;
use recallflow_bridge::fork::{Owned, unforked};
use recallflow_bridge::guard::guarded;
use recallflow_bridge::logs::{Line, Sink, logged};

use crate::errors::{exception, shielded};
use crate::{log, python, to_python};

/// What a call answers.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The response of an operation, if it has one.
    Response(Option<Record>),
    /// There is something to take from a reader of pages.
    Page,
}

/// Calls that are under way for one event loop, and the outcomes that it has not taken yet.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct Completions {
    /// Empty once it is closed.
    own: Mutex<Option<Owned<Own>>>,
    next: AtomicU64,
}

/// What belongs to the process that made it.
struct Own {
    queue: Arc<Queue>,
    waiting: HashMap<u64, Waiting>,
}

/// Who waits for a call.
struct Waiting {
    future: Py<PyAny>,
    _call: Call,
}

/// What the thread in the background hands over.
struct Queue {
    state: Mutex<Handed>,
    filled: Condvar,
    /// The end that the thread in the background writes into, and the one that the event loop watches.
    wake: UnixStream,
    woken: UnixStream,
}

/// The number of a call, and what it came to.
type Outcome = (u64, Result<Answer, Failure>);

#[derive(Default)]
struct Handed {
    outcomes: Vec<Outcome>,
    lines: Vec<Line>,
    /// Whether the event loop was woken and has not looked since.
    is_signalled: bool,
}

impl Queue {
    fn new() -> io::Result<Self> {
        let (wake, woken) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        Ok(Self { state: Mutex::default(), filled: Condvar::new(), wake, woken })
    }

    fn state(&self) -> MutexGuard<'_, Handed> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand(&self, fill: impl FnOnce(&mut Handed)) {
        let mut state = self.state();
        fill(&mut state);
        if !state.is_signalled {
            state.is_signalled = true;
            // A full socket wakes as well, and one without a reader has nobody to wake.
            let _ = (&self.wake).write(&[1]);
            self.filled.notify_all();
        }
    }

    fn take(&self) -> (Vec<Outcome>, Vec<Line>) {
        let mut state = self.state();
        if state.is_signalled {
            state.is_signalled = false;
            // There is at most the one byte.
            let _ = (&self.woken).read(&mut [0; 8]);
        }
        (std::mem::take(&mut state.outcomes), std::mem::take(&mut state.lines))
    }
}

impl Sink for Queue {
    fn take(&self, line: Line) {
        self.hand(|state| state.lines.push(line));
    }
}

impl Completions {
    fn own(&self) -> MutexGuard<'_, Option<Owned<Own>>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> PyResult<Arc<Queue>> {
        let own = self.own();
        let own = own.as_ref().and_then(Owned::get);
        own.map(|own| own.queue.clone()).ok_or_else(closed)
    }

    /// Starts a call of the operation at this position, whose outcome the future is to have.
    pub(crate) fn start(
        &self,
        future: Bound<'_, PyAny>,
        operation: usize,
        call: impl Future<Output = Result<Answer, Error>> + Send + 'static,
        is_logged: bool,
    ) -> PyResult<u64> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut own = self.own();
        let own = own.as_mut().and_then(Owned::get_mut).ok_or_else(closed)?;
        let queue = own.queue.clone();
        // The call is large, and each of what wraps it would move it once more.
        let call = Box::pin(call);
        let call = async move {
            let outcome = if is_logged {
                unforked(guarded(logged(call, OPERATIONS[operation].name, queue.clone()))).await
            } else {
                unforked(guarded(call)).await
            };
            let outcome = match outcome {
                Ok(outcome) => outcome.map_err(Failure::Error),
                Err(panic) => Err(Failure::Panicked(panic, Some(operation))),
            };
            queue.hand(|state| state.outcomes.push((number, outcome)));
        };
        own.waiting.insert(number, Waiting { future: future.unbind(), _call: background::start(call)? });
        Ok(number)
    }

    fn remove(&self, number: u64) -> Option<Waiting> {
        self.own().as_mut().and_then(Owned::get_mut).and_then(|own| own.waiting.remove(&number))
    }
}

/// Hands the outcome of a call to its future, if that still waits.
fn send_with_retries(future: &Bound<'_, PyAny>, outcome: &Result<Answer, Failure>) -> PyResult<()> {
    let py = future.py();
    let done = future.getattr(name(py, &DONE, "done"))?;
    if python::call(&done, &PyTuple::empty(py))?.is_truthy()? {
        return Ok(());
    }
    let made = match outcome {
        Ok(answer) => shielded(None, || to_python::answer(py, answer)),
        Err(failure) => exception(py, failure).and_then(|error| Err(PyErr::from_value(error))),
    };
    let (send_with_retries, argument) = match made {
        Ok(answer) => (future.getattr(name(py, &SET_RESULT, "set_result"))?, answer),
        Err(error) => (future.getattr("set_exception")?, error.into_value(py).into_bound(py).into_any()),
    };
    python::call(&send_with_retries, &(argument,).into_pyobject(py)?)?;
    Ok(())
}

fn closed() -> PyErr {
    PyOSError::new_err("the event loop's queue was closed")
}

#[pymethods]
impl Completions {
    #[new]
    fn new() -> PyResult<Self> {
        let own = Own { queue: Arc::new(Queue::new()?), waiting: HashMap::new() };
        Ok(Self { own: Mutex::new(Some(Owned::new(own))), next: AtomicU64::new(0) })
    }

    /// A file descriptor that is readable when there are outcomes to take.
    fn fileno(&self) -> PyResult<i32> {
        Ok(self.queue()?.woken.as_raw_fd())
    }

    /// Hands all outcomes that have come to their futures, if those still wait.
    fn take(&self, py: Python<'_>) -> PyResult<()> {
        let Ok(queue) = self.queue() else { return Ok(()) };
        let (outcomes, lines) = queue.take();
        // The handler of a signal may raise anywhere here. The other calls must not wait for ever then.
        let mut interruption = log::hand_over(py, lines).err();
        for (number, outcome) in outcomes {
            // Whoever was cancelled waits no more.
            let Some(Waiting { future, .. }) = self.remove(number) else { continue };
            let future = future.bind(py);
            let settled = send_with_retries(future, &outcome).or_else(|error| {
                interruption.get_or_insert(error);
                // What interrupted it is over, and this one must not wait for ever, either.
                send_with_retries(future, &outcome)
            });
            if let Err(error) = settled {
                interruption.get_or_insert(error);
            }
        }
        interruption.map_or(Ok(()), Err)
    }

    /// Drops a call; nothing happens if it has ended.
    fn cancel(&self, number: u64) {
        drop(self.remove(number));
    }

    /// Waits until there are outcomes, for event loops that cannot watch file descriptors.
    fn wait(&self, py: Python<'_>, milliseconds: u64) -> bool {
        let Ok(queue) = self.queue() else { return false };
        py.detach(|| {
            let state = queue.state();
            let limit = Duration::from_millis(milliseconds);
            let waited = queue.filled.wait_timeout_while(state, limit, |state| !state.is_signalled);
            waited.is_ok_and(|(state, _)| state.is_signalled)
        })
    }

    /// Drops all calls that are under way, and closes the descriptor.
    fn close(&self) {
        let own = self.own().take();
        drop(own);
    }
}

static DONE: PyOnceLock<Py<PyString>> = PyOnceLock::new();
static SET_RESULT: PyOnceLock<Py<PyString>> = PyOnceLock::new();

/// A name that is made once.
fn name<'a, 'py>(py: Python<'py>, once: &'a PyOnceLock<Py<PyString>>, name: &str) -> &'a Bound<'py, PyString> {
    once.get_or_init(py, || PyString::intern(py, name).unbind()).bind(py)
}
