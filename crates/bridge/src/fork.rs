//! Tells a process from the one that it was forked from.
//!
//! A forked child has one thread, and shares with its parent what the kernel keeps: whoever uses the parent's runtime
//! there waits for threads that do not exist, and changes which of the parent's connections are watched. So what
//! belongs to another generation must be left alone, without even dropping it.
//!
//! What belongs to all generations, such as a global that is made once, must not be half made when the process is
//! forked: nobody would finish it in the child. So a fork waits until no call takes a step, which is never long.
//! Connections are served beside the calls, and make nothing of that kind.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Once, PoisonError, RwLock, RwLockWriteGuard};

static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Held for reading by whoever is at work, and for writing while the process is forked.
static AT_WORK: RwLock<()> = RwLock::new(());

/// The number of forks between the process that loaded this code and this one.
#[must_use]
pub fn generation() -> u64 {
    static WATCH: Once = Once::new();
    WATCH.call_once(watch);
    GENERATION.load(Ordering::Relaxed)
}

#[cfg(unix)]
fn watch() {
    extern "C" fn before() {
        let guard = AT_WORK.write().unwrap_or_else(PoisonError::into_inner);
        let _ = FORKING.try_with(|forking| forking.replace(Some(guard)));
    }
    extern "C" fn in_parent() {
        let _ = FORKING.try_with(RefCell::take);
    }
    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
        in_parent();
    }
    // SAFETY: the handlers change an atomic number and a lock, which the thread that forks takes before and lets go of
    // after, in the child as well; nothing of that needs another thread or memory.
    // It fails only for want of memory, and then a child is not told from its parent.
    unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
}

#[cfg(not(unix))]
fn watch() {}

thread_local! {
    /// What the thread that forks keeps meanwhile.
    static FORKING: RefCell<Option<RwLockWriteGuard<'static, ()>>> = const { RefCell::new(None) };
}

/// Drives a future so that the process is not forked in the middle of a step. A step must not fork itself.
pub async fn unforked<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    std::future::poll_fn(move |context| {
        let _at_work = AT_WORK.read().unwrap_or_else(PoisonError::into_inner);
        Pin::as_mut(&mut future).poll(context)
    })
    .await
}

/// A value that belongs to the process that made it.
#[derive(Debug)]
pub struct Owned<T> {
    generation: u64,
    value: Option<T>,
}

impl<T> Owned<T> {
    /// A value of this process.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self { generation: generation(), value: Some(value) }
    }

    /// The value, if it was made in this process.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref().filter(|_| self.generation == generation())
    }

    /// The value, if it was made in this process.
    #[must_use]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        let own = self.generation == generation();
        self.value.as_mut().filter(|_| own)
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

    /// Forks; the child tells one bit by how it exits.
    fn fork(child: impl FnOnce() -> bool) -> bool {
        // SAFETY: the child only reads and changes memory that no lock protects, and ends without any clean-up.
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
    fn a_child_leaves_alone_what_its_parent_made() {
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
    fn no_process_is_forked_in_the_middle_of_a_step() {
        static IS_HALF: AtomicBool = AtomicBool::new(false);

        let _watching = generation();
        let (begun, begins) = mpsc::channel();
        let step = thread::spawn(move || {
            let mut step = pin!(unforked(async move {
                IS_HALF.store(true, Ordering::SeqCst);
                begun.send(()).unwrap();
                // What takes a moment to make.
                thread::sleep(Duration::from_millis(100));
                IS_HALF.store(false, Ordering::SeqCst);
            }));
            assert_eq!(step.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
        });
        begins.recv().unwrap();
        assert!(fork(|| {
            let whole = !IS_HALF.load(Ordering::SeqCst);
            // The child may go to work itself.
            let mut step = pin!(unforked(async {}));
            whole && step.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
        }));
        step.join().unwrap();
    }
}
