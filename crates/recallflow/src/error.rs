//! The error tree of the library.

mod display;
mod json;
pub(crate) mod kind;
pub(crate) mod wait;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use self::kind::ErrorKind;
use self::wait::{WaitError, WaitReason};
use crate::edit::diff::Change;
use crate::generated::enums::RecallStatus;
use crate::pages::drift::Drift;
use crate::raw::ErrorResponse;
use crate::request::violation::Violation;

/// Maximum number of characters of the service's text in a message.
pub(crate) const EXCERPT_CHARS: usize = 512;

/// An error of this library.
///
/// The same tree exists in Python and Node. [`Error::kind`] returns the most specific kind. The message names the operation,
/// the cause, the number of attempts and what to try next:
///
/// ```no_run
/// # async fn run(client: recallflow::Client, update: recallflow::UpdateRecallFlow) {
/// use recallflow::{Error, ErrorKind};
///
/// match client.update_recall_flow(&update).await {
///     Ok(()) => {}
///     Err(Error::InvalidRequest(error)) => error.violations.iter().for_each(|violation| eprintln!("{violation}")),
///     Err(Error::OutcomeUnknown(error)) => eprintln!("read the flow before you repeat the update: {error}"),
///     Err(error) if error.kind() == ErrorKind::RateLimited => eprintln!("wait {:?}", error.retry_after()),
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
///
/// No variant holds the API secret, a signature or the API key. They are redacted in text that the service sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// An option is invalid or missing.
    Config(Box<ConfigError>),
    /// The request breaks documented rules. Nothing was sent.
    InvalidRequest(Box<InvalidRequestError>),
    /// A list changed while a strict iteration read it.
    Incomplete(Box<IncompleteError>),
    /// A flow cannot be edited, because it is not pending or was changed in the meantime. Nothing was sent.
    Conflict(Box<ConflictError>),
    /// The service returned a code other than 0, or HTTP 429.
    Api(Box<ApiError>),
    /// There was no response.
    Transport(Box<TransportError>),
    /// The response is not one of this service, is incomplete, or lacks the requested data.
    Protocol(Box<ProtocolError>),
    /// An update may or may not have been applied.
    OutcomeUnknown(Box<OutcomeUnknownError>),
    /// A wait ended before the state was reached.
    Wait(Box<WaitError>),
}

/// The call that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// Name of the operation, such as `update_recall_flow`, or the path of another endpoint, such as `/voice/balance`.
    /// Empty if the error precedes the call.
    pub operation: Cow<'static, str>,
    /// Number of attempts, including those that failed before the request was sent.
    pub attempts: u32,
    /// Whether the same call may succeed later. See [`Error::is_retryable`].
    pub(crate) may_succeed_later: bool,
    /// Whether a retry was withheld because the client's retry budget was used up.
    pub retry_withheld: bool,
    /// The last response. See [`Error::response`].
    pub(crate) response: Option<Arc<ErrorResponse>>,
}

/// An option is invalid or missing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConfigError {
    /// Names the option, the problem and the remedy.
    pub message: String,
}

/// The request breaks documented rules. Nothing was sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InvalidRequestError {
    /// Every broken rule.
    pub violations: Vec<Violation>,
    /// The call that failed.
    pub call: Call,
}

/// A list changed while a strict iteration read it, so items may be missing. See [`Pages::strict`](crate::Pages::strict).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IncompleteError {
    /// How the list changed.
    pub drift: Drift,
    /// The call that failed.
    pub call: Call,
}

/// A flow cannot be edited, because it is not pending or was changed in the meantime. Nothing was sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConflictError {
    /// The status of the flow, if the service returned one.
    pub status: Option<RecallStatus>,
    /// The differences between the flow that the edit began with and the flow of now. Empty if the flow is not pending.
    pub changes: Vec<Change>,
    /// The call that failed.
    pub call: Call,
}

/// The service returned a code other than 0, or HTTP 429.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiError {
    /// The kind, one of those of status codes.
    pub kind: ErrorKind,
    /// The status code of the service. `None` if the response was HTTP 429 without one.
    pub code: Option<i64>,
    /// The message of the service, redacted and at most 512 characters long.
    pub message: String,
    /// The meaning of the code in the vendor's documents.
    pub meaning: Option<&'static str>,
    /// HTTP status of the response.
    pub http_status: u16,
    /// Wait that the service asks for.
    pub retry_after: Option<Duration>,
    /// What to try next.
    pub remedy: Option<String>,
    /// The call that failed.
    pub call: Call,
}

/// There was no response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransportError {
    /// How far the last attempt came.
    pub phase: Phase,
    /// Whether the attempt timed out. The kind is then [`ErrorKind::Timeout`].
    pub timed_out: bool,
    /// The base URL that the request was for. Empty if the call could not start.
    pub base_url: String,
    /// The cause, such as `timed out`.
    pub message: String,
    /// What to try next.
    pub remedy: Option<String>,
    /// The call that failed.
    pub call: Call,
}

