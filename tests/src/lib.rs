//! Loads the test vectors in `tests/vectors`, and reports every case that fails instead of the first one only.

use std::collections::HashSet;
use std::fmt::{Debug, Write as _};
use std::fs;
use std::path::Path;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use serde_json::{Map, Value};
use similar::TextDiff;

/// A case of a vector file. An optional `source` in the file is ignored.
#[derive(Debug)]
pub struct Case<T> {
    /// What the case shows. Unique in its list.
    pub name: String,
    /// The other fields of the case.
    pub content: T,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Case<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        members.remove("source");
        let Some(Value::String(name)) = members.remove("name") else {
            return Err(D::Error::custom("a case has no name"));
        };
        match T::deserialize(Value::Object(members)) {
            Ok(content) => Ok(Self { name, content }),
            Err(error) => Err(D::Error::custom(format!("case {name:?}: {error}"))),
        }
    }
}

/// Reads `tests/vectors/<file>.json`.
///
/// # Panics
///
/// If the file is missing or does not parse as `T`.
#[must_use]
pub fn load<T: DeserializeOwned>(file: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(file).with_extension("json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Checks every case, then panics with the name and the reason of each failure.
///
/// # Panics
///
/// If a case fails, if two cases have the same name, or if the list is empty.
pub fn check_all<T>(cases: &[Case<T>], mut check: impl FnMut(&T) -> Result<(), String>) {
    assert!(!cases.is_empty(), "there are no cases");
    let mut names = HashSet::new();
    let mut failures = String::new();
    let mut failed = 0;
    for Case { name, content } in cases {
        let outcome = if names.insert(name) { check(content) } else { Err("the name is not unique".to_owned()) };
        if let Err(why) = outcome {
            failed += 1;
            // Writing to a string cannot fail.
            let _ = writeln!(failures, "\n* {name}\n{why}");
        }
    }
    assert!(failed == 0, "{failed} of {} cases failed:\n{failures}", cases.len());
}

/// Compares two values. The error shows both.
///
/// # Errors
///
/// If they differ.
pub fn same<T: PartialEq + Debug>(what: &str, expected: &T, got: &T) -> Result<(), String> {
    if expected == got {
        return Ok(());
    }
    Err(format!("{what}\n    expected {expected:?}\n    got      {got:?}"))
}

/// Compares two JSON values. The error shows a diff.
///
/// # Errors
///
/// If they differ.
pub fn same_json(what: &str, expected: &Value, got: &Value) -> Result<(), String> {
    if expected == got {
        return Ok(());
    }
    let (expected, got) = (format!("{expected:#}\n"), format!("{got:#}\n"));
    let diff = TextDiff::from_lines(&expected, &got);
    Err(format!("{what}\n{}", diff.unified_diff().context_radius(2).header("expected", "got")))
}

/// Checks that a text contains all of these parts.
///
/// # Errors
///
/// The first part that is missing.
pub fn contains(what: &str, text: &str, parts: &[String]) -> Result<(), String> {
    match parts.iter().find(|part| !text.contains(part.as_str())) {
        Some(part) => Err(format!("{what} does not contain {part:?}: {text:?}")),
        None => Ok(()),
    }
}

/// Checks that a text contains none of these parts.
///
/// # Errors
///
/// The first part that is present.
pub fn lacks(what: &str, text: &str, parts: &[String]) -> Result<(), String> {
    match parts.iter().find(|part| text.contains(part.as_str())) {
        Some(part) => Err(format!("{what} contains {part:?}: {text:?}")),
        None => Ok(()),
    }
}

/// Deserializes a field in which null is a value. Only an absent field is `None`.
///
/// # Errors
///
/// The error of the deserializer.
pub fn even_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cases(json: Value) -> Vec<Case<Map<String, Value>>> {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_content_of_a_case_lacks_its_name_and_source() {
        let [case] = &cases(json!([{ "name": "a", "source": "000", "x": 1 }]))[..] else { panic!("not one case") };
        assert_eq!((case.name.as_str(), Value::from(case.content.clone())), ("a", json!({ "x": 1 })));
        assert!(serde_json::from_str::<Case<Value>>(r#"{"x": 1}"#).is_err());
    }

    #[test]
    #[should_panic(expected = "1 of 2 cases failed:\n\n* b\nno")]
    fn a_failing_case_is_named() {
        check_all(&cases(json!([{ "name": "a" }, { "name": "b", "bad": 1 }])), |case| {
            if case.is_empty() { Ok(()) } else { Err("no".to_owned()) }
        });
    }

    #[test]
    #[should_panic(expected = "the name is not unique")]
    fn duplicate_names_fail() {
        check_all(&cases(json!([{ "name": "a" }, { "name": "a" }])), |_| Ok(()));
    }

    #[test]
    #[should_panic(expected = "there are no cases")]
    fn an_empty_list_fails() {
        check_all(&cases(json!([])), |_| Ok(()));
    }

    #[test]
    fn the_error_shows_the_diff() {
        let why = same_json("it", &json!({ "a": 1, "b": 2 }), &json!({ "a": 1, "b": 3 })).unwrap_err();
        assert!(why.contains("-  \"b\": 2") && why.contains("+  \"b\": 3"), "{why}");
    }
}

/// Compiles the examples in the README of the repository.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
