//! Classifies the end of an attempt: the response, or an error and the retries that it permits.

use std::io;
use std::time::Duration;

use bytes::Bytes;

use crate::edit::diff::Change;
use crate::error::kind::ErrorKind;
use crate::error::{ApiError, Call, Error, OutcomeUnknownError, Phase, ProtocolError, TransportError};
use crate::generated::service::CODES;
use crate::operation::OperationKind;
use crate::prepared::CallInfo;
use crate::redact::{excerpt, redact};
use crate::response::content::{Content, Expected, ResponseData};
use crate::response::envelope::{self, Data, Envelope, NotAnEnvelope};
use crate::response::record::Record;
use crate::response::text::well_formed;
use crate::retry::{self, RetryClass};
use crate::status_code::DocumentedCode;
use crate::transport::failure::{FailureKind, TransportFailure};
use crate::transport::response::HttpResponse;

/// A failed attempt.
#[derive(Debug)]
pub(crate) struct FailedAttempt {
    /// The retries that it permits.
    pub(crate) class: RetryClass,
    /// The error for the caller.
    pub(crate) error: Error,
}

/// The circumstances of a response.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// Whether the call reads or changes data.
    pub(crate) kind: OperationKind,
    /// The service's time in seconds when it responded.
    pub(crate) now: i64,
    /// The data that a success must have.
    pub(crate) expected: Expected,
    /// The most values that the response may hold.
    pub(crate) max_values: usize,
    /// Texts that no error may show.
    pub(crate) secrets: &'a [&'a str],
    /// The URL that an error names.
    pub(crate) base_url: &'a str,
}

/// Returns the expected data of a success; otherwise the error and the retries that it permits.
pub(crate) fn classify_response(response: &HttpResponse, context: &Context<'_>) -> Result<ResponseData, FailedAttempt> {
    let opened = if (300..400).contains(&response.status) {
        let why = "redirects are not followed, because they would send the API key to another URL";
        Err(NotAnEnvelope::Because(why.to_owned()))
    } else {
        envelope::open(&response.body, context.expected, context.max_values)
    };
    let retry_after = response.retry_after().and_then(|header| retry::parse_retry_after(header, context.now));
    let classifier = Classifier { kind: context.kind, response, secrets: context.secrets, retry_after };
    let Envelope { code, is_ambiguous, message, data } = match opened {
        Ok(envelope) => envelope,
        Err(NotAnEnvelope::TooManyValues) => {
            let too_many = TransportFailure::too_many_values(context.max_values, response.status);
            return Err(classify_failure(too_many, context.base_url));
        }
        Err(_) if response.status == TOO_MANY_REQUESTS => return Err(classifier.refused(None, "")),
        Err(NotAnEnvelope::Because(why)) => return Err(classifier.not_an_envelope(&why)),
    };
    let message = message.unwrap_or_default();
    if is_ambiguous {
        return Err(FailedAttempt { class: RetryClass::Undecodable, ..classifier.refused(Some(code), &message) });
    }
    if code != 0 {
        return Err(match response.status {
            _ if !classifier.is_error_page(code) => classifier.refused(Some(code), &message),
            TOO_MANY_REQUESTS => classifier.refused(None, &message),
            _ => classifier.not_an_envelope("the body repeats the HTTP status in place of a service code"),
        });
    }
    if response.status >= 300 {
        return Err(classifier.contradictory());
    }
    if response.is_early && context.kind == OperationKind::Update {
        return Err(classify_failure(TransportFailure::too_early(response.status), context.base_url));
    }
    match (data, context.expected) {
        (_, Expected::Nothing) => Ok(ResponseData::Nothing),
        (Data::Object(table), Expected::Object(shape, required)) => {
            let record = Record::new(response.body.clone(), table, shape);
            match required.missing_in(record.root()) {
                None => Ok(ResponseData::Object(record)),
                Some(missing) => Err(classifier.without_data(&missing)),
            }
        }
        (Data::Json(span), _) => Ok(ResponseData::Json(well_formed(&response.body, span))),
        (Data::Absent, Expected::Json) => Ok(ResponseData::Json(Bytes::from_static(b"null"))),
        (Data::Absent | Data::Misfit, Expected::Object(shape, Content::None)) => {
            Ok(ResponseData::Object(Record::empty(shape)))
        }
        (Data::Absent, _) => Err(classifier.without_data("no `data`")),
        (Data::Object(_) | Data::Misfit, _) => Err(classifier.not_an_envelope("expected `data` to be an object")),
    }
}

