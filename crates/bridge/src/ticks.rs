//! Looks around now and then while something else goes on.

use std::future::Future;
use std::time::Duration;

/// Drives a future for this much time; `None` if it has not ended by then, and is to be driven on.
pub async fn tick<F: Future + Unpin>(future: F, time: Duration) -> Option<F::Output> {
    tokio::time::timeout(time, future).await.ok()
}
