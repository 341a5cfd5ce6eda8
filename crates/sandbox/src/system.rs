//! Refusals of the system: no thread, descriptor or memory is left for the process.

use std::io;
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// Returns whether the system refused a thread, a descriptor or memory.
pub(crate) fn is_refusal(error: &io::Error) -> bool {
    // EAGAIN, ENOMEM, ENFILE, EMFILE and ENOBUFS on Linux and macOS; on Windows WSAEMFILE, WSAENOBUFS,
    // ERROR_NOT_ENOUGH_MEMORY and ERROR_TOO_MANY_OPEN_FILES.
    let numbers: &[i32] = if cfg!(windows) {
        &[10024, 10055, 8, 4]
    } else if cfg!(target_os = "linux") {
        &[11, 12, 23, 24, 105]
    } else {
        &[35, 12, 23, 24, 55]
    };
    error.raw_os_error().is_some_and(|number| numbers.contains(&number)) || error.kind() == io::ErrorKind::OutOfMemory
}

/// Creates a runtime that is driven by one thread.
pub(crate) fn build_runtime() -> io::Result<Runtime> {
    // Tokio handles signals in this program, and its first runtime panics if it gets too few descriptors for them.
    #[cfg(unix)]
    {
        use std::os::unix::net::UnixStream;
        drop([UnixStream::pair()?, UnixStream::pair()?, UnixStream::pair()?]);
    }
    Builder::new_current_thread().enable_all().build()
}

/// Does work on another thread, while other tasks run. Without a free thread, they wait. Returns `None` if the
/// work panicked.
///
/// Tokio's own threads are not used, because Tokio panics if the system refuses one.
pub(crate) async fn run_on_thread<T, W>(work: W) -> Option<T>
where
    T: Send + 'static,
    W: FnOnce() -> T + Send + 'static,
{
    let (give, given) = oneshot::channel::<W>();
    let (report, result) = oneshot::channel();
    let worker = move || {
        if let Ok(work) = given.blocking_recv() {
            // The receiver is gone if the sandbox has stopped.
            let _ = report.send(work());
        }
    };
    if thread::Builder::new().name("recallflow-sandbox-work".to_owned()).spawn(worker).is_err() {
        return Some(work());
    }
    // The thread waits for the work.
    let _ = give.send(work);
    result.await.ok()
}