const TOO_MANY_REQUESTS: u16 = 429;

/// A response that is not a success.
struct Classifier<'a> {
    kind: OperationKind,
    response: &'a HttpResponse,
    secrets: &'a [&'a str],
    retry_after: Option<Duration>,
}

impl Classifier<'_> {
    /// Returns whether the body is the error page of a gateway or framework. Some are JSON with the HTTP status as
    /// `status`, and say nothing about what the service did.
    fn is_error_page(&self, code: i64) -> bool {
        self.response.status >= 400 && code == i64::from(self.response.status) && documented(code).is_none()
    }

    /// Classifies an error of the service, or of a gateway in front of it.
    fn refused(&self, code: Option<i64>, message: &str) -> FailedAttempt {
        let status = self.response.status;
        let code_info = code.and_then(documented);
        let throttled = status == TOO_MANY_REQUESTS;
        let is_server_error = status >= 500;
        let kind = match code_info {
            _ if throttled => ErrorKind::RateLimited,
            Some(info) => info.kind,
            None => ErrorKind::Api,
        };
        let class = match code_info.map_or(RetryClass::Settled, |info| info.class) {
            _ if throttled => RetryClass::Throttled,
            RetryClass::Settled if is_gateway_error(status) => RetryClass::Failed,
            // The code is an error's, but the service may have failed after it applied an update. That holds even for the
            // codes with which it otherwise refuses a request unread.
            RetryClass::Settled if is_server_error => RetryClass::Undecodable,
            RetryClass::Throttled | RetryClass::Clock if is_server_error && self.kind == OperationKind::Update => {
                RetryClass::Undecodable
            }
            class => class,
        };
        let of_kind = || CODES.iter().find(|known| known.kind == kind);
        let remedy = code_info.filter(|info| info.kind == kind).or_else(of_kind);
        let remedy = remedy.map_or("ask the vendor's support what the code means", |info| info.remedy);
        let error = Error::Api(Box::new(ApiError {
            kind,
            code,
            message: redact(message, self.secrets),
            meaning: code_info.map(|info| info.meaning),
            http_status: status,
            retry_after: self.retry_after,
            remedy: Some(remedy.to_owned()),
            call: Call::default(),
        }));
        FailedAttempt { class, error }
    }

    /// Classifies a response that does not come from this service.
    fn not_an_envelope(&self, why: &str) -> FailedAttempt {
        let status = self.response.status;
        let problem = match self.response.content_encoding() {
            Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
                format!("expected a body without encoding, got {}", redact(encoding, self.secrets))
            }
            _ => redact(why, self.secrets),
        };
        let class = match status {
            _ if is_unavailable(status) => RetryClass::Unavailable,
            // A request that was refused or redirected was not processed. A 303 is different: it redirects to the result.
            300..=302 | 304..=407 | 409..=499 => RetryClass::Settled,
            _ => RetryClass::Undecodable,
        };
        let error = self.protocol_error(&problem, remedy_for_status(status));
        if !is_unavailable(status) {
            return FailedAttempt { class, error: Error::Protocol(Box::new(error)) };
        }
        let message = format!("service unavailable (HTTP {status})");
        FailedAttempt { class, error: Error::Protocol(Box::new(ProtocolError { unavailable: true, message, ..error })) }
    }

    /// Classifies a success with the HTTP status of a failure. Neither is certain, so a success is not reported.
    fn contradictory(&self) -> FailedAttempt {
        let status = self.response.status;
        let may_pass = status == TOO_MANY_REQUESTS || is_unavailable(status);
        let problem = "the body reports success, but the HTTP status reports a failure";
        FailedAttempt {
            class: if may_pass { RetryClass::Unavailable } else { RetryClass::Undecodable },
            error: Error::Protocol(Box::new(self.protocol_error(problem, remedy_for_status(status)))),
        }
    }

    /// Classifies a success without the data that the query asked for.
    fn without_data(&self, missing: &str) -> FailedAttempt {
        let problem = format!("success without the requested data: {missing}");
        let remedy = "check that the object exists and that the query selects it; then contact the vendor's support";
        FailedAttempt {
            class: RetryClass::Undecodable,
            error: Error::Protocol(Box::new(self.protocol_error(&problem, remedy))),
        }
    }

    fn protocol_error(&self, problem: &str, remedy: &str) -> ProtocolError {
        let status = self.response.status;
        ProtocolError {
            http_status: Some(status),
            unavailable: false,
            message: format!("unexpected response (HTTP {status}): {problem}"),
            excerpt: excerpt(&self.response.body, self.secrets),
            retry_after: self.retry_after,
            remedy: Some(remedy.to_owned()),
            call: Call::default(),
        }
    }
}

