//! The runtime that serves asynchronous callers: one thread for the whole process, started when it is first needed.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::fork::Owned;

/// Something that the thread is to do.
type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Background {
    handle: Handle,
    /// Wakes the thread once for all that is sent until it looks, which spawning from another thread does for each.
    jobs: UnboundedSender<Job>,
}

/// A call that is under way. Dropping this drops the call.
#[derive(Debug)]
pub struct Call {
    _wanted: oneshot::Sender<Infallible>,
}

/// Starts a call on the runtime of this process.
///
/// # Errors
///
/// If the system refuses a thread or an event queue.
pub fn start(call: impl Future<Output = ()> + Send + 'static) -> io::Result<Call> {
    let (wanted, mut unwanted) = oneshot::channel::<Infallible>();
    let call = async move {
        let mut call = pin!(call);
        poll_fn(|context| match Pin::new(&mut unwanted).poll(context) {
            Poll::Ready(_) => Poll::Ready(()),
            Poll::Pending => call.as_mut().poll(context),
        })
        .await;
    };
    // The thread takes jobs for as long as there is a process.
    let _ = with(|background| background.jobs.send(Box::pin(call)))?;
    Ok(Call { _wanted: wanted })
}

/// The runtime of this process. It never ends: a process that ends does not wait for it.
///
/// # Errors
///
/// If the system refuses a thread or an event queue.
pub fn runtime() -> io::Result<Handle> {
    with(|background| background.handle.clone())
}

fn with<T>(act: impl FnOnce(&Background) -> T) -> io::Result<T> {
    static BACKGROUND: Mutex<Option<Owned<Background>>> = Mutex::new(None);
    let mut background = BACKGROUND.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(background) = background.as_ref().and_then(Owned::get) {
        return Ok(act(background));
    }
    let new = launch()?;
    let done = act(&new);
    // What a parent left here drops itself without a trace.
    *background = Some(Owned::new(new));
    Ok(done)
}

fn launch() -> io::Result<Background> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let handle = runtime.handle().clone();
    let (jobs, mut received) = unbounded_channel();
    thread::Builder::new().name("recallflow".to_owned()).spawn(move || {
        runtime.block_on(async {
            while let Some(job) = received.recv().await {
                tokio::spawn(job);
            }
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
    fn calls_run_to_their_end_unless_they_are_dropped() {
        const LONGEST: Duration = Duration::from_secs(10);
        let (ended, ends) = mpsc::channel();
        let other = ended.clone();
        let kept = start(async move { ended.send(1).unwrap() }).unwrap();
        assert_eq!(ends.recv_timeout(LONGEST), Ok(1));
        drop(kept);

        let endless = start(async move {
            other.send(2).unwrap();
            let _other = other;
            pending::<()>().await;
        })
        .unwrap();
        assert_eq!(ends.recv_timeout(LONGEST), Ok(2));
        drop(endless);
        assert_eq!(ends.recv_timeout(LONGEST), Err(mpsc::RecvTimeoutError::Disconnected));
    }
}
