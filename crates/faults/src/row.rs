//! A row of the table: a fault, where it is played, and its expected outcome.

use std::time::Duration;

use recallflow_sandbox::{Certificate, Fault};

use crate::protocol::CallKind;

/// The flow of calls whose `keyId` plays no fault itself.
pub(crate) const PLAIN_KEY: i64 = 299;

/// The deadline of calls that end before it.
const AMPLE: Duration = Duration::from_secs(20);

/// The deadline of calls that end by it.
const SHORT: Duration = Duration::from_secs(1);

/// A fault, with the expected outcome of a query and an update.
#[derive(Clone, Debug)]
pub(crate) struct FaultRow {
    pub(crate) name: String,
    pub(crate) stage: Stage,
    pub(crate) query: Expectation,
    pub(crate) update: Expectation,
    pub(crate) timeout: Duration,
    /// Number of calls at the same time.
    pub(crate) at_once: usize,
    /// Bytes of audio in an update.
    pub(crate) upload: usize,
    /// The only language that can abort a call and report how it ended, if the row aborts the call.
    pub(crate) aborted_in: Option<&'static str>,
    /// Whether the call waits for the state of the flow.
    pub(crate) is_wait: bool,
    /// Whether a separate process plays the row, whose memory is measured alone.
    pub(crate) is_large: bool,
    /// Whether `cargo xtask test` plays the row.
    pub(crate) is_quick: bool,
}

/// The place where a fault is played.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// The sandbox plays it on requests.
    Requests(PlayedFault),
    /// The TLS of the sandbox plays it. The next call finds a trusted certificate.
    Tls(Certificate),
    /// An address that refuses connections. The next call finds the sandbox there.
    Refused,
    /// An address that never responds. The next call finds the sandbox there.
    BlackHole,
    /// A host that does not exist, also for the next call.
    NoHost,
    /// The process of the driver has so many descriptors; none if the number is lower than those that it has open.
    Descriptors(u32),
    /// The process of the driver can start no thread, which a lookup of a host name needs.
    NoThread,
    /// A safe edit, whose faults begin when the flow was read for the first time.
    Edit(EditStage),
    /// The environment names a proxy, with blanks around its URL, which connects to the sandbox.
    BlanksAroundProxy,
    /// The environment names a proxy of an unknown kind, which does not apply to the sandbox.
    UnusedProxy,
}

/// What happens while an edit is applied.
#[derive(Clone, Debug, Default)]
pub(crate) struct EditStage {
    /// A field of the flow that another client changes before the edit is applied, and its value.
    pub(crate) meanwhile: Option<(&'static str, i64)>,
    /// Faults of the following requests, by operation.
    pub(crate) faults: Vec<(&'static str, Fault)>,
    /// Whether the flow is read back in any case.
    pub(crate) verify: bool,
}

/// A fault that the sandbox plays on requests.
#[derive(Clone, Debug)]
pub(crate) struct PlayedFault {
    pub(crate) fault: Fault,
    /// The `keyId` that plays the fault and that the call uses.
    pub(crate) key: Option<i64>,
    /// Whether it is played on the first request only.
    pub(crate) once: bool,
    /// Whether the connection carried a call before.
    pub(crate) reused: bool,
    /// Whether the connection uses TLS.
    pub(crate) over_tls: bool,
}

/// The expected outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expectation {
    pub(crate) outcome: ExpectedOutcome,
    /// Number of requests that reach the server.
    pub(crate) attempts: usize,
}

/// The result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExpectedOutcome {
    /// Success: the query returns the flow, or the update changed it.
    Success,
    /// Success without data: the response has none, and the flow is unchanged.
    Empty,
    /// An error of this class.
    Error(&'static str),
}

impl FaultRow {
    /// Creates a row for a fault that the sandbox plays on every request.
    pub(crate) fn new(name: impl Into<String>, fault: Fault) -> Self {
        Self::on_stage(
            name,
            Stage::Requests(PlayedFault { fault, key: None, once: false, reused: false, over_tls: false }),
        )
    }

    /// Creates a row for this stage.
    pub(crate) fn on_stage(name: impl Into<String>, stage: Stage) -> Self {
        let expected = Expectation { outcome: ExpectedOutcome::Success, attempts: 1 };
        let (query, update) = (expected, expected);
        Self {
            name: name.into(),
            stage,
            query,
            update,
            timeout: AMPLE,
            at_once: 1,
            upload: 0,
            aborted_in: None,
            is_wait: false,
            is_large: false,
            is_quick: false,
        }
    }

    /// Creates a row for a wait, whose last read begins at three quarters of its short deadline.
    pub(crate) fn of_wait(name: &str, fault: Fault) -> Self {
        Self { is_wait: true, ..Self::new(format!("wait: {name}"), fault) }.with_short_deadline()
    }

    /// Creates a row for a safe edit.
    pub(crate) fn of_edit(name: &str, edit: EditStage) -> Self {
        Self::on_stage(format!("edit: {name}"), Stage::Edit(edit))
    }

    /// Reads the flow back in any case.
    pub(crate) fn verified(mut self) -> Self {
        if let Stage::Edit(edit) = &mut self.stage {
            edit.verify = true;
        }
        self
    }