fn documented(code: i64) -> Option<&'static DocumentedCode> {
    CODES.iter().find(|known| known.number == code)
}

/// Returns whether a gateway could not reach the service, or the service is shutting down.
fn is_gateway_error(status: u16) -> bool {
    matches!(status, 502..=504)
}

/// Returns whether the same request may succeed later, if a response with this status has no envelope. Cloudflare uses 520
/// to 529.
fn is_unavailable(status: u16) -> bool {
    matches!(status, 408 | 500 | 502..=504 | 520..=529)
}

fn remedy_for_status(status: u16) -> &'static str {
    match status {
        407 => "check the user name and password in the proxy's URL",
        413 => "send a smaller request, such as a shorter audio file",
        _ if is_unavailable(status) => "try again later",
        _ => "check `base_url`, its path prefix and any proxy in between",
    }
}

/// Classifies an attempt without a response, or with one that cannot be read.
pub(crate) fn classify_failure(failure: TransportFailure, base_url: &str) -> FailedAttempt {
    let class = match failure {
        TransportFailure { kind: FailureKind::TooLarge { .. }, .. } => RetryClass::Undecodable,
        TransportFailure { kind: FailureKind::Permanent | FailureKind::Misuse, sent: false, .. } => {
            RetryClass::Permanent
        }
        TransportFailure { kind: FailureKind::System, sent: false, .. } => RetryClass::Local,
        TransportFailure { sent: false, .. } => RetryClass::Unsent,
        TransportFailure {
            reused: true, phase: Phase::Request | Phase::Response, kind: FailureKind::Network, ..
        } => RetryClass::Stale,
        _ => RetryClass::Ambiguous,
    };
    let TransportFailure { kind, phase, status, message, remedy, .. } = failure;
    let of_phase = remedy_for_phase(phase, kind == FailureKind::Timeout);
    let of_response = match kind {
        FailureKind::TooLarge { .. } => "raise `max_response_bytes` if you expect such a response",
        FailureKind::Truncated => "retry, then check any proxy in between",
        _ => remedy_for_status(status.unwrap_or(0)),
    };
    let error = match kind {
        FailureKind::Misuse => Error::config(message),
        FailureKind::Network | FailureKind::Permanent | FailureKind::System | FailureKind::Timeout => {
            Error::Transport(Box::new(TransportError {
                phase,
                timed_out: kind == FailureKind::Timeout,
                base_url: base_url.to_owned(),
                message,
                remedy: Some(remedy.unwrap_or(of_phase).to_owned()),
                call: Call::default(),
            }))
        }
        FailureKind::Truncated | FailureKind::Malformed | FailureKind::TooLarge { .. } => {
            Error::Protocol(Box::new(ProtocolError {
                http_status: status,
                unavailable: false,
                message: match status {
                    Some(status) => format!("{} (HTTP {status}): {message}", headline(kind)),
                    None => format!("{}: {message}", headline(kind)),
                },
                excerpt: String::new(),
                retry_after: None,
                remedy: Some(remedy.unwrap_or(of_response).to_owned()),
                call: Call::default(),
            }))
        }
    };
    FailedAttempt { class, error }
}

/// Returns the error of a call that could not start, because the local system refused a resource.
pub(crate) fn refused_by_system(error: &io::Error, call: Option<&CallInfo>) -> Error {
    let name = call.map(|call| call.name.clone()).unwrap_or_default();
    classify_failure(TransportFailure::refused_by_system(error), "").error.in_call(name, 1)
}

