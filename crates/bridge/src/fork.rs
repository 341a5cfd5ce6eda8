//! Fork safety: values that belong to one process, and forks that wait for running steps.
//!
//! A forked child has a single thread and shares kernel objects with its parent. If the child used the parent's runtime, it
//! would wait for threads that do not exist, and change the parent's event queue. A value of the parent must therefore
//! not be used in the child, and not even dropped: [`Owned`] leaks it.
//!
//! A global that is initialized once must not be half initialized when the process forks, because no thread would finish it
//! in the child. A fork therefore waits until no call is being polled; a poll is short. Connection tasks are polled
//! outside of this lock, because they initialize no globals.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Once, PoisonError, RwLock, RwLockWriteGuard};

static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Held for reading while a call is polled, and for writing during a fork.
static POLLING: RwLock<()> = RwLock::new(());

/// Returns the number of forks between the process that loaded this library and this one.
#[must_use]
pub fn generation() -> u64 {
    static REGISTER: Once = Once::new();
    REGISTER.call_once(register_handlers);
    GENERATION.load(Ordering::Relaxed)
}

#[cfg(unix)]
fn register_handlers() {
    extern "C" fn before_fork() {
        let guard = POLLING.write().unwrap_or_else(PoisonError::into_inner);
        let _ = FORKING.try_with(|forking| forking.replace(Some(guard)));
    }
    extern "C" fn in_parent() {
        let _ = FORKING.try_with(RefCell::take);
    }
    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
        in_parent();
    }
    // SAFETY: the handlers only change an atomic number and a lock. The forking thread takes the lock before the fork and
    // releases it afterwards, also in the child. Neither needs another thread or an allocation.
    // The call fails only if memory is exhausted. Then forks are not detected.
    unsafe { libc::pthread_atfork(Some(before_fork), Some(in_parent), Some(in_child)) };
}

#[cfg(not(unix))]
fn register_handlers() {}

thread_local! {
    /// The lock that the forking thread holds during the fork.
    static FORKING: RefCell<Option<RwLockWriteGuard<'static, ()>>> = const { RefCell::new(None) };
}

/// Awaits a future so that the process cannot fork while the future is polled. The future itself must not fork.
pub async fn unforked<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    std::future::poll_fn(move |context| {
        let _polling = POLLING.read().unwrap_or_else(PoisonError::into_inner);
        Pin::as_mut(&mut future).poll(context)
    })
    .await
}

/// A value that belongs to the process that created it. It is leaked when another process drops it.
#[derive(Debug)]
pub struct Owned<T> {
    generation: u64,
    value: Option<T>,
}

impl<T> Owned<T> {
    /// Creates a value of this process.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self { generation: generation(), value: Some(value) }
    }

    /// Returns the value if it was created in this process.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref().filter(|_| self.generation == generation())
    }

    /// Returns the value mutably if it was created in this process.
    #[must_use]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        let is_own = self.generation == generation();
        self.value.as_mut().filter(|_| is_own)
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        if self.generation != generation() {
            std::mem::forget(self.value.take());
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Forks, and returns the exit status of the child as its result.
    fn fork(child: impl FnOnce() -> bool) -> bool {
        // SAFETY: the child only accesses memory that no lock protects, and exits without clean-up.
        unsafe {
            match libc::fork() {
                0 => libc::_exit(i32::from(child())),
                process => {
                    let mut status = 0;
                    assert_eq!(libc::waitpid(process, &raw mut status, 0), process);
                    assert!(libc::WIFEXITED(status), "{status}");
                    libc::WEXITSTATUS(status) == 1
                }
            }
        }
    }

    #[test]
    fn a_child_neither_uses_nor_drops_a_value_of_its_parent() {
        struct Dropped(&'static AtomicBool);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        static DROPPED: AtomicBool = AtomicBool::new(false);

        let owned = Owned::new(Dropped(&DROPPED));
        let mut holder = Some(owned);
        assert!(fork(|| {
            let had = holder.as_ref().is_some_and(|owned| owned.get().is_some());
            drop(holder.take());
            !had && !DROPPED.load(Ordering::Relaxed) && Owned::new(1).get() == Some(&1)
        }));
        assert!(holder.as_ref().is_some_and(|owned| owned.get().is_some()));
        drop(holder);
        assert!(DROPPED.load(Ordering::Relaxed));
    }

    #[test]
    fn a_fork_waits_until_no_future_is_being_polled() {
        static IS_HALF: AtomicBool = AtomicBool::new(false);

        let _watching = generation();
        let (begun, begins) = mpsc::channel();
        let step = thread::spawn(move || {
            let mut step = pin!(unforked(async move {
                IS_HALF.store(true, Ordering::SeqCst);
                begun.send(()).unwrap();
                thread::sleep(Duration::from_millis(100));
                IS_HALF.store(false, Ordering::SeqCst);
            }));
            assert_eq!(step.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
        });
        begins.recv().unwrap();
        assert!(fork(|| {
            let whole = !IS_HALF.load(Ordering::SeqCst);
            // The child can poll futures itself.
            let mut step = pin!(unforked(async {}));
            whole && step.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
        }));
        step.join().unwrap();
    }
}
