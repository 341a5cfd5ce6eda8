//! Lets calling threads do the work of their calls, each on a runtime of its own.
//!
//! A call takes a lane, which is a runtime with connections that were made on it, and puts it back. So calls at the same
//! time never wait for each other, and calls one after the other find the same connections again. Clock, retry budget and
//! settings are the client's, whichever lane a call takes.

use std::future::Future;
#[cfg(feature = "__ffi")]
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};
#[cfg(feature = "__ffi")]
use tokio::time::{Sleep, sleep};

use crate::transport::Pool;
#[cfg(feature = "__ffi")]
use crate::transport::before;
use crate::{Client, Error};

/// A lane that nobody took for so long is given up, with its connections.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// As many lanes are kept at most.
const MOST_FREE: usize = 64;

/// The lanes of a client that no call has taken, the one that was put back last at the end.
#[derive(Default)]
pub(crate) struct RuntimePool(Mutex<Vec<Lane>>);

struct Lane {
    /// Ends a time of driving. It is put off from one to the next, because a new timer that ends before all others wakes
    /// the event queue, which costs two system calls.
    #[cfg(feature = "__ffi")]
    slice: Option<Pin<Box<Sleep>>>,
    runtime: CallerRuntime,
    pool: Arc<Pool>,
    idle_since: Instant,
}

impl RuntimePool {
    /// Carries out a call of the client on the calling thread.
    pub(crate) fn run<T: Send, F: Future<Output = T>>(
        self: &Arc<Self>,
        client: &Client,
        call: impl FnOnce(Client) -> F + Send,
    ) -> Result<T, Error> {
        let lane = self.take()?;
        let client = lane.client(client);
        lane.run(|| call(client))
    }

    /// A lane that no other call has, until it is dropped.
    pub(crate) fn take(self: &Arc<Self>) -> Result<Taken, Error> {
        let lane = match self.free().pop() {
            Some(lane) => lane,
            None => Lane::new()?,
        };
        Ok(Taken { lane: Some(lane), lanes: Arc::clone(self) })
    }

    fn free(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_back(&self, mut lane: Lane) {
        let now = Instant::now();
        lane.idle_since = now;
        let mut free = self.free();
        free.push(lane);
        let idle = free.partition_point(|lane| now.duration_since(lane.idle_since) > LONGEST_IDLE);
        let idle = idle.max(free.len().saturating_sub(MOST_FREE));
        if idle > 0 {
            let idle: Vec<Lane> = free.drain(..idle).collect();
            // Whoever takes a lane meanwhile need not wait until these are gone.
            drop(free);
            drop(idle);
        }
    }
}

/// A lane that a call has taken. It is empty only while it is dropped.
pub(crate) struct Taken {
    lane: Option<Lane>,
    lanes: Arc<RuntimePool>,
}

impl Taken {
    /// The client with the connections of the lane, which may only be used by what the lane runs.
    pub(crate) fn client(&self, client: &Client) -> Client {
        self.lane.as_ref().map_or_else(|| client.clone(), |lane| client.over(Arc::clone(&lane.pool)))
    }

    /// Drives a future on the calling thread.
    pub(crate) fn run<T: Send, F: Future<Output = T>>(&self, start: impl FnOnce() -> F + Send) -> Result<T, Error> {
        match &self.lane {
            Some(lane) => lane.runtime.run(start),
            None => Err(ended()),
        }
    }

    /// Drives a future on the calling thread for this much time; `None` if it has not ended by then, and may be driven on.
    #[cfg(feature = "__ffi")]
    pub(crate) fn run_for<T: Send>(
        &mut self,
        time: Duration,
        future: impl Future<Output = T> + Send,
    ) -> Result<Option<T>, Error> {
        let Lane { slice, runtime, .. } = self.lane.as_mut().ok_or_else(ended)?;
        runtime.run(|| {
            let slice = slice.get_or_insert_with(|| Box::pin(sleep(time)));
            slice.as_mut().reset(tokio::time::Instant::now() + time);
            async { before(slice.as_mut(), pin!(future)).await }
        })
    }
}

fn ended() -> Error {
    Error::config("the call has ended")
}

impl Drop for Taken {
    fn drop(&mut self) {
        // What a panic left behind is given up.
        if let Some(lane) = self.lane.take()
            && !thread::panicking()
        {
            self.lanes.put_back(lane);
        }
    }
}

impl Lane {
    fn new() -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|error| Error::config(format!("could not create a Tokio runtime: {error}")))?;
        Ok(Self {
            #[cfg(feature = "__ffi")]
            slice: None,
            runtime: CallerRuntime(Some(runtime)),
            pool: Arc::default(),
            idle_since: Instant::now(),
        })
    }
}

/// A runtime that the calling thread drives. It is empty only while it is dropped.
struct CallerRuntime(Option<Runtime>);

impl CallerRuntime {
    fn run<T: Send, F: Future<Output = T>>(&self, start: impl FnOnce() -> F + Send) -> Result<T, Error> {
        let Some(runtime) = &self.0 else { return Err(Error::config("the client was closed")) };
        let drive = || {
            // What is started may need the runtime.
            runtime.block_on(async { start().await })
        };
        if Handle::try_current().is_err() {
            return Ok(drive());
        }
        // A thread that belongs to another runtime may not drive this one, not even where it may block.
        thread::scope(|scope| {
            let thread = thread::Builder::new().spawn_scoped(scope, drive);
            let thread = thread.map_err(|error| Error::config(format!("could not start a thread: {error}")))?;
            Ok(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }
}

impl Drop for CallerRuntime {
    fn drop(&mut self) {
        // An ordinary drop panics where blocking is not allowed, and there is nothing here to wait for.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
