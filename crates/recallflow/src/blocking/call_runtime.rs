//! The runtime of one blocking call: borrowed within the time of the call, together with a client over its connections.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(feature = "__ffi")]
use tokio::task::yield_now;

use super::runtime_pool::{BorrowedRuntime, QueueForRuntime, RuntimePool};
use crate::classify;
use crate::client::Client;
use crate::error::Error;
use crate::prepared::CallInfo;

/// The runtimes for the blocking calls of one client and its copies.
#[derive(Clone)]
pub struct Runtimes(Arc<RuntimePool>);

impl Runtimes {
    /// Creates the runtimes for calls of a client.
    #[must_use]
    pub fn new(client: &Client) -> Self {
        Self(Arc::new(RuntimePool::new(client.max_connections())))
    }

    /// Borrows a runtime for one call of the client, until the result is dropped. Returns `None` if too many are in use.
    ///
    /// # Errors
    ///
    /// An error of the system if it refuses a descriptor. [`Error::refused_by_system`] describes it.
    pub fn try_borrow(&self, client: &Client) -> io::Result<Option<CallRuntime>> {
        Ok(self.0.try_borrow()?.map(|runtime| CallRuntime::new(runtime, client)))
    }

    /// Joins the queue for a runtime, for one call of the client.
    #[must_use]
    pub fn queue(&self, client: Client) -> RuntimeQueue {
        RuntimeQueue { queue: self.0.queue(), started: Instant::now(), client }
    }
}

/// The place of a call in the queue for a runtime.
pub struct RuntimeQueue {
    queue: QueueForRuntime,
    started: Instant,
    client: Client,
}

impl RuntimeQueue {
    /// Waits for a runtime until the time of the call has passed.
    ///
    /// # Errors
    ///
    /// The same as for [`borrow_within`](Self::borrow_within).
    pub(crate) fn borrow(mut self, call: &CallInfo) -> Result<CallRuntime, Error> {
        loop {
            if let Some(runtime) = self.borrow_within(Duration::MAX, call)? {
                return Ok(runtime);
            }
        }
    }

    /// Waits for a runtime, but at most for this long. Returns `None` then; call again to continue.
    ///
    /// # Errors
    ///
    /// A timeout if the time of the call has passed, or an error of the system if it refuses a descriptor.
    pub fn borrow_within(&mut self, time: Duration, call: &CallInfo) -> Result<Option<CallRuntime>, Error> {
        let timeout = self.client.timeout();
        let left = timeout.saturating_sub(self.started.elapsed());
        let borrowed = self.queue.borrow_within(time.min(left));
        match borrowed.map_err(|error| classify::refused_by_system(&error, Some(call)))? {
            Some(runtime) => {
                let left = timeout.saturating_sub(self.started.elapsed());
                Ok(Some(CallRuntime::new(runtime, &self.client.with_timeout(left))))
            }
            None if left <= time => Err(classify::no_free_connection(self.client.max_connections(), call)),
            None => Ok(None),
        }
    }
}

/// A runtime for one call on the calling thread.
pub struct CallRuntime {
    runtime: BorrowedRuntime,
    client: Client,
}

impl CallRuntime {
    fn new(runtime: BorrowedRuntime, client: &Client) -> Self {
        Self { client: client.with_pool(runtime.connections()), runtime }
    }

    /// Returns the client with the connection pool of this runtime.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Runs a future of that client. `start` is called on the runtime.
    ///
    /// # Errors
    ///
    /// An error of the system if it refuses a thread. A thread is needed only within another runtime.
    pub(crate) fn run<T: Send, F: Future<Output = T>>(&self, start: impl FnOnce() -> F + Send) -> io::Result<T> {
        self.runtime.run(start)
    }

    /// Closes the connection of a call that was dropped. A connection closes only while its runtime runs.
    ///
    /// # Errors
    ///
    /// The same as for [`run`](Self::run).
    #[cfg(feature = "__ffi")]
    pub fn close_dropped(&self) -> io::Result<()> {
        self.runtime.run(yield_now)
    }

    /// Runs a future of that client for this long. Returns `None` if it has not completed; call again to continue.
    ///
    /// # Errors
    ///
    /// The same as for [`run`](Self::run).
    #[cfg(feature = "__ffi")]
    pub fn run_for<T: Send>(
        &mut self,
        time: Duration,
        future: impl Future<Output = T> + Send,
    ) -> io::Result<Option<T>> {
        self.runtime.run_for(time, future)
    }
}