/// Returns the error of a call whose time passed before it could start, because too many others were in progress.
pub(crate) fn no_free_connection(max_connections: usize, call: &CallInfo) -> Error {
    let failure = classify_failure(TransportFailure::no_free_connection(max_connections), "");
    failure.error.in_call(call.name.clone(), 1)
}

/// The beginning of the message about a response that is unusable.
fn headline(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Truncated => "response truncated",
        FailureKind::TooLarge { .. } => "response too large",
        _ => "invalid response",
    }
}

fn remedy_for_phase(phase: Phase, timed_out: bool) -> &'static str {
    match phase {
        Phase::Resolve => "check the host name in `base_url` and the DNS settings",
        Phase::Connect if timed_out => {
            "check `base_url`, the network and any proxy, or raise `timeout` or `connect_timeout`"
        }
        Phase::Connect => "check `base_url`, the network and any proxy",
        Phase::Tls => "check `base_url` and any proxy",
        Phase::Request | Phase::Response | Phase::Body if timed_out => {
            "retry, or raise `timeout`, and `attempt_timeout` for a query"
        }
        Phase::Request | Phase::Response | Phase::Body => "retry",
    }
}

/// Returns the error of a success whose data does not have the type that the caller asked for.
pub(crate) fn unexpected_type(error: &serde_json::Error, json: &[u8], http_status: u16, secrets: &[&str]) -> Error {
    Error::Protocol(Box::new(ProtocolError {
        http_status: Some(http_status),
        unavailable: false,
        message: format!(
            "the call succeeded, but its data does not have the expected type: {}",
            redact(&error.to_string(), secrets)
        ),
        excerpt: excerpt(json, secrets),
        retry_after: None,
        remedy: Some("read the data as another type; do not repeat an update".to_owned()),
        call: Call::default(),
    }))
}

/// Returns the error of an update that succeeded, although the flow that was read back differs.
pub(crate) fn not_shown(differences: &[Change]) -> Error {
    let lines: Vec<_> = differences.iter().map(Change::to_string).collect();
    Error::Protocol(Box::new(ProtocolError {
        http_status: None,
        unavailable: false,
        message: format!("the service reported success, but the flow that was read back differs: {}", lines.join("; ")),
        excerpt: String::new(),
        retry_after: None,
        remedy: None,
        call: Call::default(),
    }))
}

/// Returns the error of an update that may or may not have been applied.
pub(crate) fn outcome_unknown(mut cause: Error) -> Error {
    // The remedy of the cause, such as a retry, would be wrong here.
    cause.forget_remedy();
    Error::OutcomeUnknown(Box::new(OutcomeUnknownError { cause }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedy(kind: FailureKind, phase: Phase) -> String {
        let sent = !matches!(phase, Phase::Resolve | Phase::Connect | Phase::Tls);
        let ended =
            TransportFailure { kind, phase, sent, reused: false, status: None, message: String::new(), remedy: None };
        classify_failure(ended, "https://host.example").error.remedy().unwrap_or_default().to_owned()
    }

    #[test]
    fn the_remedy_depends_on_the_phase() {
        for kind in [FailureKind::Network, FailureKind::Timeout] {
            assert!(remedy(kind, Phase::Resolve).contains("DNS"));
            assert!(remedy(kind, Phase::Tls).contains("any proxy"));
            assert!(remedy(kind, Phase::Connect).contains("any proxy"));
        }
        for phase in [Phase::Request, Phase::Response, Phase::Body] {
            assert_eq!(remedy(FailureKind::Network, phase), "retry");
        }
    }

    #[test]
    fn only_timeouts_suggest_more_time() {
        for &phase in Phase::ALL {
            let has_option = !matches!(phase, Phase::Resolve | Phase::Tls);
            assert_eq!(remedy(FailureKind::Timeout, phase).contains("raise `timeout`"), has_option, "{phase:?}");
            assert!(!remedy(FailureKind::Network, phase).contains("timeout"), "{phase:?}");
        }
        let too_large = remedy(FailureKind::TooLarge { limit: 1 }, Phase::Body);
        assert!(too_large.contains("`max_response_bytes`"), "{too_large}");
        assert!(remedy(FailureKind::Truncated, Phase::Body).contains("proxy"));
    }
}
