//! The messages of errors.

use std::fmt::{self, Display as _};

use super::{
    ApiError, ConfigError, ConflictError, Error, IncompleteError, InvalidRequestError, OutcomeUnknownError, Phase,
    ProtocolError, TransportError,
};

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.call();
        if !call.operation.is_empty() {
            write!(f, "{}: ", call.operation)?;
        }
        self.describe(f)?;
        match (call.attempts, call.retry_withheld) {
            (0 | 1, false) => {}
            (0 | 1, true) => f.write_str(" [not retried, because the client's retry budget is used up]")?,
            (attempts, false) => write!(f, " [after {attempts} attempts]")?,
            (attempts, true) => {
                write!(f, " [after {attempts} attempts, the last because the client's retry budget is used up]")?;
            }
        }
        match self.remedy() {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// Writes the message without the call and the remedy.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Config(error) => error.fmt(f),
            Error::InvalidRequest(error) => error.fmt(f),
            Error::Conflict(error) => error.fmt(f),
            Error::Incomplete(error) => error.fmt(f),
            Error::Api(error) => error.fmt(f),
            Error::Transport(error) => error.fmt(f),
            Error::Protocol(error) => error.fmt(f),
            Error::OutcomeUnknown(error) => error.fmt(f),
            Error::Wait(error) => error.fmt(f),
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

impl fmt::Display for IncompleteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.drift.fmt(f)
    }
}

impl fmt::Display for ConflictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, others @ ..] = self.changes.as_slice() else {
            return match self.status {
                Some(status) => write!(f, "the flow is not pending, but has status {} ({status:?})", status.number()),
                None => f.write_str("the flow has no status"),
            };
        };
        write!(f, "the flow was changed after the edit began: {first}")?;
        others.iter().try_for_each(|change| write!(f, "; {change}"))
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { phase, base_url, message, .. } = self;
        match phase {
            // The call could not start.
            _ if base_url.is_empty() => f.write_str(message),
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
        // The service's message often starts with the meaning.
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

impl std::error::Error for Error {
    /// Returns the error of the last attempt if the outcome is unknown, or that of the last read of a wait. Its message is part
    /// of this one.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::OutcomeUnknown(error) => error.source(),
            Error::Wait(error) => error.source(),
            _ => None,
        }
    }
}
impl std::error::Error for ConfigError {}
impl std::error::Error for InvalidRequestError {}
impl std::error::Error for ConflictError {}
impl std::error::Error for IncompleteError {}
impl std::error::Error for ApiError {}
impl std::error::Error for TransportError {}
impl std::error::Error for ProtocolError {}
impl std::error::Error for OutcomeUnknownError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}
