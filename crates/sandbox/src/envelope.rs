//! The envelope around every answer, in the forms that the documents show and in others.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The envelope of a failure.
pub(crate) fn failure(code: i64, message: &str) -> String {
    // In the order of the documents, which a map would not keep.
    format!(r#"{{"code":{code},"msg":{},"data":null}}"#, Value::from(message))
}

/// The envelope of a success.
pub(crate) fn success(data: &Value) -> String {
    format!(r#"{{"code":0,"msg":"success","data":{data}}}"#)
}

/// The code in an envelope, if it is one.
pub(crate) fn code_of(body: &[u8]) -> Option<i64> {
    let envelope: Value = serde_json::from_slice(body).ok()?;
    let code = envelope.get("code").or_else(|| envelope.get("status"))?;
    code.as_i64().or_else(|| code.as_str()?.parse().ok())
}

/// How an envelope is written: the documents use every combination of these names and forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnvelopeStyle {
    /// Name of the code, `code` or `status` in the documents.
    pub code: String,
    /// Name of the message, `msg` or `reason` in the documents.
    pub message: String,
    /// Whether the code is a string.
    pub code_as_text: bool,
    /// What becomes of `data`.
    pub data: DataStyle,
}

/// What becomes of an envelope's `data`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataStyle {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is null.
    Null,
    /// It is left out.
    Missing,
}

impl Default for EnvelopeStyle {
    fn default() -> Self {
        Self { code: "code".to_owned(), message: "msg".to_owned(), code_as_text: false, data: DataStyle::Keep }
    }
}

impl EnvelopeStyle {
    /// `status` as a string, and `reason`, as the platform's older pages show.
    #[must_use]
    pub fn old() -> Self {
        Self { code: "status".to_owned(), message: "reason".to_owned(), code_as_text: true, data: DataStyle::Keep }
    }

    /// Writes an envelope in this style; what is no envelope stays as it is.
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
