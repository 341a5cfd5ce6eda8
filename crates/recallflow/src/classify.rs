//! What an attempt amounts to: the response, or an error and what it permits.

use std::time::Duration;

use bytes::Bytes;

use crate::error::{ApiError, Call, Error, ErrorKind, OutcomeUnknownError, Phase, ProtocolError, TransportError};
use crate::generated::service::CODES;
use crate::redact::{excerpt, redact};
use crate::response::decode::ReadData;
use crate::response::envelope::{self, Data, Envelope};
use crate::response::mend;
use crate::retry::{self, RetryClass};
use crate::transport::{Answer, Failure, FailureKind};

/// A status code that the documents list.
#[derive(Debug)]
pub(crate) struct Code {
    /// The code.
    pub(crate) number: i64,
    /// The class of its error.
    pub(crate) kind: ErrorKind,
    /// What an attempt that ends with it permits.
    pub(crate) class: RetryClass,
    /// The documents' wording.
    pub(crate) meaning: &'static str,
    /// What to try next.
    pub(crate) remedy: &'static str,
}

/// A failed attempt.
#[derive(Debug)]
pub(crate) struct Failed {
    /// What it permits.
    pub(crate) class: RetryClass,
    /// What to tell the caller.
    pub(crate) error: Error,
}

/// Judges an answer, and reads the response in that way. `now` is the time in seconds at which it was given. A body that
/// has to be mended to be read is, and the data is in that.
pub(crate) fn answer<R: ReadData>(answer: &mut Answer, now: i64, secrets: &[&str], how: R) -> Result<R::Data, Failed> {
    let opened = if (300..400).contains(&answer.status) {
        Err("redirects are not followed, because they would send the API key to another URL".to_owned())
    } else if let Some(data) = how.shortcut(&answer.body) {
        return Ok(data);
    } else {
        open(&mut answer.body, how)
    };
    let retry_after = answer.retry_after.as_deref().and_then(|h| retry::parse_retry_after(h, now));
    let judge = Judge { answer, secrets, retry_after };
    match opened {
        Ok(Envelope { is_ambiguous: true, code, message, .. }) => {
            let refused = judge.refused(Some(code), message.as_deref().unwrap_or_default());
            Err(Failed { class: RetryClass::Undecodable, ..refused })
        }
        Ok(Envelope { code: 0, data: Data::Response(response), .. }) => Ok(response),
        Ok(Envelope { code: 0, data: Data::Absent, .. }) => Ok(how.absent()),
        Ok(Envelope { code: 0, data: Data::Odd, .. }) => Err(judge.no_envelope("expected `data` to be an object")),
        Ok(Envelope { code, message, .. }) if judge.is_error_page(code) && answer.status == TOO_MANY_REQUESTS => {
            Err(judge.refused(None, message.as_deref().unwrap_or_default()))
        }
        Ok(Envelope { code, .. }) if judge.is_error_page(code) => {
            Err(judge.no_envelope("the body repeats the HTTP status in place of a service code"))
        }
        Ok(Envelope { code, message, .. }) => Err(judge.refused(Some(code), message.as_deref().unwrap_or_default())),
        Err(_) if answer.status == TOO_MANY_REQUESTS => Err(judge.refused(None, "")),
        Err(why) => Err(judge.no_envelope(&why)),
    }
}

const TOO_MANY_REQUESTS: u16 = 429;

/// Opens the envelope, of a mended body if there is no other way. One that is none all the same stays as it came.
fn open<R: ReadData>(body: &mut Bytes, how: R) -> Result<Envelope<R::Data>, String> {
    let opened = envelope::open(body, how);
    if opened.is_err()
        && let Some(mended) = mend::mended(body)
        && let Ok(opened) = envelope::open(&mended, how)
    {
        *body = mended;
        return Ok(opened);
    }
    opened
}

/// What every judgement of one answer needs.
struct Judge<'a> {
    answer: &'a Answer,
    secrets: &'a [&'a str],
    retry_after: Option<Duration>,
}

