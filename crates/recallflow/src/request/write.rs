//! Writes requests in their wire form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};

use crate::extra::Extra;

/// Serializes the fields of one wire object, then those in `extra`.
///
/// A documented field in `extra` is a violation. If the caller turned validation off, it replaces the field.
pub(crate) struct ObjectWriter<'a, S: Serializer> {
    map: S::SerializeMap,
    extra: Option<&'a Map<String, Value>>,
    /// Nested objects, which contain their part of `extra`.
    nested: Vec<&'static str>,
}

impl<'a, S: Serializer> ObjectWriter<'a, S> {
    /// Begins the object of a request.
    pub(crate) fn new(serializer: S, extra: &'a Extra) -> Result<Self, S::Error> {
        Self::begin(serializer, Some(extra.fields()))
    }

    /// Begins the nested object of this name.
    pub(crate) fn within(serializer: S, extra: &'a Extra, name: &str) -> Result<Self, S::Error> {
        Self::begin(serializer, extra.fields().get(name).and_then(Value::as_object))
    }

    fn begin(serializer: S, extra: Option<&'a Map<String, Value>>) -> Result<Self, S::Error> {
        Ok(Self { map: serializer.serialize_map(None)?, extra, nested: Vec::new() })
    }

    fn in_extra(&self, name: &str) -> Option<&'a Value> {
        self.extra?.get(name)
    }

    /// Writes a field, if it has a value.
    pub(crate) fn field<T: Serialize>(&mut self, name: &'static str, value: Option<&T>) -> Result<(), S::Error> {
        match value {
            Some(value) if self.in_extra(name).is_none() => self.map.serialize_entry(name, value),
            _ => Ok(()),
        }
    }

    /// Writes a flag as 0 or 1, if it has a value.
    pub(crate) fn flag(&mut self, name: &'static str, flag: Option<bool>) -> Result<(), S::Error> {
        self.field(name, flag.map(u8::from).as_ref())
    }

    /// Writes a nested object.
    pub(crate) fn nested(&mut self, name: &'static str, object: &impl Serialize) -> Result<(), S::Error> {
        if self.in_extra(name).is_some_and(|extra| !extra.is_object()) {
            return Ok(());
        }
        self.nested.push(name);
        self.map.serialize_entry(name, object)
    }

    /// Writes `extra`.
    pub(crate) fn end(mut self) -> Result<S::Ok, S::Error> {
        let extra = self.extra.into_iter().flatten();
        for (name, value) in extra.filter(|(name, _)| !self.nested.contains(&name.as_str())) {
            self.map.serialize_entry(name, value)?;
        }
        self.map.end()
    }
}

/// Encodes bytes as padded base64.
pub(crate) fn to_base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Returns whether a text is padded base64 without stray bits at its end.
pub(crate) fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Extra, GroupCallQuery, RecallFlowDetailQuery};

    #[test]
    fn extra_fields_come_last_and_in_their_wire_object() {
        let time = "2024-01-01 00:00:00".parse().unwrap();
        let extra = Extra::from_json(r#"{"b": [1], "a": null, "params": {"new": {"x": 1}}}"#).unwrap();
        let text = serde_json::to_string(&GroupCallQuery::new(time, time).extra(extra)).unwrap();
        assert!(text.ends_with(r#""taskType":3,"new":{"x":1}},"a":null,"b":[1]}"#), "{text}");
    }

    #[test]
    fn without_validation_a_documented_field_in_extra_is_sent_once() {
        let query = RecallFlowDetailQuery::new(7).extra(Extra::from_json(r#"{"keyId": "x"}"#).unwrap());
        assert_eq!(query.validate()[0].path, "extra.keyId");
        assert_eq!(serde_json::to_string(&query).unwrap(), r#"{"keyId":"x"}"#);
        let time = "2024-01-01 00:00:00".parse().unwrap();
        let query = GroupCallQuery::new(time, time).extra(Extra::from_json(r#"{"params": 5}"#).unwrap());
        assert_eq!(serde_json::to_value(&query).unwrap(), json!({ "current": 1, "size": 100, "params": 5 }));
    }
}
