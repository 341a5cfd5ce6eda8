//! JSON documents that keep the order of their fields, which is that of the vendor's documents.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Document {
    Object(IndexMap<String, Document>),
    List(Vec<Document>),
    /// Anything else.
    Value(Value),
}

impl Document {
    /// Returns the JSON form of a value.
    pub(crate) fn of(value: &impl Serialize) -> Result<Self, Failure> {
        let text = serde_json::to_string(value).map_err(unwritable)?;
        serde_json::from_str(&text).map_err(unwritable)
    }

    /// Removes fields that are null, which means the same as absent.
    pub(crate) fn without_nulls(self) -> Self {
        match self {
            Self::Object(fields) => {
                let fields = fields.into_iter().filter(|(_, value)| *value != Self::Value(Value::Null));
                Self::Object(fields.map(|(name, value)| (name, value.without_nulls())).collect())
            }
            Self::List(items) => Self::List(items.into_iter().map(Self::without_nulls).collect()),
            Self::Value(value) => Self::Value(value),
        }
    }

    /// Returns the fields of an object; none of another value.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &Document)> {
        let fields = if let Self::Object(fields) = self { Some(fields) } else { None };
        fields.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns a field of an object.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Document> {
        if let Self::Object(fields) = self { fields.get_mut(name) } else { None }
    }

    /// Returns the items of a list; none of another value.
    pub(crate) fn items_mut(&mut self) -> &mut [Document] {
        if let Self::List(items) = self { items } else { &mut [] }
    }

    /// Returns the items of a list; none of another value.
    pub(crate) fn items(&self) -> &[Document] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// Returns the value as a reader expects it in a cell.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Value(Value::Null) => String::new(),
            Self::Value(Value::String(text)) => text.clone(),
            Self::Value(value) => value.to_string(),
            Self::List(items) if items.iter().all(|item| matches!(item, Self::Value(_))) => {
                items.iter().map(Self::text).collect::<Vec<_>>().join(", ")
            }
            Self::Object(_) | Self::List(_) => serde_json::to_string(self).unwrap_or_default(),
        }
    }

    /// Whether it is a number, which a table aligns at the right.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Self::Value(Value::Number(_)))
    }
}

impl<T: Into<Value>> From<T> for Document {
    fn from(value: T) -> Self {
        match value.into() {
            Value::Object(fields) => {
                Self::Object(fields.into_iter().map(|(name, value)| (name, value.into())).collect())
            }
            Value::Array(items) => Self::List(items.into_iter().map(Into::into).collect()),
            other => Self::Value(other),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn unwritable(error: serde_json::Error) -> Failure {
    Failure::Local(format!("the output: {error}"))
}

/// Creates a document from names and values, in their order. The values have a JSON form.
macro_rules! document {
    ($($name:literal : $value:expr),* $(,)?) => {
        $crate::document::Document::Object(
            [$(($name.to_owned(), $crate::document::Document::of(&$value).unwrap_or_else(|_| ().into()))),*]
                .into_iter()
                .collect(),
        )
    };
}
pub(crate) use document;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order() {
        let text = r#"{"b":1,"a":null,"list":[{"z":"x","y":null}],"big":9223372036854775807}"#;
        let document: Document = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&document).unwrap(), text);
        let shorter = serde_json::to_string(&document.without_nulls()).unwrap();
        assert_eq!(shorter, r#"{"b":1,"list":[{"z":"x"}],"big":9223372036854775807}"#);
    }
}
