//! Everything that can go wrong, as one tree.

use std::fmt::{self, Display as _};
use std::time::Duration;

use crate::request::violation::Violation;

/// Most characters of the service's own text that a message carries.
pub(crate) const EXCERPT_CHARS: usize = 512;

/// Everything that can go wrong.
///
/// The same tree exists in every language of this library; [`Error::kind`] tells the class, the leaves included. The
/// text of an error tells the operation, what happened, and where known what to try next:
///
/// ```no_run
/// # async fn run(client: recallflow::Client, update: recallflow::UpdateRecallFlow) {
/// use recallflow::{Error, ErrorKind};
///
/// match client.update_recall_flow(&update).await {
///     Ok(()) => {}
///     Err(Error::InvalidRequest(error)) => error.violations.iter().for_each(|violation| eprintln!("{violation}")),
///     Err(Error::OutcomeUnknown(error)) => eprintln!("read the flow before repeating the update: {error}"),
///     Err(error) if error.kind() == ErrorKind::RateLimited => eprintln!("wait {:?}", error.retry_after()),
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
///
/// No variant holds the API secret, a signature or the API key: they are removed from whatever the service sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// An option is wrong or missing.
    Config(Box<ConfigError>),
    /// The request breaks rules; nothing was sent.
    InvalidRequest(Box<InvalidRequestError>),
    /// The service answered with a code other than 0, or with HTTP 429.
    Api(Box<ApiError>),
    /// There was no answer.
    Transport(Box<TransportError>),
    /// There was an answer, but not one of this service.
    Protocol(Box<ProtocolError>),
    /// An update may or may not have been carried out.
    OutcomeUnknown(Box<OutcomeUnknownError>),
}

/// The classes of the tree, the leaves included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option is wrong or missing.
    Config,
    /// The request breaks rules; nothing was sent.
    InvalidRequest,
    /// The service answered with a code that has no class of its own.
    Api,
    /// The service does not accept the API key or the signature.
    Authentication,
    /// The service does not accept requests from this address.
    IpRestricted,
    /// The timestamp of the request is too far from the service's clock.
    TimestampExpired,
    /// Too many requests.
    RateLimited,
    /// The service failed.
    Service,
    /// The service does not accept a parameter.
    Parameter,
    /// There was no answer.
    Transport,
    /// There was no answer in time.
    Timeout,
    /// There was an answer, but not one of this service.
    Protocol,
    /// An update may or may not have been carried out.
    OutcomeUnknown,
}

impl ErrorKind {
    /// Every class, in the order of the documentation.
    pub const ALL: &'static [ErrorKind] = &[
        ErrorKind::Config,
        ErrorKind::InvalidRequest,
        ErrorKind::Api,
        ErrorKind::Authentication,
        ErrorKind::IpRestricted,
        ErrorKind::TimestampExpired,
        ErrorKind::RateLimited,
        ErrorKind::Service,
        ErrorKind::Parameter,
        ErrorKind::Transport,
        ErrorKind::Timeout,
        ErrorKind::Protocol,
        ErrorKind::OutcomeUnknown,
    ];

    /// The name of the class in Python and Node, such as `AuthenticationError`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Config => "ConfigError",
            ErrorKind::InvalidRequest => "InvalidRequestError",
            ErrorKind::Api => "ApiError",
            ErrorKind::Authentication => "AuthenticationError",
            ErrorKind::IpRestricted => "IpRestrictedError",
            ErrorKind::TimestampExpired => "TimestampExpiredError",
            ErrorKind::RateLimited => "RateLimitedError",
            ErrorKind::Service => "ServiceError",
            ErrorKind::Parameter => "ParameterError",
            ErrorKind::Transport => "TransportError",
            ErrorKind::Timeout => "TimeoutError",
            ErrorKind::Protocol => "ProtocolError",
            ErrorKind::OutcomeUnknown => "OutcomeUnknownError",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The call that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// Name of the operation, such as `update_recall_flow`; empty if there was none yet.
    pub operation: &'static str,
    /// How many times the request was sent or tried to be sent.
    pub attempts: u32,
}

/// An option is wrong or missing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConfigError {
    /// Which option, and what to do.
    pub message: String,
}

/// The request breaks rules; nothing was sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InvalidRequestError {
    /// Every broken rule.
    pub violations: Vec<Violation>,
    /// The call that failed.
    pub call: Call,
}

