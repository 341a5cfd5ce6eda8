//! Why an attempt brought no usable response, and how far it came.

use std::io;

use super::body::WriteProgress;
use crate::error::Phase;

/// A failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TransportFailure {
    pub(crate) kind: FailureKind,
    pub(crate) phase: Phase,
    /// Whether bytes of the request may have been written. Never false if some were.
    pub(crate) sent: bool,
    /// Whether the connection had carried a request before.
    pub(crate) reused: bool,
    /// HTTP status, if the head of the response arrived.
    pub(crate) status: Option<u16>,
    /// The cause. Contains no password, header or part of a body.
    pub(crate) message: String,
    /// What to try next, if the cause has a remedy of its own.
    pub(crate) remedy: Option<&'static str>,
}

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The network failed.
    Network,
    /// The same failure would follow at every attempt, such as one to verify a certificate.
    Permanent,
    /// The local system refused a thread, a descriptor or memory.
    System,
    /// The caller's runtime is unsuitable.
    Misuse,
    /// The deadline of the attempt, or of its connection, passed.
    Timeout,
    /// The body of the response is incomplete.
    Truncated,
    /// The response is not valid HTTP.
    Malformed,
    /// The body of the response exceeds a limit.
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

const TIMED_OUT: &str = "timed out";

/// The reason why there is no connection.
#[derive(Clone, Debug)]
pub(super) struct ConnectFault {
    pub(super) phase: Phase,
    pub(super) kind: FailureKind,
    pub(super) message: String,
    pub(super) remedy: Option<&'static str>,
}

impl TransportFailure {
    /// Creates the failure of an attempt that could not start.
    pub(super) fn unsent(message: String) -> Self {
        Self::without_head(FailureKind::Network, Phase::Connect, WriteProgress::default(), message)
    }

    /// Creates the failure of a runtime that cannot carry out calls.
    pub(super) fn misconfigured(message: &str) -> Self {
        Self::without_head(FailureKind::Misuse, Phase::Connect, WriteProgress::default(), message.to_owned())
    }

    /// Creates the failure of an attempt for which the local system refused a resource.
    pub(crate) fn refused_by_system(error: &io::Error) -> Self {
        Self::before_writing(refused_by_system(Phase::Connect, error))
    }

    /// Creates the failure of a call whose time passed before one of this many connections became free.
    pub(crate) fn no_free_connection(max_connections: usize) -> Self {
        Self::before_writing(ConnectFault {
            phase: Phase::Connect,
            kind: FailureKind::Timeout,
            message: format!("timed out, because all {max_connections} connections were in use"),
            remedy: Some("raise `max_connections` or `timeout`, or make fewer calls at the same time"),
        })
    }

    /// Creates the failure of a call whose time ends before the rate limit lets it send a request.
    pub(crate) fn no_turn_in_time() -> Self {
        Self::before_writing(ConnectFault {
            phase: Phase::Connect,
            kind: FailureKind::Timeout,
            message: "timed out, because `max_requests_per_second` allows the next request too late".to_owned(),
            remedy: Some("raise `max_requests_per_second` or `timeout`, or make fewer calls at the same time"),
        })
    }

    /// Creates the failure of an attempt that has no connection.
    pub(super) fn before_writing(fault: ConnectFault) -> Self {
        let ConnectFault { phase, kind, message, remedy } = fault;
        Self { remedy, ..Self::without_head(kind, phase, WriteProgress::default(), message) }
    }

    pub(super) fn too_late() -> Self {
        let message = "no time was left to send the request".to_owned();
        Self::without_head(FailureKind::Timeout, Phase::Connect, WriteProgress::default(), message)
    }

    /// Creates the failure of an attempt whose time passed before the head of a response arrived.
    pub(super) fn timed_out_without_response(progress: WriteProgress, is_resolving: bool) -> Self {
        let phase = phase_of_timeout(progress, is_resolving);
        Self::without_head(FailureKind::Timeout, phase, progress, TIMED_OUT.to_owned())
    }

    pub(super) fn timed_out_within_body() -> Self {
        Self::in_body(FailureKind::Timeout, TIMED_OUT.to_owned())
    }

    /// Creates the failure of an update whose response came before the whole request was sent: the service cannot have
    /// applied what it had not read.
    pub(crate) fn too_early(status: u16) -> Self {
        let message = "the response came before the whole request was sent".to_owned();
        Self::in_body(FailureKind::Malformed, message).with_status(status)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("the body exceeds {limit} bytes");
        Self::in_body(FailureKind::TooLarge { limit }, message)
    }

    /// Creates the failure of a response with more JSON values than its memory limit allows.
    pub(crate) fn too_many_values(max_values: usize, status: u16) -> Self {
        let message = format!("the body holds more than {max_values} JSON values");
        Self::in_body(FailureKind::TooLarge { limit: max_values }, message).with_status(status)
    }

    /// Returns the same failure with the HTTP status of the response.
    pub(super) fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    pub(super) fn truncated() -> Self {
        Self::in_body(FailureKind::Truncated, "the connection closed before the whole body arrived".to_owned())
    }

    pub(super) fn without_head(kind: FailureKind, phase: Phase, progress: WriteProgress, message: String) -> Self {
        Self { kind, phase, sent: progress.begun, reused: progress.reused, status: None, message, remedy: None }
    }

    /// Creates a failure after the head arrived. Such a connection was not stale, hence not `reused`.
    pub(super) fn in_body(kind: FailureKind, message: String) -> Self {
        Self { kind, phase: Phase::Body, sent: true, reused: false, status: None, message, remedy: None }
    }
}

fn phase_of_timeout(progress: WriteProgress, is_resolving: bool) -> Phase {
    match progress {
        WriteProgress { begun: false, .. } if is_resolving => Phase::Resolve,
        WriteProgress { begun: false, .. } => Phase::Connect,
        WriteProgress { handed_over: false, .. } => Phase::Request,
        WriteProgress { .. } => Phase::Response,
    }
}

/// Returns whether the local system refused a thread, a descriptor or memory.
pub(crate) fn is_refused_by_system(error: &io::Error) -> bool {
    // The numbers of EAGAIN, ENOMEM, ENFILE, EMFILE and ENOBUFS on Linux and macOS; those of Windows are WSAEMFILE,
    // WSAENOBUFS, ERROR_NOT_ENOUGH_MEMORY and ERROR_TOO_MANY_OPEN_FILES.
    let numbers: &[i32] = if cfg!(windows) {
        &[10024, 10055, 8, 4]
    } else if cfg!(target_os = "linux") {
        &[11, 12, 23, 24, 105]
    } else {
        &[35, 12, 23, 24, 55]
    };
    error.raw_os_error().is_some_and(|number| numbers.contains(&number)) || error.kind() == io::ErrorKind::OutOfMemory
}

/// Describes a refusal by the local system.
pub(super) fn refused_by_system(phase: Phase, error: &io::Error) -> ConnectFault {
    ConnectFault {
        phase,
        kind: FailureKind::System,
        message: format!("the system refused a resource: {error}"),
        remedy: Some(
            "close files or threads, raise the limits of the process (`ulimit -n`, `ulimit -u`), or lower `max_connections`",
        ),
    }
}
