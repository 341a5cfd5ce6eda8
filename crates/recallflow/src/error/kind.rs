//! The kinds of errors.

use std::fmt;

/// The kind of an error: a variant of [`Error`](crate::Error), or a more specific one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option is invalid or missing.
    Config,
    /// The request breaks documented rules. Nothing was sent.
    InvalidRequest,
    /// A list changed while a strict iteration read it.
    Incomplete,
    /// A flow cannot be edited, because it is not pending or was changed in the meantime. Nothing was sent.
    Conflict,
    /// The service returned a code that has no kind of its own.
    Api,
    /// The service does not accept the API key or the signature.
    Authentication,
    /// The service does not accept requests from this address.
    IpRestricted,
    /// The timestamp of the request is too far from the service's clock.
    TimestampExpired,
    /// The rate limit was exceeded.
    RateLimited,
    /// The service failed.
    Service,
    /// The service does not accept a parameter.
    Parameter,
    /// There was no response.
    Transport,
    /// There was no response in time.
    Timeout,
    /// The response is not one of this service, is incomplete, or lacks the requested data.
    Protocol,
    /// The service or a gateway reported that it is unavailable.
    Unavailable,
    /// An update may or may not have been applied.
    OutcomeUnknown,
    /// A wait ended before the state was reached.
    Wait,
}

impl ErrorKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: &'static [ErrorKind] = &[
        ErrorKind::Config,
        ErrorKind::InvalidRequest,
        ErrorKind::Conflict,
        ErrorKind::Incomplete,
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
        ErrorKind::Unavailable,
        ErrorKind::OutcomeUnknown,
        ErrorKind::Wait,
    ];

    /// Returns the name of the class in Python and Node, such as `AuthenticationError`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Config => "ConfigError",
            ErrorKind::InvalidRequest => "InvalidRequestError",
            ErrorKind::Conflict => "ConflictError",
            ErrorKind::Incomplete => "IncompleteError",
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
            ErrorKind::Unavailable => "UnavailableError",
            ErrorKind::OutcomeUnknown => "OutcomeUnknownError",
            ErrorKind::Wait => "WaitError",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
