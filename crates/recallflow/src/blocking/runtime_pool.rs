//! A pool of Tokio runtimes, so that each blocking call runs on the thread that makes it.
//!
//! A call borrows a runtime together with the connections that belong to it, and returns both. Concurrent calls therefore
//! never wait for each other, up to `max_connections`, and consecutive calls reuse connections. The clock, the retry budget
//! and the options belong to the client and are the same for every runtime.

use std::future::Future;
use std::io;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::pin::Pin;
#[cfg(feature = "__ffi")]
use std::pin::pin;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
#[cfg(feature = "__ffi")]
use tokio::time::{Sleep, sleep};

use crate::transport::pool::Pool;
#[cfg(feature = "__ffi")]
use crate::transport::with_deadline;

/// Idle runtimes and their connections are dropped after this time, except a few.
const MAX_IDLE: Duration = Duration::from_secs(3);

/// Number of idle runtimes that are kept. A runtime has two descriptors, and a connection for queries and one for updates.
const KEPT_RUNTIMES: usize = 2;

/// The runtimes of a client.
pub(crate) struct RuntimePool {
    idle: Mutex<Idle>,
    /// One permit for each runtime that may be in use, because each has descriptors.
    permits: Arc<Semaphore>,
}

#[derive(Default)]
struct Idle {
    /// The most recently used runtime is the last one.
    runtimes: Vec<PooledRuntime>,
    /// Whether a thread drops runtimes that are idle for too long. There is one only while there are such runtimes.
    is_trimmed: bool,
}

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
    /// Creates a pool of which this many runtimes may be in use at the same time.
    pub(crate) fn new(max_runtimes: usize) -> Self {
        let permits = Semaphore::new(max_runtimes.min(Semaphore::MAX_PERMITS));
        Self { idle: Mutex::default(), permits: Arc::new(permits) }
    }

    /// Borrows an idle runtime, or creates one. Returns `None` if too many are in use, or others wait for one.
    ///
    /// # Errors
    ///
    /// An error of the system if it refuses a descriptor.
    pub(crate) fn try_borrow(self: &Arc<Self>) -> io::Result<Option<BorrowedRuntime>> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().ok();
        permit.map(|permit| self.borrow_with(permit)).transpose()
    }

    /// Joins the queue for a runtime.
    pub(crate) fn queue(self: &Arc<Self>) -> QueueForRuntime {
        let permit = Box::pin(Arc::clone(&self.permits).acquire_owned());
        QueueForRuntime { permit, pool: Arc::clone(self) }
    }

    fn borrow_with(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> io::Result<BorrowedRuntime> {
        let idle = self.idle().runtimes.pop();
        let runtime = match idle {
            Some(runtime) => runtime,
            None => PooledRuntime::new()?,
        };
        Ok(BorrowedRuntime { runtime: Some(runtime), pool: Arc::clone(self), _permit: permit })
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_back(self: &Arc<Self>, mut runtime: PooledRuntime) {
        runtime.idle_since = Instant::now();
        let mut idle = self.idle();
        idle.runtimes.push(runtime);
        if idle.runtimes.len() <= KEPT_RUNTIMES || idle.is_trimmed {
            return;
        }
        idle.is_trimmed = start_trimming(self).is_ok();
        if !idle.is_trimmed {
            // Without a thread, nothing would drop the surplus later.
            let surplus = idle.take_surplus(|_| true);
            // Release the lock first, so that no other call waits while runtimes shut down.
            drop(idle);
            drop(surplus);
        }
    }
}

impl Idle {
    /// Removes the runtimes beyond those that are kept, the least recently used first, while a condition holds.
    fn take_surplus(&mut self, condition: impl Fn(&PooledRuntime) -> bool) -> Vec<PooledRuntime> {
        let surplus = self.runtimes.len().saturating_sub(KEPT_RUNTIMES);
        let surplus = self.runtimes[..surplus].partition_point(condition);
        self.runtimes.drain(..surplus).collect()
    }
}

/// Starts a thread that drops runtimes which are idle for too long, until only those remain that are kept.
fn start_trimming(pool: &Arc<RuntimePool>) -> io::Result<()> {
    let pool: Weak<RuntimePool> = Arc::downgrade(pool);
    let trim = move || {
        loop {
            thread::sleep(MAX_IDLE / 3);
            let Some(pool) = pool.upgrade() else { return };
            let mut idle = pool.idle();
            let expired = idle.take_surplus(|runtime| runtime.idle_since.elapsed() >= MAX_IDLE);
            idle.is_trimmed = idle.runtimes.len() > KEPT_RUNTIMES;
            let is_trimmed = idle.is_trimmed;
            drop(idle);
            drop(expired);
            if !is_trimmed {
                return;
            }
        }
    };
    thread::Builder::new().name("recallflow-idle".to_owned()).spawn(trim).map(drop)
}

/// The future of a permit, which needs no runtime.
type PermitFuture = Pin<Box<dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + Send>>;

/// A place in the queue for a runtime. Dropping it leaves the queue.
pub(crate) struct QueueForRuntime {
    permit: PermitFuture,
    pool: Arc<RuntimePool>,
}

impl QueueForRuntime {
    /// Blocks until a runtime is free, but at most for this long. Returns `None` then; call again to continue.
    ///
    /// # Errors
    ///
    /// An error of the system if it refuses a descriptor.
    pub(crate) fn borrow_within(&mut self, time: Duration) -> io::Result<Option<BorrowedRuntime>> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let started = Instant::now();
        loop {
            match self.permit.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(Ok(permit)) => return self.pool.borrow_with(permit).map(Some),
                // The semaphore is never closed.
                Poll::Ready(Err(_)) => return Ok(None),
                Poll::Pending => {}
            }
            let left = time.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            thread::park_timeout(left);
        }
    }
}

