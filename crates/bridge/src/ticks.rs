//! Looks around now and then while something else goes on.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// Drives a future to its end, and calls `look` whenever this much time has passed meanwhile.
///
/// # Errors
///
/// The first error of `look`; the future is dropped then.
pub async fn ticking<F: Future, E>(
    future: F,
    every: Duration,
    mut look: impl FnMut() -> Result<(), E>,
) -> Result<F::Output, E> {
    let mut future = pin!(future);
    loop {
        match tokio::time::timeout(every, future.as_mut()).await {
            Ok(output) => return Ok(output),
            Err(_) => look()?,
        }
    }
}
