//! The JSON form of errors and of the values that they carry.

use serde::{Serialize, Serializer};

use super::{Error, Phase};
use crate::pages::drift::Drift;
use crate::request::violation::{Rule, Violation};

/// The fields of an error. Those that are unknown are left out.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<Drift>,
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
            drift: self.drift(),
            cause: if let Error::OutcomeUnknown(error) = self { Some(&error.cause) } else { None },
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
