//! The runtime that serves asynchronous callers: one thread for the whole process, started when it is first needed.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Handle};

use crate::fork::Owned;

/// The runtime of this process. It never ends: a process that ends does not wait for it.
///
/// # Errors
///
/// If the system refuses a thread or an event queue.
pub fn runtime() -> io::Result<Handle> {
    static RUNTIME: Mutex<Option<Owned<Handle>>> = Mutex::new(None);
    let mut runtime = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = runtime.as_ref().and_then(Owned::get) {
        return Ok(handle.clone());
    }
    let handle = start()?;
    // What a parent left here drops itself without a trace.
    *runtime = Some(Owned::new(handle.clone()));
    Ok(handle)
}

fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("recallflow".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}
