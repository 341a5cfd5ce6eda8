//! Why something failed, as data of which another language makes its error.

use recallflow::{Error, ErrorKind, OPERATIONS, OperationKind, Phase, Violation};
use serde_json::{Map, Value, json};

use crate::guard::Panicked;

/// Why something failed.
#[derive(Debug)]
pub enum Failure {
    /// The client says so.
    Error(Error),
    /// An option of the package's own is wrong.
    Config(String),
    /// The client panicked within the operation at this position, if it was within one.
    Panicked(Panicked, Option<usize>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Failure {
    /// What the error of another language holds.
    ///
    /// There are always `kind`, the name of the class as [`ErrorKind`] has it or `Panic`, and `text`. Where they are
    /// known there are `operation`, `attempts`, `remedy`, `http_status`, `retry_after` (seconds) and `phase`, and
    /// according to the kind `violations` (`path`, `rule`, `message` each), `code`, `message`, `meaning`, `excerpt`
    /// and `cause`, which looks the same.
    #[must_use]
    pub fn describe(&self) -> Map<String, Value> {
        match self {
            Self::Error(error) => described(error),
            Self::Config(text) => {
                Map::from_iter([name("kind", ErrorKind::Config.as_str()), name("text", text.as_str())])
            }
            Self::Panicked(panic, operation) => panicked(panic, *operation),
        }
    }
}

fn name(name: &str, value: impl Into<Value>) -> (String, Value) {
    (name.to_owned(), value.into())
}

fn described(error: &Error) -> Map<String, Value> {
    let call = error.call();
    let mut fields = Map::from_iter([
        name("kind", error.kind().as_str()),
        name("text", error.to_string()),
        name("operation", Some(call.operation).filter(|operation| !operation.is_empty())),
        name("attempts", call.attempts),
        name("remedy", error.remedy()),
        name("http_status", error.http_status()),
        name("retry_after", error.retry_after().map(|wait| wait.as_secs_f64())),
        name("phase", error.phase().map(Phase::as_str)),
        name("violations", violations(error.violations())),
        name("code", error.code()),
    ]);
    match error {
        Error::Api(error) => {
            fields.extend([name("message", error.message.as_str()), name("meaning", error.meaning)]);
        }
        Error::Protocol(error) => fields.extend([name("excerpt", error.excerpt.as_str())]),
        Error::OutcomeUnknown(error) => fields.extend([name("cause", described(&error.cause))]),
        _ => {}
    }
    fields
}

/// Violations as lists of an object's fields.
#[must_use]
pub fn violations(violations: &[Violation]) -> Value {
    let violation =
        |broken: &Violation| json!({"path": broken.path, "rule": broken.rule.as_str(), "message": broken.message});
    violations.iter().map(violation).collect()
}

/// A panic leaves it open whether an update was carried out.
fn panicked(panic: &Panicked, operation: Option<usize>) -> Map<String, Value> {
    let info = operation.map(|operation| OPERATIONS[operation]);
    let text = format!("internal error in recallflow: {}; please report it", panic.message);
    let operation = name("operation", info.map(|info| info.name));
    let bug = Map::from_iter([name("kind", "Panic"), name("text", text.as_str()), operation.clone()]);
    if info.is_none_or(|info| info.kind == OperationKind::Query) {
        return bug;
    }
    Map::from_iter([
        name("kind", ErrorKind::OutcomeUnknown.as_str()),
        name("text", format!("the update may or may not have been applied: {text}")),
        operation,
        name("cause", bug),
    ])
}
