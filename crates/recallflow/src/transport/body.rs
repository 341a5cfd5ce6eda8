//! The request body, which records whether any byte of the request may have been written.
//!
//! hyper buffers the head of an HTTP/1 request, polls the body for its first piece and only then writes. The first piece is
//! therefore a gate that every request passes before its first byte is written. An attempt that ends closes the gate. If
//! the attempt closes it first, the request is never written; if hyper passes first, the request counts as sent. Whether
//! an update may be retried depends on this.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task;
use tokio::time::Instant;

/// Large bodies are handed to hyper in pieces, because hyper asks for the last piece when nearly everything is written.
const PIECE: usize = 64 * 1024;

/// State shared by an attempt and the connection that writes its request.
#[derive(Debug)]
pub(super) struct Gate {
    state: AtomicU8,
    created: Instant,
    /// Milliseconds from the creation to the latest piece that hyper took, plus 1; 0 if it took none.
    progress: AtomicU64,
}

const BEGUN: u8 = 1;
const REUSED: u8 = 2;
const HANDED_OVER: u8 = 4;
const CLOSED: u8 = 8;

/// How far hyper came with writing a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WriteProgress {
    /// Whether bytes may have been written.
    pub(super) begun: bool,
    /// Whether the connection had carried a request before.
    pub(super) reused: bool,
    /// Whether hyper had taken the whole body.
    pub(super) handed_over: bool,
}

impl Gate {
    fn new() -> Self {
        Self { state: AtomicU8::new(0), created: Instant::now(), progress: AtomicU64::new(0) }
    }

    fn note_progress(&self) {
        let elapsed = u64::try_from(self.created.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        self.progress.store(elapsed + 1, Ordering::Relaxed);
    }

    /// Returns when hyper took the latest piece of the body. The connection was open by then.
    pub(super) fn last_progress(&self) -> Option<Instant> {
        let elapsed = self.progress.load(Ordering::Relaxed).checked_sub(1)?;
        self.created.checked_add(Duration::from_millis(elapsed))
    }

    /// Opens the gate for writing and returns true, unless the attempt has ended.
    fn pass(&self, reused: bool) -> bool {
        let state = if reused { BEGUN | REUSED } else { BEGUN };
        self.state.compare_exchange(0, state, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn hand_over(&self) {
        self.state.fetch_or(HANDED_OVER, Ordering::AcqRel);
    }

    /// Returns whether hyper has taken the whole body.
    pub(super) fn has_handed_over(&self) -> bool {
        self.state.load(Ordering::Acquire) & HANDED_OVER != 0
    }

    /// Stops a request that has not begun, and returns how far a request came that has.
    pub(super) fn close(&self) -> WriteProgress {
        match self.state.compare_exchange(0, CLOSED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => WriteProgress::default(),
            Err(state) => WriteProgress {
                begun: state & BEGUN != 0,
                reused: state & REUSED != 0,
                handed_over: state & HANDED_OVER != 0,
            },
        }
    }
}

/// The connections that have carried a request, identified by the task that drives each.
///
/// reqwest reports neither which connection a failed request used nor whether that connection was new.
#[derive(Debug, Default)]
pub(super) struct Connections(Mutex<HashSet<task::Id>>);

impl Connections {
    /// Marks the connection of the current task as used and returns whether it already was.
    fn mark_used(&self) -> bool {
        // More than are open at a time. A forgotten connection only looks new, which never permits a retry.
        const CAPACITY: usize = 1024;
        let Some(connection) = task::try_id() else { return false };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.clear();
        }
        !known.insert(connection)
    }
}

/// The body of one attempt.
pub(super) struct RequestBody {
    rest: Bytes,
    passed: bool,
    gate: Arc<Gate>,
    connections: Arc<Connections>,
}

impl RequestBody {
    pub(super) fn new(bytes: Bytes, connections: Arc<Connections>) -> (Self, Arc<Gate>) {
        let gate = Arc::new(Gate::new());
        let passed = bytes.is_empty();
        if passed {
            // hyper does not poll an empty body.
            gate.pass(false);
            gate.hand_over();
        }
        (Self { rest: bytes, passed, gate: gate.clone(), connections }, gate)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = AttemptEnded;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, AttemptEnded>>> {
        if !self.passed {
            if !self.gate.pass(self.connections.mark_used()) {
                return Poll::Ready(Some(Err(AttemptEnded)));
            }
            self.passed = true;
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        self.gate.note_progress();
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        if self.rest.is_empty() {
            self.gate.hand_over();
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

/// The error with which a body stops hyper from writing the request of an attempt that has ended.
#[derive(Debug)]
pub(super) struct AttemptEnded;

impl fmt::Display for AttemptEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the attempt ended before the request was sent")
    }
}

impl Error for AttemptEnded {}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(body: &mut RequestBody) -> Option<Result<usize, AttemptEnded>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap().len())),
            Poll::Pending => panic!("the body is never pending"),
        }
    }

    #[test]
    fn a_closed_gate_stops_a_request_and_an_open_one_stays_open() {
        let (mut body, gate) = RequestBody::new(Bytes::from_static(b"{}"), Arc::default());
        assert_eq!(gate.close(), WriteProgress::default());
        assert!(matches!(poll(&mut body), Some(Err(AttemptEnded))));
        assert_eq!(gate.close(), WriteProgress::default());

        let (mut body, gate) = RequestBody::new(Bytes::from_static(b"{}"), Arc::default());
        assert_eq!(body.size_hint().exact(), Some(2));
        assert!(matches!(poll(&mut body), Some(Ok(2))));
        assert!(body.is_end_stream());
        assert_eq!(gate.close(), WriteProgress { begun: true, reused: false, handed_over: true });
    }

    #[test]
    fn a_large_body_is_handed_over_with_its_last_piece() {
        let (mut body, gate) = RequestBody::new(Bytes::from(vec![0; PIECE + 1]), Arc::default());
        assert!(matches!(poll(&mut body), Some(Ok(PIECE))));
        assert!(!gate.close().handed_over);
        assert!(matches!(poll(&mut body), Some(Ok(1))));
        assert!(gate.close().handed_over);
        assert!(poll(&mut body).is_none());
    }

    #[test]
    fn an_empty_body_counts_as_sent_because_hyper_does_not_poll_it() {
        let (_, gate) = RequestBody::new(Bytes::new(), Arc::default());
        assert_eq!(gate.close(), WriteProgress { begun: true, reused: false, handed_over: true });
    }

    #[tokio::test]
    async fn a_connection_is_reused_from_its_second_request_on() {
        let connections = Arc::new(Connections::default());
        for _ in 0..2 {
            let connections = connections.clone();
            let seen = tokio::spawn(async move { [connections.mark_used(), connections.mark_used()] });
            assert_eq!(seen.await.unwrap(), [false, true]);
        }
    }
}
