//! Tells a process from the one that it was forked from.
//!
//! A forked child has one thread, and shares with its parent what the kernel keeps: whoever uses the parent's runtime
//! there waits for threads that do not exist, and changes which of the parent's connections are watched. So what
//! belongs to another generation must be left alone, without even dropping it.

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

static GENERATION: AtomicU64 = AtomicU64::new(0);

/// The number of forks between the process that loaded this code and this one.
#[must_use]
pub fn generation() -> u64 {
    static WATCH: Once = Once::new();
    WATCH.call_once(watch);
    GENERATION.load(Ordering::Relaxed)
}

#[cfg(unix)]
fn watch() {
    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: the handler only changes an atomic number, which is allowed between fork and exec.
    // It fails only for want of memory, and then a child is not told from its parent.
    unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
}

#[cfg(not(unix))]
fn watch() {}

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
