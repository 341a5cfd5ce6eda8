//! Turns panics of a call into errors in the language of the caller.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};

/// A panic. It is always a bug of this library.
#[derive(Clone, Debug)]
pub struct Panicked {
    /// The panic message.
    pub message: String,
}

impl Panicked {
    fn new(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self { message: text.unwrap_or("no message").to_owned() }
    }
}

/// Calls a function and catches a panic.
///
/// # Errors
///
/// [`Panicked`] if it panicked.
pub fn catch_panic<T>(act: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|panic| Panicked::new(&*panic))
}

/// Awaits a future and catches a panic.
///
/// # Errors
///
/// [`Panicked`] if the future panicked. It is not polled again.
pub async fn guarded<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = pin!(future);
    std::future::poll_fn(move |context| {
        match catch_unwind(AssertUnwindSafe(|| Pin::as_mut(&mut future).poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => std::task::Poll::Ready(Err(Panicked::new(&*panic))),
        }
    })
    .await
}
