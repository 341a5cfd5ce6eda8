//! A row of the table: a fault, how it is played, and what must come of it.

use std::time::Duration;

use recallflow_sandbox::{Certificate, Fault};

use crate::protocol::Operation;

/// The flow that is called for where the key plays no fault itself.
pub(crate) const PLAIN_KEY: i64 = 299;

/// Long enough for whatever does not wait for the deadline.
const AMPLE: Duration = Duration::from_secs(20);

/// The deadline of what waits for it.
const SHORT: Duration = Duration::from_secs(1);

/// A fault, and what a query and an update must come to.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) stage: Stage,
    pub(crate) query: Expected,
    pub(crate) update: Expected,
    pub(crate) timeout: Duration,
    /// Whether the row is played by a process of its own, whose memory no other row has touched.
    pub(crate) is_large: bool,
    /// Whether the row is one of the few that every check of the project plays.
    pub(crate) is_quick: bool,
}

/// Where a fault is played.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// By the sandbox, on requests.
    Requests(Played),
    /// By the sandbox's TLS. The next call finds a certificate that it trusts.
    Tls(Certificate),
    /// By an address that refuses connections. The next call finds the sandbox there.
    Refused,
    /// By an address that swallows connections. The next call finds the sandbox there.
    BlackHole,
    /// By a host that does not exist, and does not for the next call either.
    NoHost,
}

/// A fault that the sandbox plays on requests.
#[derive(Clone, Debug)]
pub(crate) struct Played {
    pub(crate) fault: Fault,
    /// The `keyId` that plays it, which is what the row calls for then.
    pub(crate) key: Option<i64>,
    /// Whether only the first request meets it.
    pub(crate) once: bool,
    /// Whether the connection has carried another call before.
    pub(crate) reused: bool,
    /// Whether the connection is encrypted, as those to the service are.
    pub(crate) over_tls: bool,
}

/// What must come of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) outcome: Outcome,
    /// Requests that reach the server.
    pub(crate) attempts: usize,
}

/// How a call must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With the flow as it is, or changed as the update says.
    Success,
    /// With a flow of which nothing is known, because the service answered no data, or as if the flow were changed.
    Empty,
    /// With an error of this class.
    Error(&'static str),
}

impl Row {
    /// A row for a fault of the sandbox that every request meets.
    pub(crate) fn new(name: impl Into<String>, fault: Fault) -> Self {
        Self::on(name, Stage::Requests(Played { fault, key: None, once: false, reused: false, over_tls: false }))
    }

    /// A row for this stage.
    pub(crate) fn on(name: impl Into<String>, stage: Stage) -> Self {
        let expected = Expected { outcome: Outcome::Success, attempts: 1 };
        let (query, update) = (expected, expected);
        Self { name: name.into(), stage, query, update, timeout: AMPLE, is_large: false, is_quick: false }
    }

    /// The same, played by a key.
    pub(crate) fn key(self, key: i64) -> Self {
        self.played(|played| played.key = Some(key))
    }

    /// The same, met by the first request only.
    pub(crate) fn once(self) -> Self {
        self.played(|played| played.once = true)
    }

    /// The same on a connection that has carried another call.
    pub(crate) fn reused(self) -> Self {
        self.played(|played| played.reused = true)
    }

    /// The same on an encrypted connection.
    pub(crate) fn over_tls(self) -> Self {
        self.played(|played| played.over_tls = true)
    }

    fn played(mut self, change: impl FnOnce(&mut Played)) -> Self {
        if let Stage::Requests(played) = &mut self.stage {
            change(played);
        }
        self
    }

    /// What a query must come to: `attempts` requests and an error of this class.
    pub(crate) fn query(mut self, class: &'static str, attempts: usize) -> Self {
        self.query = Expected { outcome: Outcome::Error(class), attempts };
        self
    }

    /// The same for an update.
    pub(crate) fn update(mut self, class: &'static str, attempts: usize) -> Self {
        self.update = Expected { outcome: Outcome::Error(class), attempts };
        self
    }

    /// The same for both.
    pub(crate) fn both(self, class: &'static str, attempts: usize) -> Self {
        self.query(class, attempts).update(class, attempts)
    }

    /// What a query must come to: success with the last of these requests.
    pub(crate) fn query_succeeds(mut self, attempts: usize) -> Self {
        self.query = Expected { outcome: Outcome::Success, attempts };
        self
    }

    /// The same for both.
    pub(crate) fn both_succeed(mut self, attempts: usize) -> Self {
        self.update = Expected { outcome: Outcome::Success, attempts };
        self.query_succeeds(attempts)
    }

    /// What a query must come to: success without any data.
    pub(crate) fn query_is_empty(mut self) -> Self {
        self.query.outcome = Outcome::Empty;
        self
    }

    /// The same for both; the sandbox says so without carrying anything out.
    pub(crate) fn both_are_empty(mut self) -> Self {
        self.update.outcome = Outcome::Empty;
        self.query_is_empty()
    }

    /// The same with a deadline that comes soon, for what ends only by it.
    pub(crate) fn waits(mut self) -> Self {
        self.timeout = SHORT;
        self
    }

    /// The same in a process of its own.
    pub(crate) fn large(mut self) -> Self {
        self.is_large = true;
        self
    }

    /// The same as one of the few that every check plays.
    pub(crate) fn quick(mut self) -> Self {
        self.is_quick = true;
        self
    }

    /// What must come of an operation.
    pub(crate) fn expected(&self, operation: Operation) -> Expected {
        match operation {
            Operation::Query => self.query,
            Operation::Update => self.update,
        }
    }

    /// The flow to call for.
    pub(crate) fn key_id(&self) -> i64 {
        match &self.stage {
            Stage::Requests(Played { key: Some(key), once: false, .. }) => *key,
            _ => PLAIN_KEY,
        }
    }

    /// Whether it ends by its deadline only.
    pub(crate) fn is_waiting(&self) -> bool {
        self.timeout == SHORT
    }
}
