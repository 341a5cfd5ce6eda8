//! How faults are written as JSON.

use serde::Deserialize;
use serde::de::Error;
use serde_json::Value;

use crate::fault::Fault;

/// How many characters of JSON that is no fault are shown.
const SHOWN: usize = 100;

impl Fault {
    /// Reads a fault as scripts in JSON write it: a positive number is an HTTP status, another one a code, a name or
    /// an object is a fault, and a list is several faults together. Bytes are text, or `{"base64": "…"}` for what is
    /// no text; times are milliseconds.
    ///
    /// ```
    /// use recallflow_sandbox::Fault;
    /// use serde_json::json;
    ///
    /// assert_eq!(Fault::from_json(&json!(503))?, Fault::Status(503));
    /// assert_eq!(Fault::from_json(&json!(-15))?, Fault::Code(-15));
    /// assert_eq!(Fault::from_json(&json!(["applied", "reset"]))?, Fault::Applied.and(Fault::Reset));
    /// assert_eq!(Fault::from_json(&json!({ "truncate": 20 }))?, Fault::Truncate(20));
    /// assert_eq!(Fault::from_json(&json!({ "raw": { "base64": "AAE=" } }))?, Fault::Raw(vec![0, 1]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn from_json(json: &Value) -> Result<Self, serde_json::Error> {
        let several = |faults: &[Value]| faults.iter().map(Self::from_json).collect::<Result<Vec<_>, _>>();
        let read = match json {
            Value::Number(number) => match number.as_u64().and_then(|number| u16::try_from(number).ok()) {
                Some(status @ 300..600) => return Ok(Self::Status(status)),
                Some(1..) => Err(serde_json::Error::custom("an HTTP status is 300 to 599, and a success is `ok`")),
                _ => i64::deserialize(json).map(Self::Code),
            },
            Value::Array(faults) => return several(faults).map(Self::together),
            fault => match fault.get("all").and_then(Value::as_array) {
                Some(faults) if fault.as_object().is_some_and(|fault| fault.len() == 1) => {
                    return several(faults).map(Self::together);
                }
                _ => Self::deserialize(fault),
            },
        };
        read.map_err(|error| {
            let shown: String = json.to_string().chars().take(SHOWN).collect();
            serde_json::Error::custom(format!("{shown} is no fault: {error}"))
        })
    }
}

/// Durations as milliseconds.
pub(crate) mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

/// Bytes as text or, where they are none, as `{"base64": "…"}`.
pub(crate) mod bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged, expecting = "bytes are text or {\"base64\": text}")]
    enum Written {
        Text(String),
        Coded(Base64),
    }

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Base64 {
        base64: String,
    }

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match str::from_utf8(bytes) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Base64 { base64: STANDARD.encode(bytes) }.serialize(serializer),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Text(text) => Ok(text.into_bytes()),
            Written::Coded(coded) => {
                STANDARD.decode(coded.base64).map_err(|error| D::Error::custom(format!("no base64: {error}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::fault::{Edit, Fault};

    fn read(json: &Value) -> Fault {
        Fault::from_json(json).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn bytes_are_text_or_base64() {
        let coded = json!({ "base64": "/wA=" });
        let respond = |body: Vec<u8>| Fault::Respond { status: 200, headers: Vec::new(), body };
        for (json, fault) in [
            (json!({ "respond": { "status": 200, "body": "é" } }), respond("é".into())),
            (json!({ "respond": { "status": 200, "body": coded } }), respond(vec![0xff, 0])),
            (json!({ "respond": { "status": 200 } }), respond(Vec::new())),
            (json!({ "raw": coded }), Fault::Raw(vec![0xff, 0])),
            (json!({ "raw": "x" }), Fault::Raw(b"x".to_vec())),
            (json!({ "edit": { "body": coded } }), Fault::Edit(Edit::Body(vec![0xff, 0]))),
        ] {
            assert_eq!(read(&json), fault, "{json}");
            let written = serde_json::to_value(&fault).expect("a fault can be written");
            assert_eq!(read(&written), fault, "{written}");
        }
        let written = serde_json::to_value(Fault::Raw(vec![0xff, 0])).expect("a fault can be written");
        assert_eq!(written, json!({ "raw": coded }));
    }

    #[test]
    fn faults_together_are_one_list() {
        let fault = Fault::Status(504).and(Fault::Applied).and(Fault::Chunked);
        for json in [
            json!([504, "applied", "chunked"]),
            json!([504, ["applied", "chunked"]]),
            json!({ "all": [504, { "all": ["applied", ["chunked"]] }] }),
        ] {
            assert_eq!(read(&json), fault, "{json}");
        }
        assert_eq!(Fault::Status(504).and(Fault::Applied.and(Fault::Chunked)), fault);
        assert_eq!(read(&json!(["reset"])), Fault::Reset);
    }

    #[test]
    fn what_is_no_fault_is_named_beside_what_is_known() {
        for (json, part) in [
            (json!("rest"), "`reset_before_read`"),
            (json!({ "edit": "zip" }), "`gzip_bomb`"),
            (json!({ "respond": { "status": 200, "header": [] } }), "unknown field `header`"),
            (json!({ "raw": { "base64": "?" } }), "no base64"),
            (json!({ "raw": 5 }), "text or {\"base64\": text}"),
            (json!(["reset", 1.5]), "1.5 is no fault"),
            (json!(true), "true is no fault"),
            (json!(null), "null is no fault"),
            (json!({ "drip_body": { "bytes": 1, "interval": 1, "every": 1 } }), "unknown field `every`"),
        ] {
            let error = Fault::from_json(&json).expect_err("it is no fault").to_string();
            assert!(error.contains(part), "{json}: {error}");
        }
    }
}
