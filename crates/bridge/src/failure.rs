//! Failures as JSON, from which Python and Node create their error objects.

use recallflow::ffi::CallInfo;
use recallflow::{Change, Drift, Error, ErrorKind, OperationKind, Phase, RecallStatus, Violation};
use serde_json::{Map, Value, json};

use crate::guard::Panicked;

/// The reason why a call or an option failed.
#[derive(Debug)]
pub enum Failure {
    /// An error of the client.
    Error(Error),
    /// An option of the language's package is invalid.
    Config(String),
    /// The client panicked, within a call if there was one.
    Panicked(Panicked, Option<CallInfo>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Failure {
    /// Returns the fields of the error object.
    ///
    /// `kind` is the name of the class in [`ErrorKind`], or `Panic`; `text` is the message. The fields `operation`,
    /// `attempts`, `remedy`, `http_status`, `retry_after` (seconds), `phase`, `code` and `is_retryable` are null or missing
    /// if unknown. Some kinds also have `violations` (each with `path`, `rule` and `message`), `status` and `changes`, `drift`,
    /// `message`, `meaning`, `excerpt`, or `cause`, which has the same fields.
    #[must_use]
    pub fn describe(&self) -> Map<String, Value> {
        match self {
            Self::Error(error) => describe_error(error),
            Self::Config(text) => {
                Map::from_iter([entry("kind", ErrorKind::Config.as_str()), entry("text", text.as_str())])
            }
            Self::Panicked(panic, call) => describe_panic(panic, call.as_ref()),
        }
    }
}

fn entry(name: &str, value: impl Into<Value>) -> (String, Value) {
    (name.to_owned(), value.into())
}

fn describe_error(error: &Error) -> Map<String, Value> {
    let call = error.call();
    let mut fields = Map::from_iter([
        entry("kind", error.kind().as_str()),
        entry("text", error.to_string()),
        entry("operation", Some(&*call.operation).filter(|operation| !operation.is_empty())),
        entry("attempts", call.attempts),
        entry("is_retryable", error.is_retryable()),
        entry("remedy", error.remedy()),
        entry("http_status", error.http_status()),
        entry("retry_after", error.retry_after().map(|wait| wait.as_secs_f64())),
        entry("phase", error.phase().map(Phase::as_str)),
        entry("violations", violations(error.violations())),
        entry("code", error.code()),
    ]);
    match error {
        Error::Api(error) => {
            fields.extend([entry("message", error.message.as_str()), entry("meaning", error.meaning)]);
        }
        Error::Conflict(error) => fields.extend([
            entry("status", error.status.map(RecallStatus::number)),
            entry("changes", changes(&error.changes)),
        ]),
        Error::Incomplete(error) => fields.extend([entry("drift", describe_drift(error.drift))]),
        Error::Protocol(error) => fields.extend([entry("excerpt", error.excerpt.as_str())]),
        Error::OutcomeUnknown(error) => fields.extend([entry("cause", describe_error(&error.cause))]),
        _ => {}
    }
    fields
}

fn describe_drift(drift: Drift) -> Value {
    json!({
        "total_at_start": drift.total_at_start,
        "total_at_end": drift.total_at_end,
        "read": drift.read,
        "repeated": drift.repeated,
    })
}

/// Converts violations to JSON objects.
#[must_use]
pub fn violations(violations: &[Violation]) -> Value {
    let violation =
        |broken: &Violation| json!({"path": broken.path, "rule": broken.rule.as_str(), "message": broken.message});
    violations.iter().map(violation).collect()
}

/// Converts changes to JSON objects with `path`, `before`, `after`, and `text`, which is the whole change as one line.
#[must_use]
pub fn changes(changes: &[Change]) -> Value {
    let value = |json: &Option<String>| json.as_deref().and_then(|json| serde_json::from_str::<Value>(json).ok());
    let change = |change: &Change| {
        json!({
            "path": change.path,
            "before": value(&change.before),
            "after": value(&change.after),
            "text": change.to_string(),
        })
    };
    changes.iter().map(change).collect()
}

/// Describes a panic. The outcome of an update is then unknown.
fn describe_panic(panic: &Panicked, call: Option<&CallInfo>) -> Map<String, Value> {
    let text = format!("internal error in recallflow: {}; please report it", panic.message);
    let operation = entry("operation", call.map(|call| &*call.name));
    let bug = Map::from_iter([entry("kind", "Panic"), entry("text", text.as_str()), operation.clone()]);
    if call.is_none_or(|call| call.kind == OperationKind::Query) {
        return bug;
    }
    Map::from_iter([
        entry("kind", ErrorKind::OutcomeUnknown.as_str()),
        entry("text", format!("the update may or may not have been applied: {text}")),
        operation,
        entry("cause", bug),
    ])
}
