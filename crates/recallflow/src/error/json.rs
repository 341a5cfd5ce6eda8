//! The JSON form of errors and of the values that they carry. Python and Node create their errors from it.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Error, Phase};
use crate::edit::diff::Change;
use crate::generated::enums::RecallStatus;
use crate::pages::drift::Drift;
use crate::raw::ErrorResponse;
use crate::request::violation::{Rule, Violation};

/// The fields of an error, the only list of them. Those that are unknown are left out.
#[derive(Serialize)]
struct Fields<'a> {
    name: &'static str,
    message: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    operation: &'a str,
    attempts: u32,
    is_retryable: bool,
    outcome_is_known: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    violations: &'a [Violation],
    /// Number of the flow's status.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<&'a [Change]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<Drift>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<&'a ErrorResponse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a Error>,
}

/// Writes an object for structured logs. It holds no secret, because no error does.
///
/// `name` is the class of the error in Python and Node, and `message` its whole text. `service_message` is the text of the
/// service, and `retry_after` is in seconds. Unknown fields are left out.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let call = self.call();
        let (service_message, meaning) = match self {
            Error::Api(error) => (Some(&*error.message), error.meaning),
            _ => (None, None),
        };
        let (status, changes) = match self {
            Error::Conflict(error) => (error.status.map(RecallStatus::number), Some(&*error.changes)),
            _ => (None, None),
        };
        Fields {
            name: self.kind().as_str(),
            message: self.to_string(),
            operation: &call.operation,
            attempts: call.attempts,
            is_retryable: self.is_retryable(),
            outcome_is_known: self.outcome_is_known(),
            remedy: self.remedy(),
            http_status: self.http_status(),
            retry_after: self.retry_after().map(|wait| wait.as_secs_f64()),
            phase: self.phase().map(Phase::as_str),
            code: self.code(),
            service_message,
            meaning,
            excerpt: if let Error::Protocol(error) = self { Some(&error.excerpt) } else { None },
            violations: self.violations(),
            status,
            changes,
            drift: self.drift(),
            response: self.response(),
            reason: if let Error::Wait(error) = self { Some(error.reason.as_str()) } else { None },
            cause: match self {
                Error::OutcomeUnknown(error) => Some(&error.cause),
                Error::Wait(error) => error.cause.as_ref(),
                _ => None,
            },
        }
        .serialize(serializer)
    }
}

/// Writes the name that every language uses, such as `at_least_one`.
impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Writes `path`, both values as JSON, and `text`: the change as one line.
impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a> {
            path: &'a str,
            before: Option<Value>,
            after: Option<Value>,
            text: String,
        }
        let value = |json: &Option<String>| json.as_deref().and_then(|json| serde_json::from_str(json).ok());
        let (before, after) = (value(&self.before), value(&self.after));
        Fields { path: &self.path, before, after, text: self.to_string() }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::classify;
    use crate::error::{Call, TransportError};

    #[test]
    fn an_invalid_request_has_its_violations() {
        let violation = Violation {
            path: "nodeList[0].lan".to_owned(),
            rule: Rule::Required,
            message: "lan is missing".to_owned(),
        };
        let error = Error::invalid_request(vec![violation]).in_call("update_recall_flow", 0);
        assert_eq!(
            serde_json::to_value(&error).unwrap(),
            json!({
                "name": "InvalidRequestError",
                "message": error.to_string(),
                "operation": "update_recall_flow",
                "attempts": 0,
                "is_retryable": false,
                "outcome_is_known": true,
                "remedy": "correct the request; nothing was sent",
                "violations": [{"path": "nodeList[0].lan", "rule": "required", "message": "lan is missing"}],
            })
        );
    }

    #[test]
    fn a_conflict_has_its_status_and_changes() {
        let change =
            Change { path: "recallNum".to_owned(), before: Some("1".to_owned()), after: Some("[2]".to_owned()) };
        let written = serde_json::to_value(Error::conflict(Some(RecallStatus::Pending), vec![change])).unwrap();
        assert_eq!(written["status"], 0);
        let text = "recallNum: 1 -> [2]";
        assert_eq!(written["changes"], json!([{ "path": "recallNum", "before": 1, "after": [2], "text": text }]));
        let written = serde_json::to_value(Error::conflict(None, Vec::new())).unwrap();
        assert_eq!((&written["changes"], written.get("status")), (&json!([]), None));
    }

    #[test]
    fn an_unknown_outcome_has_its_cause() {
        let timeout = Error::Transport(Box::new(TransportError {
            phase: Phase::Response,
            timed_out: true,
            base_url: "https://h".to_owned(),
            message: "timed out".to_owned(),
            remedy: None,
            call: Call::default(),
        }));
        let error = classify::outcome_unknown(timeout).in_call("update_recall_flow", 1);
        assert!(error.is_timeout());
        let source = std::error::Error::source(&error).expect("the cause is the source");
        assert!(source.downcast_ref::<Error>().unwrap().is_timeout());
        let written = serde_json::to_value(&error).unwrap();
        assert_eq!(written["outcome_is_known"], json!(false));
        assert_eq!(written["cause"]["name"], json!("TimeoutError"));
        assert_eq!(written["cause"]["phase"], json!("response"));
    }
}
