//! Records requests, without signatures and credentials.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde_json::Value;
use tokio::sync::watch;

use crate::generated::protocol::{Fault, RecordedRequest, RecordedResponse};
use crate::http::{HttpRequest, find_header};

/// Replaces the value of a header with a signature or credentials.
pub const REDACTED: &str = "[redacted]";

/// Headers whose values are redacted. The API key is kept, because it identifies the account.
const SECRET_HEADERS: [&str; 3] = ["sign", "authorization", "proxy-authorization"];

/// Number of requests that are kept by default. The oldest are dropped first.
pub(crate) const MAX_REQUESTS: usize = 10_000;

/// Maximum number of bytes that are kept of a body.
const MAX_BODY: usize = 1 << 20;

/// Maximum total size of the bodies and headers that are kept. The oldest requests are dropped first.
const MAX_BYTES: usize = 64 << 20;

/// A function that is called with each request.
pub(crate) type Callback = Box<dyn Fn(&RecordedRequest) + Send + Sync>;

impl RecordedRequest {
    /// Returns the value of a header. The case of its name does not matter.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find_header(&self.headers, name)
    }

    /// Returns the body as JSON, or `None` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// Returns the record of a connection that ended before its request was read.
    pub(crate) fn unread(connection: u64, fault: Option<Fault>) -> Self {
        Self {
            operation: None,
            method: String::new(),
            path: String::new(),
            headers: Vec::new(),
            signature_valid: false,
            body: String::new(),
            body_bytes: 0,
            time: SystemTime::now(),
            connection,
            response: RecordedResponse { http_status: None, code: None, fault, applied: false },
        }
    }

    /// Returns the record of a request.
    pub(crate) fn new(request: &HttpRequest, connection: u64) -> Self {
        let kept = &request.body[..request.body.len().min(MAX_BODY)];
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: request.headers.iter().map(redacted).collect(),
            body: String::from_utf8_lossy(kept).into_owned(),
            body_bytes: request.body.len() as u64,
            ..Self::unread(connection, None)
        }
    }
}

fn redacted((name, value): &(String, String)) -> (String, String) {
    let is_secret = SECRET_HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
    let value = if is_secret { REDACTED } else { value };
    (name.clone(), value.to_owned())
}

/// Numbers of requests and connections.
#[derive(Clone, Copy, Default)]
pub(crate) struct RecordingCounts {
    /// Requests since the start or the last reset.
    pub(crate) requests: usize,
    /// Connections since the start.
    pub(crate) connections: u64,
    /// Open connections.
    pub(crate) open: usize,
}

/// Requests that are kept.
struct RequestLog {
    requests: VecDeque<RecordedRequest>,
    /// Total size of their bodies and headers.
    bytes: usize,
    max_requests: usize,
}

impl RequestLog {
    fn add(&mut self, request: RecordedRequest) {
        self.bytes += kept_bytes(&request);
        self.requests.push_back(request);
        while self.requests.len() > self.max_requests || self.bytes > MAX_BYTES {
            let Some(oldest) = self.requests.pop_front() else { return };
            self.bytes -= kept_bytes(&oldest);
        }
    }
}

fn kept_bytes(request: &RecordedRequest) -> usize {
    request.body.len() + request.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
}

/// The recorded requests, and counts that callers can wait for.
pub(crate) struct Recording {
    log: Mutex<RequestLog>,
    counts: watch::Sender<RecordingCounts>,
}

impl Recording {
    pub(crate) fn new(max_requests: usize) -> Self {
        let log = RequestLog { requests: VecDeque::new(), bytes: 0, max_requests };
        Self { log: log.into(), counts: watch::Sender::new(RecordingCounts::default()) }
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.iter().cloned().collect()
    }

    pub(crate) fn add(&self, request: RecordedRequest) {
        self.lock().add(request);
        self.counts.send_modify(|counts| counts.requests += 1);
    }

    pub(crate) fn clear(&self) {
        let mut log = self.lock();
        log.requests.clear();
        log.bytes = 0;
        drop(log);
        self.counts.send_modify(|counts| counts.requests = 0);
    }

    pub(crate) fn counts(&self) -> RecordingCounts {
        *self.counts.borrow()
    }

    /// Returns a receiver of the changing counts.
    pub(crate) fn subscribe(&self) -> watch::Receiver<RecordingCounts> {
        self.counts.subscribe()
    }

    /// Counts a connection as open until the guard is dropped. Returns its number and the guard.
    pub(crate) fn connect(&self) -> (u64, impl Drop + use<'_>) {
        let mut number = 0;
        self.counts.send_modify(|counts| {
            counts.connections += 1;
            counts.open += 1;
            number = counts.connections;
        });
        (number, OpenConnection(self))
    }

    fn lock(&self) -> MutexGuard<'_, RequestLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct OpenConnection<'a>(&'a Recording);

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.0.counts.send_modify(|counts| counts.open -= 1);
    }
}
