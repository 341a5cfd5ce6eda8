//! A pool of Tokio runtimes, so that each blocking call runs on the thread that makes it.
//!
//! A call borrows a runtime together with the connections that belong to it, and returns both. Concurrent calls therefore
//! never wait for each other, and consecutive calls reuse connections. The clock, the retry budget and the options belong
//! to the client and are the same for every runtime.

use std::future::Future;
#[cfg(feature = "__ffi")]
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};
#[cfg(feature = "__ffi")]
use tokio::time::{Sleep, sleep};

use crate::error::Error;
use crate::transport::Pool;
#[cfg(feature = "__ffi")]
use crate::transport::with_deadline;

/// Idle runtimes and their connections are dropped after this time.
const MAX_IDLE: Duration = Duration::from_secs(30);

/// Maximum number of idle runtimes.
const MAX_IDLE_RUNTIMES: usize = 64;

/// The idle runtimes of a client, the most recently used one last.
#[derive(Default)]
pub(crate) struct RuntimePool(Mutex<Vec<PooledRuntime>>);

struct PooledRuntime {
    /// Ends one call of `run_for`. It is reset instead of created, because a new timer that fires before all others wakes
    /// the I/O driver, which costs two system calls.
    #[cfg(feature = "__ffi")]
    timer: Option<Pin<Box<Sleep>>>,
    runtime: OwnedRuntime,
    connections: Arc<Pool>,
    idle_since: Instant,
}

impl RuntimePool {
    /// Borrows an idle runtime, or creates one.
    pub(crate) fn borrow_runtime(self: &Arc<Self>) -> Result<BorrowedRuntime, Error> {
        let runtime = match self.idle_runtimes().pop() {
            Some(runtime) => runtime,
            None => PooledRuntime::new()?,
        };
        Ok(BorrowedRuntime { runtime: Some(runtime), pool: Arc::clone(self) })
    }

    fn idle_runtimes(&self) -> MutexGuard<'_, Vec<PooledRuntime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_back(&self, mut runtime: PooledRuntime) {
        let now = Instant::now();
        runtime.idle_since = now;
        let mut idle = self.idle_runtimes();
        idle.push(runtime);
        let expired = idle.partition_point(|runtime| now.duration_since(runtime.idle_since) > MAX_IDLE);
        let surplus = expired.max(idle.len().saturating_sub(MAX_IDLE_RUNTIMES));
        if surplus > 0 {
            let surplus: Vec<PooledRuntime> = idle.drain(..surplus).collect();
            // Release the lock first, so that no other call waits while runtimes shut down.
            drop(idle);
            drop(surplus);
        }
    }
}

/// A runtime that belongs to one call. Dropping it returns the runtime to the pool.
pub(crate) struct BorrowedRuntime {
    /// `None` only while it is being dropped.
    runtime: Option<PooledRuntime>,
    pool: Arc<RuntimePool>,
}

impl BorrowedRuntime {
    /// Returns the connections that belong to this runtime. Only futures that it runs may use them.
    pub(crate) fn connections(&self) -> Arc<Pool> {
        self.runtime.as_ref().map(|runtime| Arc::clone(&runtime.connections)).unwrap_or_default()
    }

    /// Runs a future on the calling thread.
    pub(crate) fn run<T: Send, F: Future<Output = T>>(&self, start: impl FnOnce() -> F + Send) -> Result<T, Error> {
        self.runtime.as_ref().ok_or_else(ended)?.runtime.run(start)
    }

    /// Runs a future on the calling thread for this long. Returns `None` if it has not completed; call again to continue.
    #[cfg(feature = "__ffi")]
    pub(crate) fn run_for<T: Send>(
        &mut self,
        time: Duration,
        future: impl Future<Output = T> + Send,
    ) -> Result<Option<T>, Error> {
        let PooledRuntime { timer, runtime, .. } = self.runtime.as_mut().ok_or_else(ended)?;
        runtime.run(|| {
            let timer = timer.get_or_insert_with(|| Box::pin(sleep(time)));
            timer.as_mut().reset(tokio::time::Instant::now() + time);
            async { with_deadline(timer.as_mut(), pin!(future)).await }
        })
    }
}

fn ended() -> Error {
    Error::config("the call has ended")
}

impl Drop for BorrowedRuntime {
    fn drop(&mut self) {
        // A runtime on which a call panicked is dropped.
        if let Some(runtime) = self.runtime.take()
            && !thread::panicking()
        {
            self.pool.put_back(runtime);
        }
    }
}

impl PooledRuntime {
    fn new() -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|error| Error::config(format!("could not create a Tokio runtime: {error}")))?;
        Ok(Self {
            #[cfg(feature = "__ffi")]
            timer: None,
            runtime: OwnedRuntime(Some(runtime)),
            connections: Arc::default(),
            idle_since: Instant::now(),
        })
    }
}

/// A Tokio runtime that may be dropped in an async context. `None` only while it is being dropped.
struct OwnedRuntime(Option<Runtime>);

impl OwnedRuntime {
    fn run<T: Send, F: Future<Output = T>>(&self, start: impl FnOnce() -> F + Send) -> Result<T, Error> {
        let runtime = self.0.as_ref().ok_or_else(ended)?;
        // `start` is called inside the runtime, because it may need its context.
        let run = || runtime.block_on(async { start().await });
        if Handle::try_current().is_err() {
            return Ok(run());
        }
        // Tokio panics if a thread of one runtime blocks on another, so the call runs on a new thread.
        thread::scope(|scope| {
            let thread = thread::Builder::new().spawn_scoped(scope, run);
            let thread = thread.map_err(|error| Error::config(format!("could not start a thread: {error}")))?;
            Ok(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }
}

impl Drop for OwnedRuntime {
    fn drop(&mut self) {
        // `Runtime::drop` panics in an async context; `shutdown_background` does not block.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
