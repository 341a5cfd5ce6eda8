//! The requests that came, without their signatures and without the passwords of proxies.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};
use serde_json::Value;
use tokio::sync::watch;

use crate::fault::Fault;
use crate::http::{Request, find_header};

/// What stands in place of a signature or of credentials for a proxy.
pub const REDACTED: &str = "[redacted]";

/// Headers whose values are not kept. The key names the account and is kept.
const SECRET_HEADERS: [&str; 3] = ["sign", "authorization", "proxy-authorization"];

/// How many requests are kept; the oldest go first.
const MAX_REQUESTS: usize = 10_000;

/// How many bytes of a request's body are kept.
const MAX_BODY: usize = 1 << 20;

/// How many bytes of all bodies are kept; the oldest requests go first.
const MAX_BODIES: usize = 256 << 20;

/// A request that came, and how it was answered.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Recorded {
    /// The operation, by its name in the spec; none if the path is not known or the request was not read.
    pub operation: Option<String>,
    /// HTTP method.
    pub method: String,
    /// Path as it was asked for, without a query.
    pub path: String,
    /// Headers in their order, with [`REDACTED`] for the signature and for credentials.
    pub headers: Vec<(String, String)>,
    /// Whether the API key was right and the signature fitted it and the timestamp.
    pub signature_valid: bool,
    /// The body as text, cut off after 1 MiB.
    pub body: String,
    /// The body's full length in bytes.
    pub body_length: usize,
    /// When the request had arrived, by the machine's clock; in JSON as Unix time in seconds with a fraction.
    #[serde(serialize_with = "unix_seconds")]
    pub time: SystemTime,
    /// When the request had arrived, for distances between requests; not in JSON.
    #[serde(skip)]
    pub instant: Instant,
    /// Number of the connection, from 1.
    pub connection: u64,
    /// How it was answered.
    pub answered: Answered,
}

/// What is called with each request.
pub(crate) type Callback = Box<dyn Fn(&Recorded) + Send + Sync>;

/// How a request was answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answered {
    /// HTTP status; none if there was no answer.
    pub status: Option<u16>,
    /// Code in the envelope, if the answer was one.
    pub code: Option<i64>,
    /// The fault that was played, if one was scripted or the key was magic.
    pub fault: Option<Fault>,
    /// Whether the service carried the request out with success, told or not.
    pub carried_out: bool,
}

impl Recorded {
    /// The value of a header, by its name in any case of letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find_header(&self.headers, name)
    }

    /// The body as JSON, if it is that.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// A record of a connection that ended before its request was read.
    pub(crate) fn unread(connection: u64, fault: Option<Fault>) -> Self {
        Self {
            operation: None,
            method: String::new(),
            path: String::new(),
            headers: Vec::new(),
            signature_valid: false,
            body: String::new(),
            body_length: 0,
            time: SystemTime::now(),
            instant: Instant::now(),
            connection,
            answered: Answered { fault, ..Answered::default() },
        }
    }

    /// A record of a request.
    pub(crate) fn new(request: &Request, connection: u64) -> Self {
        let kept = &request.body[..request.body.len().min(MAX_BODY)];
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: request.headers.iter().map(redacted).collect(),
            body: String::from_utf8_lossy(kept).into_owned(),
            body_length: request.body.len(),
            ..Self::unread(connection, None)
        }
    }
}

fn unix_seconds<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64())
}

fn redacted((name, value): &(String, String)) -> (String, String) {
    let is_secret = SECRET_HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
    let value = if is_secret { REDACTED } else { value };
    (name.clone(), value.to_owned())
}

/// What has come so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    /// Requests since the start or the last reset.
    pub(crate) requests: usize,
    /// Connections since the start.
    pub(crate) connections: u64,
    /// Connections that are open.
    pub(crate) open: usize,
}

/// The requests that are kept.
#[derive(Default)]
struct Log {
    requests: VecDeque<Recorded>,
    /// Bytes of all their bodies.
    bytes: usize,
}

impl Log {
    fn add(&mut self, request: Recorded) {
        self.bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > MAX_REQUESTS || self.bytes > MAX_BODIES {
            let Some(oldest) = self.requests.pop_front() else { return };
            self.bytes -= oldest.body.len();
        }
    }
}

/// All that was recorded; who waits for something is told when it comes.
pub(crate) struct Recording {
    log: Mutex<Log>,
    counts: watch::Sender<Counts>,
}

impl Recording {
    pub(crate) fn new() -> Self {
        Self { log: Mutex::default(), counts: watch::Sender::new(Counts::default()) }
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.lock().requests.iter().cloned().collect()
    }

    pub(crate) fn add(&self, request: Recorded) {
        self.lock().add(request);
        self.counts.send_modify(|counts| counts.requests += 1);
    }

    pub(crate) fn clear(&self) {
        *self.lock() = Log::default();
        self.counts.send_modify(|counts| counts.requests = 0);
    }

    pub(crate) fn counts(&self) -> Counts {
        *self.counts.borrow()
    }

    /// Tells of each change of the counts.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Counts> {
        self.counts.subscribe()
    }

    /// Counts a connection for as long as the guard lives, and tells its number.
    pub(crate) fn connect(&self) -> (u64, impl Drop + use<'_>) {
        let mut number = 0;
        self.counts.send_modify(|counts| {
            counts.connections += 1;
            counts.open += 1;
            number = counts.connections;
        });
        (number, OpenConnection(self))
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct OpenConnection<'a>(&'a Recording);

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.0.counts.send_modify(|counts| counts.open -= 1);
    }
}
