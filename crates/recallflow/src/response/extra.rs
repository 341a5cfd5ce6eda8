//! Values of a response beyond its documented fields.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};

/// Unknown fields of a response, and values that do not have the documented type, by their wire names.
///
/// ```
/// # let task: recallflow::GroupCallTask = serde_json::from_str(r#"{"taskId": 1, "region": "AE"}"#).unwrap();
/// assert_eq!(task.extra.get::<String>("region").as_deref(), Some("AE"));
/// assert_eq!(task.extra.json("region").as_deref(), Some("\"AE\""));
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Extra {
    fields: Map<String, Value>,
}

impl Extra {
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
}