/// The response is not one of this service, is incomplete, or lacks the requested data: a web page, a redirect, a truncated
/// or too large body, a success without data.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProtocolError {
    /// HTTP status of the response. `None` if the response was not HTTP.
    pub http_status: Option<u16>,
    /// Whether the service or a gateway reported that it is unavailable. The kind is then [`ErrorKind::Unavailable`].
    pub unavailable: bool,
    /// The problem with the response.
    pub message: String,
    /// The beginning of the body, redacted and at most 512 characters long.
    pub excerpt: String,
    /// Wait that the response asks for.
    pub retry_after: Option<Duration>,
    /// What to try next.
    pub remedy: Option<String>,
    /// The call that failed.
    pub call: Call,
}

/// An update may or may not have been applied.
///
/// Read the flow before you repeat the update.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OutcomeUnknownError {
    /// The error of the last attempt.
    pub cause: Error,
}

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Resolving the host name.
    Resolve,
    /// Connecting to the service or a proxy.
    Connect,
    /// TLS handshake.
    Tls,
    /// Sending the request.
    Request,
    /// Waiting for the response.
    Response,
    /// Reading the body of the response.
    Body,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: &'static [Phase] =
        &[Phase::Resolve, Phase::Connect, Phase::Tls, Phase::Request, Phase::Response, Phase::Body];

    /// Returns the name that every language uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Phase::Resolve => "resolve",
            Phase::Connect => "connect",
            Phase::Tls => "tls",
            Phase::Request => "request",
            Phase::Response => "response",
            Phase::Body => "body",
        }
    }
}

impl Error {
    /// Creates an error about an option or the use of the library.
    #[doc(hidden)]
    pub fn config(message: impl Into<String>) -> Self {
        Error::Config(Box::new(ConfigError { message: message.into() }))
    }

    pub(crate) fn invalid_request(violations: Vec<Violation>) -> Self {
        Error::InvalidRequest(Box::new(InvalidRequestError { violations, call: Call::default() }))
    }

    /// Creates the error for a list that changed while it was being read.
    pub(crate) fn incomplete(operation: &'static str, drift: Drift) -> Self {
        let call = Call { operation: operation.into(), may_succeed_later: true, ..Call::default() };
        Error::Incomplete(Box::new(IncompleteError { drift, call }))
    }

    pub(crate) fn conflict(status: Option<RecallStatus>, changes: Vec<Change>) -> Self {
        Error::Conflict(Box::new(ConflictError { status, changes, call: Call::default() }))
    }

    /// Creates the error for a wait that did not reach its state.
    pub(crate) fn wait(operation: &'static str, reason: WaitReason, message: String) -> Self {
        let may_succeed_later = reason == WaitReason::Timeout;
        let call = Call { operation: operation.into(), may_succeed_later, ..Call::default() };
        Error::Wait(Box::new(WaitError { reason, message, last: None, cause: None, call }))
    }

    /// Creates the error for a request that could not be read from JSON.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    #[must_use]
    pub fn from_violations(violations: Vec<Violation>) -> Self {
        Error::invalid_request(violations)
    }

