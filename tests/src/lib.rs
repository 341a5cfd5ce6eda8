//! Reads the test vectors of `tests/vectors`, and tells every case that fails instead of only the first.

use std::collections::HashSet;
use std::fmt::{Debug, Write as _};
use std::fs;
use std::path::Path;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;
use similar::TextDiff;

/// Reads `tests/vectors/<file>.json`.
///
/// # Panics
///
/// If the file cannot be read as `T`.
#[must_use]
pub fn load<T: DeserializeOwned>(file: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(file).with_extension("json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Checks each case, and then panics if any failed, with the name of each and why.
///
/// # Panics
///
/// If a case fails, if two have the same name, or if there are none.
pub fn check_all<C>(cases: &[C], name: impl Fn(&C) -> &str, mut check: impl FnMut(&C) -> Result<(), String>) {
    assert!(!cases.is_empty(), "there are no cases");
    let mut names = HashSet::new();
    let mut failures = String::new();
    let mut failed = 0;
    for case in cases {
        let name = name(case);
        let outcome = if names.insert(name) { check(case) } else { Err("the name is not unique".to_owned()) };
        if let Err(why) = outcome {
            failed += 1;
            // Writing to a string does not fail.
            let _ = writeln!(failures, "\n* {name}\n{why}");
        }
    }
    assert!(failed == 0, "{failed} of {} cases failed:\n{failures}", cases.len());
}

/// Whether two values are the same; the error shows both.
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

/// Whether two JSON values are the same; the error shows the lines in which they differ.
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

/// Reads a member of a case that may be null: null is a value, and only an absent member is `None`.
///
/// # Errors
///
/// As the deserializer's.
pub fn even_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
