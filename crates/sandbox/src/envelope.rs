//! The envelope of every response, in the documents' styles and in others.

use serde_json::{Map, Value};

use crate::generated::protocol::{DataStyle, EnvelopeStyle};

/// Returns the envelope of a failure.
pub(crate) fn failure(code: i64, message: &str) -> String {
    // Formatted by hand, because a map would not keep the documents' order.
    format!(r#"{{"code":{code},"msg":{},"data":null}}"#, Value::from(message))
}

/// Returns the envelope of a success.
pub(crate) fn success(data: &Value) -> String {
    format!(r#"{{"code":0,"msg":"success","data":{data}}}"#)
}

/// Returns the code of an envelope, or `None` if the body is not an envelope.
pub(crate) fn code_of(body: &[u8]) -> Option<i64> {
    let envelope: Value = serde_json::from_slice(body).ok()?;
    let code = envelope.get("code").or_else(|| envelope.get("status"))?;
    code.as_i64().or_else(|| code.as_str()?.parse().ok())
}

impl EnvelopeStyle {
    /// Returns the style of the platform's older pages: `status` as a string, and `reason`.
    #[must_use]
    pub fn old() -> Self {
        Self { code: "status".to_owned(), message: "reason".to_owned(), code_as_text: true, ..Self::default() }
    }

    /// Rewrites an envelope in this style, and returns any other body unchanged.
    pub(crate) fn restyle(&self, body: &[u8]) -> Vec<u8> {
        let Ok(Value::Object(envelope)) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
        let member = |name: &str| envelope.get(name).cloned().unwrap_or_default();
        let code = member("code");
        let mut styled = Map::new();
        styled.insert(self.code.clone(), if self.code_as_text { code.to_string().into() } else { code });
        styled.insert(self.message.clone(), member("msg"));
        match self.data {
            DataStyle::Keep => drop(styled.insert("data".to_owned(), member("data"))),
            DataStyle::Null => drop(styled.insert("data".to_owned(), Value::Null)),
            DataStyle::Missing => {}
        }
        Value::Object(styled).to_string().into_bytes()
    }
}