    /// Returns the kind, which is the same in every language.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Config(_) => ErrorKind::Config,
            Error::InvalidRequest(_) => ErrorKind::InvalidRequest,
            Error::Conflict(_) => ErrorKind::Conflict,
            Error::Incomplete(_) => ErrorKind::Incomplete,
            Error::Api(error) => error.kind,
            Error::Transport(error) if error.timed_out => ErrorKind::Timeout,
            Error::Transport(_) => ErrorKind::Transport,
            Error::Protocol(error) if error.unavailable => ErrorKind::Unavailable,
            Error::Protocol(_) => ErrorKind::Protocol,
            Error::OutcomeUnknown(_) => ErrorKind::OutcomeUnknown,
            Error::Wait(_) => ErrorKind::Wait,
        }
    }

    /// Returns the call that failed.
    #[must_use]
    pub fn call(&self) -> Call {
        self.failed_call().cloned().unwrap_or_default()
    }

    fn failed_call(&self) -> Option<&Call> {
        match self {
            Error::Config(_) => None,
            Error::InvalidRequest(error) => Some(&error.call),
            Error::Conflict(error) => Some(&error.call),
            Error::Incomplete(error) => Some(&error.call),
            Error::Api(error) => Some(&error.call),
            Error::Transport(error) => Some(&error.call),
            Error::Protocol(error) => Some(&error.call),
            Error::OutcomeUnknown(error) => error.cause.failed_call(),
            Error::Wait(error) => Some(&error.call),
        }
    }

    /// Returns the response of the last attempt, with redacted headers and body. `None` if there was no whole response.
    ///
    /// ```no_run
    /// # async fn run(client: recallflow::Client) {
    /// if let Err(error) = client.query_recall_flow_detail(299).await
    ///     && let Some(response) = error.response()
    /// {
    ///     eprintln!("HTTP {}, {:?}: {}", response.http_status, response.headers.get("server"), response.body);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn response(&self) -> Option<&ErrorResponse> {
        self.failed_call().and_then(|call| call.response.as_deref())
    }

    /// Returns the same error with the call it belongs to.
    pub(crate) fn in_call(self, operation: impl Into<Cow<'static, str>>, attempts: u32) -> Self {
        let response = self.call().response;
        self.with_call(Call { operation: operation.into(), attempts, response, ..Call::default() })
    }

    pub(crate) fn with_response(self, response: ErrorResponse) -> Self {
        let call = self.call();
        self.with_call(Call { response: Some(Arc::new(response)), ..call })
    }

    pub(crate) fn with_call(mut self, call: Call) -> Self {
        self.set_call(call);
        self
    }

    fn set_call(&mut self, call: Call) {
        match self {
            Error::Config(_) => {}
            Error::InvalidRequest(error) => error.call = call,
            Error::Conflict(error) => error.call = call,
            Error::Incomplete(error) => error.call = call,
            Error::Api(error) => error.call = call,
            Error::Transport(error) => error.call = call,
            Error::Protocol(error) => error.call = call,
            Error::OutcomeUnknown(error) => error.cause.set_call(call),
            Error::Wait(error) => error.call = call,
        }
    }

    pub(crate) fn forget_remedy(&mut self) {
        match self {
            Error::Config(_)
            | Error::InvalidRequest(_)
            | Error::Conflict(_)
            | Error::Incomplete(_)
            | Error::OutcomeUnknown(_)
            | Error::Wait(_) => {}
            Error::Api(error) => error.remedy = None,
            Error::Transport(error) => error.remedy = None,
            Error::Protocol(error) => error.remedy = None,
        }
    }

    /// Returns every violation of an invalid request; empty for other errors.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        if let Error::InvalidRequest(error) = self { &error.violations } else { &[] }
    }

    /// Returns how a list changed while a strict iteration read it.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        if let Error::Incomplete(error) = self { Some(error.drift) } else { None }
    }

    /// Returns whether the same call may succeed later without a change of the request, the options or the account.
    ///
    /// False if the outcome of an update is unknown, because repeating it could apply it twice.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.outcome_is_known() && self.call().may_succeed_later
    }

    /// Returns whether the last attempt ended because of a time limit. Also true if the outcome of an update is unknown for
    /// that reason.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match self {
            Error::Transport(error) => error.timed_out,
            Error::OutcomeUnknown(error) => error.cause.is_timeout(),
            _ => false,
        }
    }

    /// Returns whether it is certain that the request changed nothing. False only for [`Error::OutcomeUnknown`].
    #[must_use]
    pub fn outcome_is_known(&self) -> bool {
        !matches!(self, Error::OutcomeUnknown(_))
    }

    /// Returns the status code of the service, if there is one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        match self {
            Error::Api(error) => error.code,
            Error::OutcomeUnknown(error) => error.cause.code(),
            _ => None,
        }
    }

    /// Returns the HTTP status of the response, if there was one.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        match self {
            Error::Api(error) => Some(error.http_status),
            Error::Protocol(error) => error.http_status,
            Error::OutcomeUnknown(error) => error.cause.http_status(),
            _ => None,
        }
    }

    /// Returns how far the last attempt came, if there was no response.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        match self {
            Error::Transport(error) => Some(error.phase),
            Error::OutcomeUnknown(error) => error.cause.phase(),
            _ => None,
        }
    }

    /// Returns the wait that the service asks for before the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Api(error) => error.retry_after,
            Error::Protocol(error) => error.retry_after,
            Error::OutcomeUnknown(error) => error.cause.retry_after(),
            _ => None,
        }
    }

    /// Returns what to try next.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        match self {
            Error::Config(_) => None,
            Error::InvalidRequest(_) => Some("correct the request; nothing was sent"),
            Error::Conflict(error) if error.changes.is_empty() => Some("edit a pending flow; nothing was sent"),
            Error::Conflict(_) => Some("begin another edit of the flow; nothing was sent"),
            Error::Incomplete(_) => Some("read the list again"),
            Error::Api(error) => error.remedy.as_deref(),
            Error::Transport(error) => error.remedy.as_deref(),
            Error::Protocol(error) => error.remedy.as_deref(),
            Error::OutcomeUnknown(_) => Some("read the current state before you repeat the update"),
            Error::Wait(error) => match error.reason {
                WaitReason::Timeout => Some("wait again with a longer timeout"),
                WaitReason::Unreachable => None,
            },
        }
    }
}
