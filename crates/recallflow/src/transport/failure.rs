//! Why there is no answer, and how far the attempt came.

use std::error::Error;
use std::io;
use std::iter::successors;

use super::body::Progress;
use super::resolver::{Resolver, Unresolved};
use crate::error::Phase;
use crate::tls;

/// An attempt that brought no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) phase: Phase,
    /// Whether bytes of the request may have left. Never false when they have.
    pub(crate) sent: bool,
    /// Whether the request went over a connection that had been used before.
    pub(crate) reused: bool,
    /// Of the answer, if its head arrived.
    pub(crate) status: Option<u16>,
    /// Holds no URL, header or part of a body.
    pub(crate) message: String,
}

/// What an attempt failed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The network, or the lack of it.
    Network,
    /// Its deadline, or that of its connection.
    Timeout,
    /// The body of the answer ended before its end.
    Truncated,
    /// The answer is not HTTP.
    Malformed,
    /// The body of the answer is larger than allowed.
    TooLarge {
        /// The most that is allowed, in bytes.
        limit: usize,
    },
}

const TIMED_OUT: &str = "timed out";

impl Failure {
    /// Nothing was tried.
    pub(super) fn unsent(message: String) -> Self {
        Self::without_head(FailureKind::Network, Phase::Connect, Progress::default(), message)
    }

    pub(super) fn too_late() -> Self {
        let message = "no time was left to send the request".to_owned();
        Self::without_head(FailureKind::Timeout, Phase::Connect, Progress::default(), message)
    }

    pub(super) fn timed_out_without_answer(progress: Progress, resolver: &Resolver) -> Self {
        let phase = phase_of_timeout(progress, resolver);
        Self::without_head(FailureKind::Timeout, phase, progress, TIMED_OUT.to_owned())
    }

    /// The HTTP library failed before the head of the answer was there.
    pub(super) fn without_answer(
        error: &reqwest::Error,
        progress: Progress,
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
            Progress { begun: false, .. } => Phase::Connect,
            Progress { handed_over: false, .. } => Phase::Request,
            Progress { .. } => Phase::Response,
        };
        let http = find::<hyper::Error>(error);
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
        Self::within(FailureKind::Timeout, TIMED_OUT.to_owned())
    }

    /// The HTTP library failed after the head of the answer was there.
    pub(super) fn within_body(error: &reqwest::Error) -> Self {
        let io = io_error(error);
        let is_truncated = find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message);
        match io.map(io::Error::kind) {
            Some(io::ErrorKind::UnexpectedEof) => Self::truncated(),
            _ if is_truncated => Self::truncated(),
            // This is what the HTTP library says of a broken chunk.
            Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
                Self::within(FailureKind::Truncated, "the body has a malformed chunk".to_owned())
            }
            _ => {
                let problem = io.map_or_else(|| root(error).to_string(), io::Error::to_string);
                Self::within(FailureKind::Network, format!("connection lost ({problem})"))
            }
        }
    }

    /// The service cannot have carried out what it had not read.
    pub(crate) fn too_early(status: u16) -> Self {
        let message = "the response came before the whole request was sent".to_owned();
        Self::within(FailureKind::Malformed, message).of_answer(status)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("the body exceeds {limit} bytes");
        Self::within(FailureKind::TooLarge { limit }, message)
    }

    /// The body may be as large as it is, but holds more values than reading it should take memory for.
    pub(crate) fn too_many_values(most: usize, status: u16) -> Self {
        let message = format!("the body holds more than {most} JSON values");
        Self::within(FailureKind::TooLarge { limit: most }, message).of_answer(status)
    }

    /// Adds the status of the answer within which the attempt failed.
    pub(super) fn of_answer(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    fn truncated() -> Self {
        Self::within(FailureKind::Truncated, "the connection closed before the whole body arrived".to_owned())
    }

    fn without_head(kind: FailureKind, phase: Phase, progress: Progress, message: String) -> Self {
        Self { kind, phase, sent: progress.begun, reused: progress.reused, status: None, message }
    }

    /// A connection that has brought a head is not one that was dead all along, hence not `reused`.
    fn within(kind: FailureKind, message: String) -> Self {
        Self { kind, phase: Phase::Body, sent: true, reused: false, status: None, message }
    }
}

fn phase_of_timeout(progress: Progress, resolver: &Resolver) -> Phase {
    match progress {
        Progress { begun: false, .. } if resolver.is_waiting() => Phase::Resolve,
        Progress { begun: false, .. } => Phase::Connect,
        Progress { handed_over: false, .. } => Phase::Request,
        Progress { .. } => Phase::Response,
    }
}

fn describe_connect(error: &reqwest::Error, is_https: bool) -> (Phase, String) {
    if let Some(unresolved) = find::<Unresolved>(error) {
        return (Phase::Resolve, unresolved.to_string());
    }
    if let Some(problem) = find::<rustls::Error>(error) {
        return (Phase::Tls, tls::describe(problem));
    }
    let root = root(error).to_string();
    // TCP wraps its errors, proxies theirs, and TLS none.
    let is_bare = causes(error).nth(2).is_some_and(<dyn Error>::is::<io::Error>);
    if is_https && is_bare {
        return (Phase::Tls, format!("connection closed ({root})"));
    }
    (Phase::Connect, root)
}

/// An error and everything that caused it, from the outermost to the root.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| {
        // The source of an I/O error that wraps another is the source of that one, which skips it.
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(<dyn Error>::downcast_ref)
}

/// The innermost I/O error, which is the one that says what happened.
fn io_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    causes(error).filter_map(<dyn Error>::downcast_ref).last()
}

fn root<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    causes(error).last().unwrap_or(error)
}