/// The service answered with a code other than 0, or with HTTP 429.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiError {
    /// The class, one of those of status codes.
    pub kind: ErrorKind,
    /// The code; `None` if there was only HTTP 429.
    pub code: Option<i64>,
    /// The service's own words, at most 512 characters.
    pub message: String,
    /// What the documents call the code, where they list it.
    pub meaning: Option<&'static str>,
    /// Status of the HTTP answer.
    pub http_status: u16,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// What to try next.
    pub remedy: Option<String>,
    /// The call that failed.
    pub call: Call,
}

/// There was no answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransportError {
    /// How far the last attempt came.
    pub phase: Phase,
    /// Whether time ran out; the class is `TimeoutError` then.
    pub timed_out: bool,
    /// The base URL that the request was for.
    pub base_url: String,
    /// The cause, such as `timed out`.
    pub message: String,
    /// What to try next.
    pub remedy: Option<String>,
    /// The call that failed.
    pub call: Call,
}

/// There was an answer, but not one of this service: a web page, something truncated, too large, a redirect.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProtocolError {
    /// Status of the HTTP answer; `None` if it was not even HTTP.
    pub http_status: Option<u16>,
    /// What is wrong with the answer.
    pub message: String,
    /// The beginning of the body, at most 512 characters.
    pub excerpt: String,
    /// How long the answer asks to wait.
    pub retry_after: Option<Duration>,
    /// What to try next.
    pub remedy: Option<String>,
    /// The call that failed.
    pub call: Call,
}

/// An update may or may not have been carried out.
///
/// Read the flow again before repeating the update.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OutcomeUnknownError {
    /// Why it is not known.
    pub cause: Error,
}

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Looking up the host's address.
    Resolve,
    /// Connecting, or waiting for a connection.
    Connect,
    /// Agreeing on TLS.
    Tls,
    /// Sending the request.
    Request,
    /// Waiting for the answer.
    Response,
    /// Reading the body of the answer.
    Body,
}

impl Phase {
    /// Every phase, in their order.
    pub const ALL: &'static [Phase] =
        &[Phase::Resolve, Phase::Connect, Phase::Tls, Phase::Request, Phase::Response, Phase::Body];

