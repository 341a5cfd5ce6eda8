//! Why an attempt brought no usable response, and how far it came.

use std::error::Error;
use std::io;
use std::iter::successors;

use super::body::WriteProgress;
use super::resolver::{Resolver, Unresolved};
use crate::error::Phase;
use crate::tls;

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
    /// The cause. Contains no URL, header or part of a body.
    pub(crate) message: String,
}

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The network or the system failed.
    Network,
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

impl TransportFailure {
    /// Creates the failure of an attempt that could not start.
    pub(super) fn unsent(message: String) -> Self {
        Self::without_head(FailureKind::Network, Phase::Connect, WriteProgress::default(), message)
    }

    pub(super) fn too_late() -> Self {
        let message = "no time was left to send the request".to_owned();
        Self::without_head(FailureKind::Timeout, Phase::Connect, WriteProgress::default(), message)
    }

    pub(super) fn timed_out_without_answer(progress: WriteProgress, resolver: &Resolver) -> Self {
        let phase = phase_of_timeout(progress, resolver);
        Self::without_head(FailureKind::Timeout, phase, progress, TIMED_OUT.to_owned())
    }

    /// Describes an error of reqwest before the head of the response arrived.
    pub(super) fn without_answer(
        error: &reqwest::Error,
        progress: WriteProgress,
        resolver: &Resolver,
        is_https: bool,
    ) -> Self {
        if error.is_timeout() {
            return Self::timed_out_without_answer(progress, resolver);
        }
        if error.is_connect() {
            let (phase, message) = describe_connect(error, is_https);
            return Self::without_head(FailureKind::Network, phase, progress, message);
        }
        let phase = match progress {
            WriteProgress { begun: false, .. } => Phase::Connect,
            WriteProgress { handed_over: false, .. } => Phase::Request,
            WriteProgress { .. } => Phase::Response,
        };
        let http = find_cause::<hyper::Error>(error);
        if let Some(http) = http.filter(|http| http.is_parse()) {
            let message = format!("expected HTTP, got something else ({http})");
            return Self::without_head(FailureKind::Malformed, Phase::Response, progress, message);
        }
        let message = match io_error(error) {
            Some(io) => format!("connection lost ({io})"),
            None if progress.begun => "the server closed the connection".to_owned(),
            None => "the server closed the connection before the request was sent".to_owned(),
        };
        Self::without_head(FailureKind::Network, phase, progress, message)
    }

    pub(super) fn timed_out_within_body() -> Self {
        Self::in_body(FailureKind::Timeout, TIMED_OUT.to_owned())
    }

    /// Describes an error of reqwest after the head of the response arrived.
    pub(super) fn within_body(error: &reqwest::Error) -> Self {
        let io = io_error(error);
        let is_truncated = find_cause::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message);
        match io.map(io::Error::kind) {
            Some(io::ErrorKind::UnexpectedEof) => Self::truncated(),
            _ if is_truncated => Self::truncated(),
            // hyper reports a malformed chunk like this.
            Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
                Self::in_body(FailureKind::Truncated, "the body has a malformed chunk".to_owned())
            }
            _ => {
                let problem = io.map_or_else(|| root_cause(error).to_string(), io::Error::to_string);
                Self::in_body(FailureKind::Network, format!("connection lost ({problem})"))
            }
        }
    }

    /// Creates the failure of an update whose response came before the whole request was sent: the service cannot have
    /// applied what it had not read.
    pub(crate) fn too_early(status: u16) -> Self {
        let message = "the response came before the whole request was sent".to_owned();
        Self::in_body(FailureKind::Malformed, message).of_answer(status)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("the body exceeds {limit} bytes");
        Self::in_body(FailureKind::TooLarge { limit }, message)
    }

    /// Creates the failure of a response with more JSON values than its memory limit allows.
    pub(crate) fn too_many_values(most: usize, status: u16) -> Self {
        let message = format!("the body holds more than {most} JSON values");
        Self::in_body(FailureKind::TooLarge { limit: most }, message).of_answer(status)
    }

    /// Returns the same failure with the HTTP status of the response.
    pub(super) fn of_answer(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    fn truncated() -> Self {
        Self::in_body(FailureKind::Truncated, "the connection closed before the whole body arrived".to_owned())
    }

    fn without_head(kind: FailureKind, phase: Phase, progress: WriteProgress, message: String) -> Self {
        Self { kind, phase, sent: progress.begun, reused: progress.reused, status: None, message }
    }

    /// Creates a failure after the head arrived. Such a connection was not stale, hence not `reused`.
    fn in_body(kind: FailureKind, message: String) -> Self {
        Self { kind, phase: Phase::Body, sent: true, reused: false, status: None, message }
    }
}

fn phase_of_timeout(progress: WriteProgress, resolver: &Resolver) -> Phase {
    match progress {
        WriteProgress { begun: false, .. } if resolver.is_waiting() => Phase::Resolve,
        WriteProgress { begun: false, .. } => Phase::Connect,
        WriteProgress { handed_over: false, .. } => Phase::Request,
        WriteProgress { .. } => Phase::Response,
    }
}

fn describe_connect(error: &reqwest::Error, is_https: bool) -> (Phase, String) {
    if let Some(unresolved) = find_cause::<Unresolved>(error) {
        return (Phase::Resolve, unresolved.to_string());
    }
    if let Some(problem) = find_cause::<rustls::Error>(error) {
        return (Phase::Tls, tls::describe(problem));
    }
    let root = root_cause(error).to_string();
    // The TCP and proxy connectors wrap their errors; the TLS connector does not.
    let is_bare = error_chain(error).nth(2).is_some_and(<dyn Error>::is::<io::Error>);
    if is_https && is_bare {
        return (Phase::Tls, format!("connection closed ({root})"));
    }
    (Phase::Connect, root)
}

/// Returns an error and its sources, from the outermost to the root cause.
fn error_chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| {
        // `io::Error::source` skips the error that it wraps.
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn find_cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    error_chain(error).find_map(<dyn Error>::downcast_ref)
}

/// Returns the innermost I/O error, which names the cause.
fn io_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    error_chain(error).filter_map(<dyn Error>::downcast_ref).last()
}

fn root_cause<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    error_chain(error).last().unwrap_or(error)
}
