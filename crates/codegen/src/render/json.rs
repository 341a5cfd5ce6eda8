//! A JSON value that keeps the order of object members.
//!
//! `serde_json::Value` sorts members by name. Its feature `preserve_order` would change that for the published crate as
//! well, because Cargo unifies the features of a workspace.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Number;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(JsonObject),
}

/// A JSON object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct JsonObject(pub(super) IndexMap<String, Json>);

impl Json {
    /// Converts a value.
    ///
    /// # Panics
    ///
    /// If the value is not representable as JSON, which is a bug of the renderer.
    pub(super) fn new(value: impl Serialize) -> Self {
        let text = serde_json::to_string(&value).expect("rendered values are JSON");
        serde_json::from_str(&text).expect("serialized values parse")
    }
}

impl JsonObject {
    /// Creates an object without members.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds a member.
    #[must_use]
    pub(super) fn set(mut self, name: &str, value: impl Serialize) -> Self {
        self.0.insert(name.to_owned(), Json::new(value));
        self
    }

    /// Adds a member if there is a value.
    #[must_use]
    pub(super) fn set_some(self, name: &str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// Adds a member if the list has items.
    #[must_use]
    pub(super) fn set_any<T: Serialize>(self, name: &str, items: Vec<T>) -> Self {
        if items.is_empty() { self } else { self.set(name, items) }
    }

    /// Adds the members of another object.
    #[must_use]
    pub(super) fn merge(mut self, other: JsonObject) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Formats the object as a file.
    pub(super) fn pretty(&self) -> String {
        serde_json::to_string_pretty(self).expect("members have names") + "\n"
    }
}

impl<T: Serialize> FromIterator<(String, T)> for JsonObject {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (name, Json::new(value))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_numbers_their_kind() {
        let text = r#"{"b":1,"a":[-2,0.25,4.0,18446744073709551615,"x\n\"",null,true,{}]}"#;
        let value: Json = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
    }
}
