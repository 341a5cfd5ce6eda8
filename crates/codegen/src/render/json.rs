//! An ordered JSON value and its printer.
//!
//! `serde_json` sorts the members of an object, or keeps their order for every crate of the build. The rendered
//! documents need an order that reads well, so they have a value of their own.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// Widest line onto which a list or an object is put as a whole.
const WIDTH: usize = 120;

/// A JSON value whose members keep their order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// An object.
    Object(Object),
}

/// The members of a JSON object, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object(Vec<(String, Json)>);

impl Object {
    /// An object without members.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The object with one more member.
    #[must_use]
    pub(super) fn with(mut self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// The object with one more member if there is a value.
    #[must_use]
    pub(super) fn with_some(self, name: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The object with one more member if the list has items.
    #[must_use]
    pub(super) fn with_any<T: Into<Json>>(self, name: &str, items: Vec<T>) -> Self {
        if items.is_empty() { self } else { self.with(name, items) }
    }

    /// The object with the members of another after its own.
    #[must_use]
    pub(super) fn and(mut self, other: Object) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The value of a member.
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.iter().find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The members in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is no member.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The object with each value changed by its name.
    #[must_use]
    pub(super) fn map(self, change: impl Fn(&str, Json) -> Json) -> Self {
        self.0.into_iter().map(|(name, value)| (name.clone(), change(&name, value))).collect()
    }

    /// The object without the members that fail a test of their names.
    #[must_use]
    pub(super) fn filter(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(name, _)| keep(name));
        self
    }
}

impl FromIterator<(String, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

impl Json {
    /// Reads a JSON text.
    pub(super) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// A number, without a fraction where it has none.
    pub(super) fn number(value: f64) -> Self {
        let text = value.to_string();
        Self::Number(text.parse().expect("limits of the spec are finite"))
    }

    /// The value as a file: indented by two blanks, with what fits on a line on one line.
    pub(super) fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0, 0);
        text.push('\n');
        text
    }

    /// Writes the value behind `column` characters of a line that is indented by `indent`.
    fn write(&self, text: &mut String, indent: usize, column: usize) {
        let line = self.to_string();
        if column + line.chars().count() < WIDTH {
            text.push_str(&line);
            return;
        }
        match self {
            Self::Array(items) => {
                let items = items.iter().map(|item| (String::new(), item));
                write_block(text, indent, ['[', ']'], items);
            }
            Self::Object(object) => {
                let members = object.iter().map(|(name, value)| (format!("{}: ", quoted(name)), value));
                write_block(text, indent, ['{', '}'], members);
            }
            _ => text.push_str(&line),
        }
    }
}

/// Writes the parts of a list or an object, one a line, each behind its label.
fn write_block<'a>(
    text: &mut String,
    indent: usize,
    [open, close]: [char; 2],
    parts: impl Iterator<Item = (String, &'a Json)>,
) {
    let inner = indent + 2;
    text.push(open);
    for (index, (label, value)) in parts.enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.extend(std::iter::repeat_n(' ', inner));
        text.push_str(&label);
        value.write(text, inner, inner + label.chars().count());
    }
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', indent));
    text.push(close);
}

/// The text as a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Shows the value on one line.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::String(value) => f.write_str(&quoted(value)),
            Self::Array(items) => {
                let items: Vec<_> = items.iter().map(Json::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Object(object) if object.is_empty() => f.write_str("{}"),
            Self::Object(object) => {
                let members: Vec<_> = object.iter().map(|(name, value)| format!("{}: {value}", quoted(name))).collect();
                write!(f, "{{ {} }}", members.join(", "))
            }
        }
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Json {
    fn from(value: i32) -> Self {
        Self::Number(value.into())
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Number(value.into())
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<&String> for Json {
    fn from(value: &String) -> Self {
        Self::String(value.clone())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<Object> for Json {
    fn from(value: Object) -> Self {
        Self::Object(value)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Json>, const N: usize> From<[T; N]> for Json {
    fn from(items: [T; N]) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

/// Builds a [`Json`] from what a parser meets.
struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json, E> {
        Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(Object(members)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_numbers_their_spelling() {
        let text = r#"{ "b": 1, "a": [-2, 0.25, 1.5e300, "x\n\"", null, true, {}] }"#;
        let value = Json::parse(text).unwrap();
        assert_eq!(value.to_string(), text.replace("1.5e300", "1.5e+300"));
    }

    #[test]
    fn whole_limits_have_no_fraction() {
        assert_eq!(Json::number(4.0).to_string(), "4");
        assert_eq!(Json::number(0.25).to_string(), "0.25");
    }

    #[test]
    fn what_fits_stays_on_one_line() {
        let long = "x".repeat(WIDTH);
        let value =
            Object::new().with("short", vec![1, 2]).with("long", vec![long.clone()]).with("none", Object::new());
        let expected = format!("{{\n  \"short\": [1, 2],\n  \"long\": [\n    \"{long}\"\n  ],\n  \"none\": {{}}\n}}\n");
        assert_eq!(Json::from(value).pretty(), expected);
    }
}
