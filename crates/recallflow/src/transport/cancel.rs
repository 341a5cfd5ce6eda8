//! Cancels a call from outside, and finds out whether its request was written.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::body::Gate;

/// The attempts of one call. Clones belong to the same call, and any thread may cancel it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<Mutex<Attempts>>);

#[derive(Debug, Default)]
struct Attempts {
    count: u32,
    /// The gate of the last attempt, until its outcome shows that the service did not process the request.
    gate: Option<Arc<Gate>>,
    is_canceled: bool,
}

impl Cancel {
    /// Cancels the call, which then writes no other request.
    ///
    /// Returns the number of attempts if the last request may have been written and processed.
    #[must_use]
    pub fn cancel(&self) -> Option<u32> {
        let mut attempts = self.lock();
        attempts.is_canceled = true;
        let count = attempts.count;
        attempts.gate.take().filter(|gate| gate.close().begun).map(|_| count)
    }

    /// Begins an attempt. If the call was canceled, its request is not written.
    pub(super) fn begin(&self, gate: &Arc<Gate>) {
        let mut attempts = self.lock();
        attempts.count += 1;
        if attempts.is_canceled {
            gate.close();
        } else {
            attempts.gate = Some(Arc::clone(gate));
        }
    }

    /// Ends an attempt that the service did not process.
    pub(crate) fn end_unprocessed(&self) {
        self.lock().gate = None;
    }

    fn lock(&self) -> MutexGuard<'_, Attempts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Logs an update that is dropped after its request was written, because a dropped future cannot return an error.
pub(crate) struct LogIfDropped<'a> {
    cancel: Option<&'a Cancel>,
}

impl<'a> LogIfDropped<'a> {
    pub(crate) fn new(cancel: &'a Cancel) -> Self {
        Self { cancel: Some(cancel) }
    }

    /// Ends the call, whose caller gets its outcome.
    pub(crate) fn finish(mut self) {
        self.cancel = None;
    }
}

impl Drop for LogIfDropped<'_> {
    fn drop(&mut self) {
        if let Some(attempt) = self.cancel.and_then(Cancel::cancel) {
            tracing::warn!(attempt, "canceled after the update was sent; it may or may not have been applied");
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::transport::body::RequestBody;

    fn gate() -> Arc<Gate> {
        RequestBody::new(Bytes::from_static(b"{}"), Arc::default()).1
    }

    /// Returns the gate of a request that was written.
    fn passed_gate() -> Arc<Gate> {
        RequestBody::new(Bytes::new(), Arc::default()).1
    }

    #[test]
    fn only_an_attempt_that_was_written_may_have_been_processed() {
        let cancel = Cancel::default();
        assert_eq!(cancel.cancel(), None);

        let (cancel, waiting) = (Cancel::default(), gate());
        cancel.begin(&waiting);
        assert_eq!(cancel.cancel(), None);

        let cancel = Cancel::default();
        cancel.begin(&passed_gate());
        cancel.end_unprocessed();
        assert_eq!(cancel.cancel(), None);

        let cancel = Cancel::default();
        cancel.begin(&passed_gate());
        cancel.end_unprocessed();
        cancel.begin(&passed_gate());
        assert_eq!(cancel.cancel(), Some(2));
        assert_eq!(cancel.cancel(), None);
    }
}