    /// Plays the fault by a `keyId`.
    pub(crate) fn by_key(self, key: i64) -> Self {
        self.change_played(|played| played.key = Some(key))
    }

    /// Plays the fault on the first request only.
    pub(crate) fn only_once(self) -> Self {
        self.change_played(|played| played.once = true)
    }

    /// Uses a connection that carried a call before.
    pub(crate) fn on_reused_connection(self) -> Self {
        self.change_played(|played| played.reused = true)
    }

    /// Makes this number of calls at the same time, each of which reaches the server once.
    pub(crate) fn calls_at_once(mut self, count: usize) -> Self {
        self.at_once = count;
        self.both_succeed(count)
    }

    /// Uploads this number of bytes with an update.
    pub(crate) fn with_upload(mut self, bytes: usize) -> Self {
        self.upload = bytes;
        self
    }

    /// Aborts the call, in the only language where that is reported.
    pub(crate) fn aborted_in(mut self, language: &'static str) -> Self {
        self.aborted_in = Some(language);
        self
    }

    /// Returns whether the row is played in a language.
    pub(crate) fn is_played_in(&self, language: &str) -> bool {
        self.aborted_in.is_none_or(|only| only == language)
    }

    /// Uses TLS.
    pub(crate) fn over_tls(self) -> Self {
        self.change_played(|played| played.over_tls = true)
    }

    fn change_played(mut self, change: impl FnOnce(&mut PlayedFault)) -> Self {
        if let Stage::Requests(played) = &mut self.stage {
            change(played);
        }
        self
    }

    /// Expects this error of a query after this number of requests.
    pub(crate) fn query_fails(mut self, class: &'static str, attempts: usize) -> Self {
        self.query = Expectation { outcome: ExpectedOutcome::Error(class), attempts };
        self
    }

    /// Expects this error of an update after this number of requests.
    pub(crate) fn update_fails(mut self, class: &'static str, attempts: usize) -> Self {
        self.update = Expectation { outcome: ExpectedOutcome::Error(class), attempts };
        self
    }

    /// Expects success of an update with the last of these requests.
    pub(crate) fn update_succeeds(mut self, attempts: usize) -> Self {
        self.update = Expectation { outcome: ExpectedOutcome::Success, attempts };
        self
    }

    /// Expects this error of both operations.
    pub(crate) fn both_fail(self, class: &'static str, attempts: usize) -> Self {
        self.query_fails(class, attempts).update_fails(class, attempts)
    }

    /// Expects success of a query with the last of these requests.
    pub(crate) fn query_succeeds(mut self, attempts: usize) -> Self {
        self.query = Expectation { outcome: ExpectedOutcome::Success, attempts };
        self
    }

    /// Expects success of both operations.
    pub(crate) fn both_succeed(self, attempts: usize) -> Self {
        self.update_succeeds(attempts).query_succeeds(attempts)
    }

    /// Expects success of a query whose flow has no values.
    pub(crate) fn query_is_empty(mut self) -> Self {
        self.query.outcome = ExpectedOutcome::Empty;
        self
    }

    /// Expects success of an update that the sandbox did not apply.
    pub(crate) fn update_is_empty(mut self) -> Self {
        self.update.outcome = ExpectedOutcome::Empty;
        self
    }

    /// Uses a short deadline, for calls that end by it.
    pub(crate) fn with_short_deadline(mut self) -> Self {
        self.timeout = SHORT;
        self
    }

    /// Plays the row in a separate process.
    pub(crate) fn in_own_process(mut self) -> Self {
        self.is_large = true;
        self
    }

    /// Marks the row for `cargo xtask test`.
    pub(crate) fn in_quick_run(mut self) -> Self {
        self.is_quick = true;
        self
    }

    /// Returns the expected outcome of an operation.
    pub(crate) fn expected(&self, operation: CallKind) -> Expectation {
        match operation {
            CallKind::Query | CallKind::Wait => self.query,
            CallKind::Update | CallKind::Edit => self.update,
        }
    }

    /// Returns the operations for which the row is played.
    pub(crate) fn operations(&self) -> &'static [CallKind] {
        match self.stage {
            Stage::Edit(_) => &[CallKind::Edit],
            _ if self.is_wait => &[CallKind::Wait],
            _ => &[CallKind::Query, CallKind::Update],
        }
    }

    /// Returns the time in which an operation must end. Each of the three calls of an edit has its own timeout.
    pub(crate) fn time_limit(&self) -> Duration {
        if matches!(self.stage, Stage::Edit(_)) { self.timeout * 3 } else { self.timeout }
    }

    /// Returns the `keyId` of the call.
    pub(crate) fn key_id(&self) -> i64 {
        match &self.stage {
            Stage::Requests(PlayedFault { key: Some(key), once: false, .. }) => *key,
            _ => PLAIN_KEY,
        }
    }

    /// Returns whether the stage needs a process of its own: with environment variables, or of another user.
    pub(crate) fn needs_process(&self) -> bool {
        matches!(self.stage, Stage::BlanksAroundProxy | Stage::UnusedProxy | Stage::NoThread)
    }

    /// Returns whether the call ends by its deadline.
    pub(crate) fn is_waiting(&self) -> bool {
        self.timeout == SHORT
    }
}
