//! Fields beyond the documented ones, in requests and responses.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::request::violation::{Rule, Violation};

/// Fields that this version does not know, by their wire names. An integer of more than 64 bits is an `f64`.
///
/// In a response, they are the unknown fields, and values that do not have the documented type:
///
/// ```
/// # let task: recallflow::GroupCallTask = serde_json::from_str(r#"{"taskId": 1, "region": "AE"}"#).unwrap();
/// assert_eq!(task.extra.get::<String>("region").as_deref(), Some("AE"));
/// assert_eq!(task.extra.json("region").as_deref(), Some("\"AE\""));
/// ```
///
/// In a request, they are sent as they are, and there is a warning about each. A documented field is a violation there.
/// A nested wire object such as `params` adds to the fields of the request that are in it.
///
/// ```
/// # use recallflow::{Extra, RecallNode};
/// let node = RecallNode::uploaded("voice.wav").extra(Extra::from_json(r#"{"region": "AE"}"#)?);
/// assert_eq!(node.validate(), []);
/// assert_eq!(node.warnings()[0].path, "region");
/// # Ok::<(), recallflow::Error>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Extra {
    fields: Map<String, Value>,
}

impl Extra {
    /// Parses a JSON object. Of several fields under one name, the last one counts.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the text is not a JSON object.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let fields = serde_json::from_str(json).map_err(|error| refused("extra", "a JSON object", &error))?;
        Ok(Self { fields })
    }

    /// Sets a field to a value that `serde` can serialize as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the value has no JSON form, such as a map whose keys are lists.
    pub fn set(&mut self, name: &str, value: impl Serialize) -> Result<(), Error> {
        let value = serde_json::to_value(value)
            .map_err(|error| refused(&format!("extra.{name}"), "a value with a JSON form", &error))?;
        self.insert(name, value);
        Ok(())
    }

    /// Returns whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Returns the number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns the wire names of the fields, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    /// Deserializes the field; `None` if it is absent or does not fit the type.
    #[must_use]
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.fields.get(name)?).ok()
    }

    /// Returns the field as JSON text.
    #[must_use]
    pub fn json(&self, name: &str) -> Option<String> {
        self.fields.get(name).map(Value::to_string)
    }

    /// Returns whether there is a field of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Returns names and values, for other languages.
    #[cfg(feature = "__ffi")]
    #[doc(hidden)]
    pub fn values(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.iter()
    }

    /// Returns the fields by name.
    pub(crate) fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.fields.iter()
    }

    pub(crate) fn insert(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.fields.remove(name);
    }
}

/// Returns the error for a value that cannot be a field of `extra`.
fn refused(path: &str, expected: &str, error: &serde_json::Error) -> Error {
    let message = format!("`{path}` must be {expected}: {error}");
    Error::invalid_request(vec![Violation { path: path.to_owned(), rule: Rule::Type, message }])
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Value::Object(self.fields.clone()))
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn unknown_fields_are_counted_and_shown() {
        let mut extra = Extra::default();
        assert!(extra.is_empty());
        extra.insert("region", "AE".into());
        extra.insert("level", 2.into());
        assert!(!extra.is_empty() && extra.has("level") && !extra.has("other"));
        assert_eq!(extra.len(), 2);
        assert_eq!(format!("{extra:?}"), r#"{"level":2,"region":"AE"}"#);
    }

    #[test]
    fn fields_are_set_from_values_and_from_json() {
        let mut extra = Extra::from_json(r#"{"level": 1}"#).unwrap();
        extra.set("level", 2).unwrap();
        extra.set("region", "AE").unwrap();
        assert_eq!(extra, Extra::from_json(r#"{"region": "AE", "level": 2}"#).unwrap());
        let error = extra.set("bad", BTreeMap::from([([1], 2)])).unwrap_err();
        assert_eq!(error.violations()[0].path, "extra.bad");
        assert_eq!(Extra::from_json("[]").unwrap_err().violations()[0].path, "extra");
    }
}