/// Wakes a thread that waits for a permit.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A runtime that belongs to one call. Dropping it returns the runtime to the pool.
pub(crate) struct BorrowedRuntime {
    /// `None` only while it is being dropped.
    runtime: Option<PooledRuntime>,
    pool: Arc<RuntimePool>,
    /// Released after the runtime was returned.
    _permit: OwnedSemaphorePermit,
}

impl BorrowedRuntime {
    /// Returns the connections that belong to this runtime. Only futures that it runs may use them.
    pub(crate) fn connections(&self) -> Arc<Pool> {
        self.runtime.as_ref().map(|runtime| Arc::clone(&runtime.connections)).unwrap_or_default()
    }

    /// Runs a future on the calling thread.
    pub(crate) fn run<T: Send, F: Future<Output = T>>(&self, start: impl FnOnce() -> F + Send) -> io::Result<T> {
        self.runtime.as_ref().ok_or_else(ended)?.runtime.run(start)
    }

    /// Runs a future on the calling thread for this long. Returns `None` if it has not completed; call again to continue.
    #[cfg(feature = "__ffi")]
    pub(crate) fn run_for<T: Send>(
        &mut self,
        time: Duration,
        future: impl Future<Output = T> + Send,
    ) -> io::Result<Option<T>> {
        let PooledRuntime { timer, runtime, .. } = self.runtime.as_mut().ok_or_else(ended)?;
        runtime.run(|| {
            let timer = timer.get_or_insert_with(|| Box::pin(sleep(time)));
            timer.as_mut().reset(tokio::time::Instant::now() + time);
            async { with_deadline(timer.as_mut(), pin!(future)).await }
        })
    }
}

fn ended() -> io::Error {
    io::Error::other("the call has ended")
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
    fn new() -> io::Result<Self> {
        let runtime = build_runtime()?;
        Ok(Self {
            #[cfg(feature = "__ffi")]
            timer: None,
            runtime: OwnedRuntime(Some(runtime)),
            connections: Arc::default(),
            idle_since: Instant::now(),
        })
    }
}

/// Creates a Tokio runtime that is driven by one thread.
pub(crate) fn build_runtime() -> io::Result<Runtime> {
    // If a program enables Tokio's signals, the first runtime of a process panics where it gets too few descriptors.
    #[cfg(unix)]
    {
        static HAS_FIRST: AtomicBool = AtomicBool::new(false);
        if !HAS_FIRST.load(Ordering::Relaxed) {
            drop([UnixStream::pair()?, UnixStream::pair()?, UnixStream::pair()?]);
            let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
            HAS_FIRST.store(true, Ordering::Relaxed);
            return Ok(runtime);
        }
    }
    Builder::new_current_thread().enable_io().enable_time().build()
}

/// A Tokio runtime that may be dropped in an async context. `None` only while it is being dropped.
struct OwnedRuntime(Option<Runtime>);

impl OwnedRuntime {
    fn run<T: Send, F: Future<Output = T>>(&self, start: impl FnOnce() -> F + Send) -> io::Result<T> {
        let runtime = self.0.as_ref().ok_or_else(ended)?;
        // `start` is called inside the runtime, because it may need its context.
        let run = || runtime.block_on(async { start().await });
        if Handle::try_current().is_err() {
            return Ok(run());
        }
        // Tokio panics if a thread of one runtime blocks on another, so the call runs on a new thread.
        thread::scope(|scope| {
            let thread = thread::Builder::new().spawn_scoped(scope, run)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_runtimes_are_dropped_without_further_calls_except_a_few() {
        let pool = Arc::new(RuntimePool::new(KEPT_RUNTIMES + 3));
        let borrowed: Vec<_> = (0..KEPT_RUNTIMES + 3).map(|_| pool.try_borrow().unwrap().unwrap()).collect();
        drop(borrowed);
        assert_eq!(pool.idle().runtimes.len(), KEPT_RUNTIMES + 3);
        while pool.idle().is_trimmed {
            thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(pool.idle().runtimes.len(), KEPT_RUNTIMES);
    }

    #[test]
    fn the_thread_for_idle_runtimes_does_not_keep_their_client() {
        let pool = Arc::new(RuntimePool::new(KEPT_RUNTIMES + 1));
        let borrowed: Vec<_> = (0..=KEPT_RUNTIMES).map(|_| pool.try_borrow().unwrap().unwrap()).collect();
        drop(borrowed);
        assert!(pool.idle().is_trimmed);
        let weak = Arc::downgrade(&pool);
        drop(pool);
        while weak.strong_count() > 0 {
            thread::yield_now();
        }
    }

    #[test]
    fn a_pool_in_use_lends_its_runtimes_in_the_order_of_the_queue() {
        let pool = Arc::new(RuntimePool::new(1));
        let borrowed = pool.try_borrow().unwrap();
        assert!(borrowed.is_some() && pool.try_borrow().unwrap().is_none());
        let mut queues = [pool.queue(), pool.queue()];
        for queue in &mut queues {
            assert!(queue.borrow_within(Duration::ZERO).unwrap().is_none());
        }
        drop(borrowed);
        let [first, second] = &mut queues;
        assert!(pool.try_borrow().unwrap().is_none() && second.borrow_within(Duration::ZERO).unwrap().is_none());
        let borrowed = first.borrow_within(Duration::ZERO).unwrap();
        assert!(borrowed.is_some());
        thread::scope(|scope| {
            let waiting = scope.spawn(|| second.borrow_within(Duration::MAX).unwrap().is_some());
            drop(borrowed);
            assert!(waiting.join().unwrap());
        });
    }
}