    /// The name that every language uses.
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

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Error {
    /// An error about how the library is used.
    #[doc(hidden)]
    pub fn config(message: impl Into<String>) -> Self {
        Error::Config(Box::new(ConfigError { message: message.into() }))
    }

    pub(crate) fn invalid_request(violations: Vec<Violation>) -> Self {
        Error::InvalidRequest(Box::new(InvalidRequestError { violations, call: Call::default() }))
    }

    /// The error for a request that was not even read.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    #[must_use]
    pub fn from_violations(violations: Vec<Violation>) -> Self {
        Error::invalid_request(violations)
    }

    /// The class, whose name is the same in every language.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Config(_) => ErrorKind::Config,
            Error::InvalidRequest(_) => ErrorKind::InvalidRequest,
            Error::Api(error) => error.kind,
            Error::Transport(error) if error.timed_out => ErrorKind::Timeout,
            Error::Transport(_) => ErrorKind::Transport,
            Error::Protocol(_) => ErrorKind::Protocol,
            Error::OutcomeUnknown(_) => ErrorKind::OutcomeUnknown,
        }
    }

    /// The call that failed; that of the cause if the outcome is unknown.
    #[must_use]
    pub fn call(&self) -> Call {
        match self {
            Error::Config(_) => Call::default(),
            Error::InvalidRequest(error) => error.call,
            Error::Api(error) => error.call,
            Error::Transport(error) => error.call,
            Error::Protocol(error) => error.call,
            Error::OutcomeUnknown(error) => error.cause.call(),
        }
    }

    /// The same error with the call it belongs to.
    pub(crate) fn of(mut self, operation: &'static str, attempts: u32) -> Self {
        self.set_call(Call { operation, attempts });
        self
    }

    fn set_call(&mut self, call: Call) {
        match self {
            Error::Config(_) => {}
            Error::InvalidRequest(error) => error.call = call,
            Error::Api(error) => error.call = call,
            Error::Transport(error) => error.call = call,
            Error::Protocol(error) => error.call = call,
            Error::OutcomeUnknown(error) => error.cause.set_call(call),
        }
    }

    pub(crate) fn forget_remedy(&mut self) {
        match self {
            Error::Config(_) | Error::InvalidRequest(_) | Error::OutcomeUnknown(_) => {}
            Error::Api(error) => error.remedy = None,
            Error::Transport(error) => error.remedy = None,
            Error::Protocol(error) => error.remedy = None,
        }
    }

    /// Every broken rule, if the request was not sent because of them.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        if let Error::InvalidRequest(error) = self { &error.violations } else { &[] }
    }

    /// The service's status code, if there is one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        if let Error::Api(error) = self { error.code } else { None }
    }

    /// Status of the HTTP answer, if there was one.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        match self {
            Error::Api(error) => Some(error.http_status),
            Error::Protocol(error) => error.http_status,
            Error::OutcomeUnknown(error) => error.cause.http_status(),
            _ => None,
        }
    }

    /// How far the last attempt came, if there was no answer.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        match self {
            Error::Transport(error) => Some(error.phase),
            Error::OutcomeUnknown(error) => error.cause.phase(),
            _ => None,
        }
    }

    /// How long the service asks to wait before the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Api(error) => error.retry_after,
            Error::Protocol(error) => error.retry_after,
            Error::OutcomeUnknown(error) => error.cause.retry_after(),
            _ => None,
        }
    }

    /// What to try next.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        match self {
            Error::Config(_) => None,
            Error::InvalidRequest(_) => Some("correct the request; nothing was sent"),
            Error::Api(error) => error.remedy.as_deref(),
            Error::Transport(error) => error.remedy.as_deref(),
            Error::Protocol(error) => error.remedy.as_deref(),
            Error::OutcomeUnknown(_) => Some("read the current state before you repeat the update"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.call();
        if !call.operation.is_empty() {
            write!(f, "{}: ", call.operation)?;
        }
        self.describe(f)?;
        if call.attempts > 1 {
            write!(f, " [after {} attempts]", call.attempts)?;
        }
        match self.remedy() {
            Some(remedy) if !call.operation.is_empty() => write!(f, "; {remedy}"),
            _ => Ok(()),
        }
    }
}

impl Error {
    /// What happened, without the call and the remedy.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Config(error) => error.fmt(f),
            Error::InvalidRequest(error) => error.fmt(f),
            Error::Api(error) => error.fmt(f),
            Error::Transport(error) => error.fmt(f),
            Error::Protocol(error) => error.fmt(f),
            Error::OutcomeUnknown(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for InvalidRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let violations = &self.violations;
        if violations.len() > 1 {
            write!(f, "{} violations: ", violations.len())?;
        }
        for (index, violation) in violations.iter().enumerate() {
            write!(f, "{}{violation}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { phase, base_url, message, .. } = self;
        match phase {
            Phase::Resolve | Phase::Connect => write!(f, "connection to {base_url} failed: {message}"),
            Phase::Tls => write!(f, "TLS handshake with {base_url} failed: {message}"),
            Phase::Request => write!(f, "sending the request to {base_url} failed: {message}"),
            Phase::Response => write!(f, "no response from {base_url}: {message}"),
            Phase::Body => write!(f, "reading the response from {base_url} failed: {message}"),
        }
    }
}

impl fmt::Display for OutcomeUnknownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the update may or may not have been applied: ")?;
        self.cause.describe(f)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "service returned code {code}")?,
            None => write!(f, "service returned HTTP {}", self.http_status)?,
        }
        // The service often begins with the documents' own words.
        if let Some(meaning) = self.meaning.filter(|meaning| !self.message.starts_with(meaning)) {
            write!(f, " ({meaning})")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        match self.retry_after {
            Some(wait) => write!(f, " (retry after {} s)", wait.as_secs()),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.excerpt.is_empty() {
            write!(f, "; body starts with {:?}", self.excerpt)?;
        }
        Ok(())
    }
}

// The message of an unknown outcome holds its cause, so that `source` does not tell it a second time.
impl std::error::Error for Error {}
impl std::error::Error for ConfigError {}
impl std::error::Error for InvalidRequestError {}
impl std::error::Error for ApiError {}
impl std::error::Error for TransportError {}
impl std::error::Error for ProtocolError {}
impl std::error::Error for OutcomeUnknownError {}
