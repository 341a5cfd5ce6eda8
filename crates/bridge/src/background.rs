//! The runtime of asynchronous callers: one thread for the whole process, started on first use.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::thread;

use recallflow::ffi;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::fork::Owned;
use crate::sigpipe::without_sigpipe;

/// A future for the background thread to run.
type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Background {
    handle: Handle,
    /// Queue of the thread. Several jobs sent in a row wake the thread once; `Handle::spawn` would wake it for each.
    jobs: UnboundedSender<Job>,
}

/// A running call. Dropping this value cancels the call.
#[derive(Debug)]
pub struct Call {
    _cancel_on_drop: oneshot::Sender<Infallible>,
}

/// Starts a call on the background runtime of this process.
///
/// # Errors
///
/// An error of the system if it refuses a thread or an event queue.
pub fn start(call: impl Future<Output = ()> + Send + 'static) -> io::Result<Call> {
    let (cancel_on_drop, mut canceled) = oneshot::channel::<Infallible>();
    let call = async move {
        let mut call = pin!(call);
        poll_fn(|context| match Pin::new(&mut canceled).poll(context) {
            Poll::Ready(_) => Poll::Ready(()),
            Poll::Pending => call.as_mut().poll(context),
        })
        .await;
    };
    // Sending cannot fail, because the thread never stops receiving.
    let _ = with_background(|background| background.jobs.send(Box::pin(call)))?;
    Ok(Call { _cancel_on_drop: cancel_on_drop })
}

/// Returns the background runtime of this process. It never stops, and a process exits without waiting for it.
///
/// # Errors
///
/// An error of the system if it refuses a thread or an event queue.
pub fn runtime() -> io::Result<Handle> {
    with_background(|background| background.handle.clone())
}

/// Calls a function with the runtime of this process, and starts the runtime if there is none yet.
fn with_background<T>(act: impl FnOnce(&Background) -> T) -> io::Result<T> {
    static BACKGROUND: Mutex<Option<Owned<Background>>> = Mutex::new(None);
    let mut background = BACKGROUND.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(background) = background.as_ref().and_then(Owned::get) {
        return Ok(act(background));
    }
    let new = start_thread()?;
    let done = act(&new);
    // `Owned` does not drop a runtime that the parent process left here.
    *background = Some(Owned::new(new));
    Ok(done)
}

fn start_thread() -> io::Result<Background> {
    let runtime = ffi::build_runtime()?;
    let handle = runtime.handle().clone();
    let (jobs, mut received) = unbounded_channel();
    thread::Builder::new().name("recallflow".to_owned()).spawn(move || {
        without_sigpipe(|| {
            runtime.block_on(async {
                while let Some(job) = received.recv().await {
                    tokio::spawn(job);
                }
            });
        });
    })?;
    Ok(Background { handle, jobs })
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_call_runs_to_its_end_unless_it_is_dropped() {
        const TIMEOUT: Duration = Duration::from_secs(10);
        let (ended, ends) = mpsc::channel();
        let other = ended.clone();
        let kept = start(async move { ended.send(1).unwrap() }).unwrap();
        assert_eq!(ends.recv_timeout(TIMEOUT), Ok(1));
        drop(kept);

        let endless = start(async move {
            other.send(2).unwrap();
            let _other = other;
            pending::<()>().await;
        })
        .unwrap();
        assert_eq!(ends.recv_timeout(TIMEOUT), Ok(2));
        drop(endless);
        assert_eq!(ends.recv_timeout(TIMEOUT), Err(mpsc::RecvTimeoutError::Disconnected));
    }
}
