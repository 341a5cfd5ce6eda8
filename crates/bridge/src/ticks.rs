//! Bounds how long something is driven.

use std::future::Future;
use std::time::Duration;

/// Drives a future for this much time; `None` if it has not ended by then, and may be driven on.
pub async fn within<F: Future>(time: Duration, future: F) -> Option<F::Output> {
    tokio::time::timeout(time, future).await.ok()
}