impl Judge<'_> {
    /// Whether the body is the error page of a gateway or framework, some of which are JSON with the HTTP status as
    /// `status`. It says nothing about what the service did.
    fn is_error_page(&self, code: i64) -> bool {
        self.answer.status >= 400 && code == i64::from(self.answer.status) && documented(code).is_none()
    }

    /// The service, or something that speaks for it, said no.
    fn refused(&self, code: Option<i64>, message: &str) -> Failed {
        let status = self.answer.status;
        let code_info = code.and_then(documented);
        let throttled = status == TOO_MANY_REQUESTS;
        let kind = match code_info {
            _ if throttled => ErrorKind::RateLimited,
            Some(info) => info.kind,
            None => ErrorKind::Api,
        };
        let class = match code_info.map_or(RetryClass::Settled, |info| info.class) {
            _ if throttled => RetryClass::Throttled,
            RetryClass::Settled if is_unavailable(status) => RetryClass::Failed,
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
        Failed { class, error }
    }

    /// The answer is not one of this service.
    fn no_envelope(&self, why: &str) -> Failed {
        let Answer { status, body, content_encoding, .. } = self.answer;
        let problem = match content_encoding.as_deref() {
            Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
                format!("expected a body without encoding, got {}", redact(encoding, self.secrets))
            }
            _ => redact(why, self.secrets),
        };
        let class = match status {
            _ if is_unavailable(*status) => RetryClass::Unavailable,
            // A request that was refused for its own sake, or sent elsewhere, was not carried out. What 303 says is where
            // to see what came of it.
            300..=302 | 304..=407 | 409..=499 => RetryClass::Settled,
            _ => RetryClass::Undecodable,
        };
        Failed {
            class,
            error: Error::Protocol(Box::new(ProtocolError {
                http_status: Some(*status),
                message: format!("unexpected response (HTTP {status}): {problem}"),
                excerpt: excerpt(body, self.secrets),
                retry_after: self.retry_after,
                remedy: Some(remedy_for_status(*status).to_owned()),
                call: Call::default(),
            })),
        }
    }
}

fn documented(code: i64) -> Option<&'static Code> {
    CODES.iter().find(|known| known.number == code)
}

fn is_unavailable(status: u16) -> bool {
    matches!(status, 502..=504)
}

fn remedy_for_status(status: u16) -> &'static str {
    match status {
        407 => "add the proxy's credentials to its URL",
        502..=504 => "retry later; the gateway could not reach the service",
        _ => "check `base_url`, its path prefix and any proxy in between",
    }
}

/// Judges an attempt that brought no answer, or none that can be read.
pub(crate) fn failure(failure: Failure, base_url: &str) -> Failed {
    let class = match failure {
        Failure { kind: FailureKind::TooLarge { .. }, .. } => RetryClass::Undecodable,
        Failure { sent: false, .. } => RetryClass::Unsent,
        Failure { reused: true, phase: Phase::Request | Phase::Response, kind: FailureKind::Network, .. } => {
            RetryClass::Stale
        }
        _ => RetryClass::Ambiguous,
    };
    let Failure { kind, phase, status, message, .. } = failure;
    let remedy = match kind {
        FailureKind::TooLarge { .. } => "raise `max_response_bytes` if you expect such a response",
        FailureKind::Truncated => "retry, then check any proxy in between",
        _ => remedy_for_status(status.unwrap_or(0)),
    };
    let error = match kind {
        FailureKind::Network | FailureKind::Timeout => Error::Transport(Box::new(TransportError {
            phase,
            timed_out: kind == FailureKind::Timeout,
            base_url: base_url.to_owned(),
            message,
            remedy: Some(remedy_for_phase(phase, kind == FailureKind::Timeout).to_owned()),
            call: Call::default(),
        })),
        FailureKind::Truncated | FailureKind::Malformed | FailureKind::TooLarge { .. } => {
            Error::Protocol(Box::new(ProtocolError {
                http_status: status,
                message: match status {
                    Some(status) => format!("{} (HTTP {status}): {message}", headline(kind)),
                    None => format!("{}: {message}", headline(kind)),
                },
                excerpt: String::new(),
                retry_after: None,
                remedy: Some(remedy.to_owned()),
                call: Call::default(),
            }))
        }
    };
    Failed { class, error }
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
        Phase::Tls => "check `base_url` and any proxy, and set `ca_file` for a private certificate authority",
        Phase::Request | Phase::Response | Phase::Body if timed_out => {
            "retry, or raise `timeout`, and `attempt_timeout` for a query"
        }
        Phase::Request | Phase::Response | Phase::Body => "retry",
    }
}

/// The error of an update about which nobody knows whether it was carried out.
pub(crate) fn outcome_unknown(mut cause: Error) -> Error {
    // What helps against the cause alone, such as trying again, would be wrong here.
    cause.forget_remedy();
    Error::OutcomeUnknown(Box::new(OutcomeUnknownError { cause }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedy(kind: FailureKind, phase: Phase) -> String {
        let sent = !matches!(phase, Phase::Resolve | Phase::Connect | Phase::Tls);
        let ended = Failure { kind, phase, sent, reused: false, status: None, message: String::new() };
        failure(ended, "https://host.example").error.remedy().unwrap_or_default().to_owned()
    }

    #[test]
    fn what_helps_depends_on_how_far_the_attempt_came() {
        for kind in [FailureKind::Network, FailureKind::Timeout] {
            assert!(remedy(kind, Phase::Resolve).contains("DNS"));
            assert!(remedy(kind, Phase::Tls).contains("`ca_file`"));
            assert!(remedy(kind, Phase::Connect).contains("any proxy"));
        }
        for phase in [Phase::Request, Phase::Response, Phase::Body] {
            assert_eq!(remedy(FailureKind::Network, phase), "retry");
        }
    }

    #[test]
    fn only_what_took_too_long_is_helped_by_more_time() {
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
