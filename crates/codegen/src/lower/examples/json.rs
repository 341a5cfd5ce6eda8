//! JSON whose values know their lines.

use indexmap::IndexMap;
use serde_json::Number;
use serde_json::value::RawValue;

use crate::diagnostic::{At, Place};

/// A JSON value and its location.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) json: Json,
    pub(super) at: Place,
}

/// A JSON value.
#[derive(Debug)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node>),
    Object(IndexMap<String, Node>),
}

/// Parses a text whose first line is at its location. An error has its own location.
pub(super) fn parse(text: &At<String>) -> Result<Node, (Place, serde_json::Error)> {
    let raw: &RawValue = serde_json::from_str(&text.value).map_err(|error| {
        let at = Place { line: text.at.line + error.line().saturating_sub(1), ..text.at };
        (at, error)
    })?;
    node(raw, text).map_err(|error| (text.at, error))
}

/// Converts a slice of the text.
fn node(raw: &RawValue, text: &At<String>) -> serde_json::Result<Node> {
    let json = raw.get();
    let value = match json.as_bytes()[0] {
        b'{' => {
            let members: IndexMap<String, &RawValue> = serde_json::from_str(json)?;
            let members = members.into_iter().map(|(name, member)| Ok((name, node(member, text)?)));
            Json::Object(members.collect::<serde_json::Result<_>>()?)
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(json)?;
            Json::Array(items.into_iter().map(|item| node(item, text)).collect::<serde_json::Result<_>>()?)
        }
        b'"' => Json::String(serde_json::from_str(json)?),
        b'n' => Json::Null,
        b't' | b'f' => Json::Bool(serde_json::from_str(json)?),
        _ => Json::Number(serde_json::from_str(json)?),
    };
    let offset = json.as_ptr().addr() - text.value.as_ptr().addr();
    let line = text.at.line + text.value[..offset].matches('\n').count();
    Ok(Node { json: value, at: Place { line, ..text.at } })
}

impl Node {
    /// Returns whether the value is null.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.json, Json::Null)
    }

    /// Returns the value if it is a 64-bit integer.
    pub(super) fn integer(&self) -> Option<i64> {
        match &self.json {
            Json::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// Describes the value for a message.
    pub(super) fn describe(&self) -> String {
        match &self.json {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(number) => number.to_string(),
            Json::String(text) if text.chars().count() > 40 => "a longer string".to_owned(),
            Json::String(text) => format!("{text:?}"),
            Json::Array(_) => "a list".to_owned(),
            Json::Object(_) => "an object".to_owned(),
        }
    }
}
