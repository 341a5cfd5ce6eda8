//! Failures as JSON, from which Python and Node create their error objects.

use recallflow::ffi::CallInfo;
use recallflow::{Error, ErrorKind, OperationKind};
use serde_json::{Value, json};

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
    /// Returns the fields of the error object: those of an [`Error`] in JSON.
    ///
    /// `name` is the class, or `Panic`; `message` is the whole text. Only an error of the client has a number of `attempts`.
    #[must_use]
    pub fn describe(&self) -> Value {
        match self {
            Self::Error(error) => json!(error),
            Self::Config(text) => json!({ "name": ErrorKind::Config.as_str(), "message": text }),
            Self::Panicked(panic, call) => describe_panic(panic, call.as_ref()),
        }
    }
}

/// Describes a panic. The outcome of an update is then unknown.
fn describe_panic(panic: &Panicked, call: Option<&CallInfo>) -> Value {
    let text = format!("internal error in recallflow: {}; please report it", panic.message);
    let operation = call.map(|call| &*call.name);
    let bug = json!({ "name": "Panic", "message": text, "operation": operation });
    if call.is_none_or(|call| call.kind == OperationKind::Query) {
        return bug;
    }
    json!({
        "name": ErrorKind::OutcomeUnknown.as_str(),
        "message": format!("the update may or may not have been applied: {text}"),
        "operation": operation,
        "cause": bug,
    })
}
