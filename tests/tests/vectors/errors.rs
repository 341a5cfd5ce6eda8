//! `errors.json`: the error of each response.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use recallflow::{ClientBuilder, Error, Phase};
use recallflow_sandbox::{Fault, Sandbox};
use recallflow_tests::{Case, check_all, contains, lacks, load, same};
use serde::Deserialize;

use crate::operations::{Operation, play};

#[derive(Deserialize)]
struct File {
    credentials: Credentials,
    cases: Vec<Case<Failing>>,
}

#[derive(Deserialize)]
struct Credentials {
    api_key: String,
    api_secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failing {
    operation: Operation,
    #[serde(default)]
    options: Options,
    response: ScriptedResponse,
    error: Expected,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    /// Fixed Unix time of the client's clock.
    clock: Option<u64>,
    max_response_bytes: Option<usize>,
}

/// An HTTP response, or raw bytes after which the connection is closed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptedResponse {
    status: Option<u16>,
    #[serde(default)]
    headers: Vec<(String, String)>,
    body: Option<String>,
    body_base64: Option<String>,
    raw: Option<String>,
    raw_base64: Option<String>,
}

/// An expected error. Code, status, wait and phase must be absent if they are not given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) kind: String,
    pub(crate) code: Option<i64>,
    http_status: Option<u16>,
    retry_after_seconds: Option<u64>,
    pub(crate) phase: Option<String>,
    #[serde(default)]
    message_contains: Vec<String>,
    #[serde(default)]
    message_lacks: Vec<String>,
    #[serde(default)]
    remedy_contains: Vec<String>,
    #[serde(default)]
    excerpt_contains: Vec<String>,
    #[serde(default)]
    excerpt_lacks: Vec<String>,
    /// The cause of an unknown outcome.
    pub(crate) cause: Option<Box<Expected>>,
}

/// Returns the errors in the cases with their operations, without causes.
pub(crate) fn errors() -> Vec<(Operation, Expected)> {
    load::<File>("errors").cases.into_iter().map(|case| (case.content.operation, case.content.error)).collect()
}

#[test]
fn responses_have_the_expected_error() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let file: File = load("errors");
    assert_eq!(sandbox.api_key(), file.credentials.api_key);
    assert_eq!(sandbox.api_secret(), file.credentials.api_secret);
    check_all(&file.cases, |case| {
        let outcome = play(&sandbox, case.operation, case.response.to_fault(), |client| case.options.apply(client));
        let error = outcome.err().ok_or("there was no error")?;
        same("requests", &1, &sandbox.requests().len())?;
        same("attempts", &1, &error.call().attempts)?;
        same("operation", &case.operation.name(), &&*error.call().operation)?;
        case.error.compare(&error)?;
        lacks("Debug", &format!("{error:?}"), std::slice::from_ref(&file.credentials.api_secret))
    });
}

impl Options {
    fn apply(&self, mut client: ClientBuilder) -> ClientBuilder {
        if let Some(seconds) = self.clock {
            client = client.clock(move || UNIX_EPOCH + Duration::from_secs(seconds));
        }
        if let Some(bytes) = self.max_response_bytes {
            client = client.max_response_bytes(bytes);
        }
        client
    }
}

impl ScriptedResponse {
    fn to_fault(&self) -> Fault {
        let raw = bytes(self.raw.as_ref(), self.raw_base64.as_ref());
        let body = bytes(self.body.as_ref(), self.body_base64.as_ref());
        match (self.status, body, raw) {
            (Some(status), Some(body), None) => Fault::Respond { status, headers: self.headers.clone(), body },
            (None, None, Some(raw)) => Fault::Raw(raw),
            _ => panic!("expected `status` and a body, or a raw response"),
        }
    }
}

fn bytes(text: Option<&String>, base64: Option<&String>) -> Option<Vec<u8>> {
    match (text, base64) {
        (Some(text), None) => Some(text.clone().into_bytes()),
        (None, Some(base64)) => Some(STANDARD.decode(base64).expect("base64")),
        (None, None) => None,
        (Some(_), Some(_)) => panic!("bytes are given as text or in base64"),
    }
}

impl Expected {
    fn compare(&self, error: &Error) -> Result<(), String> {
        same("kind", &self.kind.as_str(), &error.kind().as_str())?;
        let cause = if let Error::OutcomeUnknown(unknown) = error { Some(&unknown.cause) } else { None };
        match (&self.cause, cause) {
            // The accessors of an unknown outcome return the values of its cause.
            (Some(expected), Some(cause)) => {
                expected.compare_details(error)?;
                same("is_retryable", &false, &error.is_retryable())?;
                expected.compare(cause).map_err(|why| format!("cause: {why}"))?;
            }
            (None, None) => self.compare_details(error)?,
            (expected, _) => return Err(format!("cause: expected {}", expected.is_some())),
        }
        self.compare_texts(error)
    }

    fn compare_details(&self, error: &Error) -> Result<(), String> {
        same("code", &self.code, &error.code())?;
        same("http_status", &self.http_status, &error.http_status())?;
        same("retry_after", &self.retry_after_seconds.map(Duration::from_secs), &error.retry_after())?;
        same("phase", &self.phase.as_deref(), &error.phase().map(Phase::as_str))
    }

    fn compare_texts(&self, error: &Error) -> Result<(), String> {
        contains("message", &error.to_string(), &self.message_contains)?;
        lacks("message", &error.to_string(), &self.message_lacks)?;
        lacks("Debug", &format!("{error:?}"), &self.message_lacks)?;
        contains("remedy", error.remedy().unwrap_or_default(), &self.remedy_contains)?;
        let excerpt = if let Error::Protocol(error) = error { error.excerpt.as_str() } else { "" };
        contains("excerpt", excerpt, &self.excerpt_contains)?;
        lacks("excerpt", excerpt, &self.excerpt_lacks)
    }
}
