//! Functions that read JSON values.

use serde_json::Value;

/// Returns a whole number. As in JSON Schema, `1.0` is a whole number too.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "the guard keeps to numbers that are whole and fit")]
    let whole = |number: f64| (number.fract() == 0.0 && number.abs() <= LIMIT).then_some(number as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(whole))
}

/// Returns a member of an object, or null if it is missing.
pub(crate) fn member(value: &Value, name: &str) -> Value {
    value.get(name).cloned().unwrap_or_default()
}
