//! The body of a request, which knows whether the request has begun to leave this machine.
//!
//! HTTP/1 puts the head of a request into a buffer, asks the body for its first piece and only then writes. The first
//! piece is therefore a gate that every request passes before a byte of it is written. Whether an update may be repeated
//! depends on it: an attempt that ends closes the gate, and whoever comes first, the connection or the attempt, decides.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task;

/// Large bodies are handed over in pieces, because the last piece tells when nearly everything was written.
const PIECE: usize = 64 * 1024;

/// Stands between an attempt and the connection that writes its request.
#[derive(Debug, Default)]
pub(super) struct Gate(AtomicU8);

const BEGUN: u8 = 1;
const REUSED: u8 = 2;
const HANDED_OVER: u8 = 4;
const CLOSED: u8 = 8;

/// How far the writing of a request came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Whether bytes may have left.
    pub(super) begun: bool,
    /// Whether the connection had carried another request before.
    pub(super) reused: bool,
    /// Whether nothing but a buffer's content was left to write.
    pub(super) handed_over: bool,
}

impl Gate {
    /// Lets the request pass, unless the attempt has ended.
    fn pass(&self, reused: bool) -> bool {
        let state = if reused { BEGUN | REUSED } else { BEGUN };
        self.0.compare_exchange(0, state, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn hand_over(&self) {
        self.0.fetch_or(HANDED_OVER, Ordering::AcqRel);
    }

    /// Whether nothing but a buffer's content was left to write.
    pub(super) fn has_handed_over(&self) -> bool {
        self.0.load(Ordering::Acquire) & HANDED_OVER != 0
    }

    /// Stops a request that has not begun, and tells how far it came if it has.
    pub(super) fn close(&self) -> Progress {
        match self.0.compare_exchange(0, CLOSED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Progress::default(),
            Err(state) => Progress {
                begun: state & BEGUN != 0,
                reused: state & REUSED != 0,
                handed_over: state & HANDED_OVER != 0,
            },
        }
    }
}

/// The connections that have carried a request, by the task that drives each.
///
/// The HTTP library tells of a failed request neither which connection it was on nor whether that was new.
#[derive(Debug, Default)]
pub(super) struct Connections(Mutex<HashSet<task::Id>>);

impl Connections {
    /// Whether the connection that asks has carried a request before. It does from now on.
    fn is_reused(&self) -> bool {
        // Far more than are open at a time. Forgetting one only makes it look new, which is the careful answer.
        const MOST: usize = 1024;
        let Some(connection) = task::try_id() else { return false };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        !known.insert(connection)
    }
}

/// The body of one attempt.
pub(super) struct OutgoingBody {
    rest: Bytes,
    passed: bool,
    gate: Arc<Gate>,
    connections: Arc<Connections>,
}

impl OutgoingBody {
    pub(super) fn new(bytes: Bytes, connections: Arc<Connections>) -> (Self, Arc<Gate>) {
        let gate = Arc::new(Gate::default());
        let passed = bytes.is_empty();
        if passed {
            // Nobody asks an empty body for its first piece.
            gate.pass(false);
            gate.hand_over();
        }
        (Self { rest: bytes, passed, gate: gate.clone(), connections }, gate)
    }
}

impl Body for OutgoingBody {
    type Data = Bytes;
    type Error = GivenUp;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        if !self.passed {
            if !self.gate.pass(self.connections.is_reused()) {
                return Poll::Ready(Some(Err(GivenUp)));
            }
            self.passed = true;
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
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

/// The attempt has ended before its request was begun.
#[derive(Debug)]
pub(super) struct GivenUp;

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the attempt ended before the request was sent")
    }
}

impl Error for GivenUp {}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(body: &mut OutgoingBody) -> Option<Result<usize, GivenUp>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap().len())),
            Poll::Pending => panic!("the body is all there"),
        }
    }

    #[test]
    fn a_closed_gate_stops_a_request_and_an_open_one_stays_open() {
        let (mut body, gate) = OutgoingBody::new(Bytes::from_static(b"{}"), Arc::default());
        assert_eq!(gate.close(), Progress::default());
        assert!(matches!(poll(&mut body), Some(Err(GivenUp))));
        assert_eq!(gate.close(), Progress::default());

        let (mut body, gate) = OutgoingBody::new(Bytes::from_static(b"{}"), Arc::default());
        assert_eq!(body.size_hint().exact(), Some(2));
        assert!(matches!(poll(&mut body), Some(Ok(2))));
        assert!(body.is_end_stream());
        assert_eq!(gate.close(), Progress { begun: true, reused: false, handed_over: true });
    }

    #[test]
    fn a_large_body_is_handed_over_with_its_last_piece() {
        let (mut body, gate) = OutgoingBody::new(Bytes::from(vec![0; PIECE + 1]), Arc::default());
        assert!(matches!(poll(&mut body), Some(Ok(PIECE))));
        assert!(!gate.close().handed_over);
        assert!(matches!(poll(&mut body), Some(Ok(1))));
        assert!(gate.close().handed_over);
        assert!(poll(&mut body).is_none());
    }

    #[test]
    fn an_empty_body_counts_as_sent_because_nobody_asks_for_it() {
        let (_, gate) = OutgoingBody::new(Bytes::new(), Arc::default());
        assert_eq!(gate.close(), Progress { begun: true, reused: false, handed_over: true });
    }

    #[tokio::test]
    async fn a_connection_is_reused_from_its_second_request_on() {
        let connections = Arc::new(Connections::default());
        for _ in 0..2 {
            let connections = connections.clone();
            let seen = tokio::spawn(async move { [connections.is_reused(), connections.is_reused()] });
            assert_eq!(seen.await.unwrap(), [false, true]);
        }
    }
}
