//! Keeps `SIGPIPE` from ending the process.
//!
//! Writing to a connection that the server has reset raises it. Rust and Python programs ignore it at first, but some set
//! the default action again, to end quietly when the reader of their output ends. On other systems than Linux, sockets
//! have an option against it that the HTTP library sets.

/// Calls a function. If `SIGPIPE` would end the process, the signal is blocked on this thread meanwhile, and discarded if it
/// was raised.
#[cfg(target_os = "linux")]
pub fn without_sigpipe<T>(act: impl FnOnce() -> T) -> T {
    let _blocked = linux::is_fatal().then(linux::Blocked::new);
    act()
}

/// Calls a function.
#[cfg(not(target_os = "linux"))]
pub fn without_sigpipe<T>(act: impl FnOnce() -> T) -> T {
    act()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::mem::MaybeUninit;
    use std::ptr;

    use libc::{
        SIG_BLOCK, SIG_DFL, SIG_SETMASK, SIGPIPE, pthread_sigmask, sigaction, sigaddset, sigemptyset, sigismember,
        sigset_t, sigtimedwait,
    };

    /// Blocks the signal until it is dropped.
    pub(super) struct Blocked {
        /// The signals that were blocked before.
        before: sigset_t,
    }

    impl Blocked {
        pub(super) fn new() -> Self {
            let set = sigpipe();
            let mut before = MaybeUninit::zeroed();
            // SAFETY: both sets are valid for writes, and zeroed memory is a valid set.
            unsafe {
                pthread_sigmask(SIG_BLOCK, &raw const set, before.as_mut_ptr());
                Self { before: before.assume_init() }
            }
        }
    }

    impl Drop for Blocked {
        fn drop(&mut self) {
            let set = sigpipe();
            let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            // SAFETY: the sets and the time are valid for reads. The signal is raised for the thread that writes, so that
            // it is one of this thread.
            unsafe {
                if sigismember(&raw const self.before, SIGPIPE) == 0 {
                    sigtimedwait(&raw const set, ptr::null_mut(), &raw const now);
                }
                pthread_sigmask(SIG_SETMASK, &raw const self.before, ptr::null_mut());
            }
        }
    }

    /// Returns whether the process has the default action for the signal. One system call, where blocking takes three.
    pub(super) fn is_fatal() -> bool {
        let mut action = MaybeUninit::<sigaction>::zeroed();
        // SAFETY: the action is valid for writes, and zeroed memory is a valid action.
        unsafe {
            libc::sigaction(SIGPIPE, ptr::null(), action.as_mut_ptr());
            action.assume_init().sa_sigaction == SIG_DFL
        }
    }

    fn sigpipe() -> sigset_t {
        let mut set = MaybeUninit::zeroed();
        // SAFETY: the set is valid for writes, and zeroed memory is a valid set.
        unsafe {
            sigemptyset(set.as_mut_ptr());
            sigaddset(set.as_mut_ptr(), SIGPIPE);
            set.assume_init()
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Writes to a pipe that nothing reads, with the default action of the signal, in a child process. Returns the signal
    /// that ended the child, or 0.
    fn signal_of_child(is_guarded: bool) -> i32 {
        // SAFETY: the child only makes system calls, and exits without clean-up.
        unsafe {
            match libc::fork() {
                0 => {
                    libc::signal(libc::SIGPIPE, libc::SIG_DFL);
                    let mut ends = [0; 2];
                    libc::pipe(ends.as_mut_ptr());
                    libc::close(ends[0]);
                    let write = || libc::write(ends[1], ends.as_ptr().cast(), 1);
                    let written = if is_guarded { without_sigpipe(write) } else { write() };
                    libc::_exit(i32::from(written != -1));
                }
                process => {
                    let mut status = 0;
                    assert_eq!(libc::waitpid(process, &raw mut status, 0), process);
                    if libc::WIFSIGNALED(status) { libc::WTERMSIG(status) } else { libc::WEXITSTATUS(status) }
                }
            }
        }
    }

    #[test]
    fn a_write_to_a_closed_pipe_does_not_end_the_process() {
        assert_eq!(signal_of_child(false), libc::SIGPIPE);
        assert_eq!(signal_of_child(true), 0);
    }
}
