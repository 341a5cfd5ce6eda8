//! Converts JSON values to the types of documented fields.

use serde_json::Value;

use super::shape::Kind;
use super::table::Cell;
use crate::datetime::LocalDateTime;

/// Converts a JSON value to a cell of this type; `None` if it does not fit. Texts, objects and lists are not cells by
/// themselves, so the reader adds them to its table.
pub(crate) fn coerce(value: &Value, kind: &Kind) -> Option<Cell> {
    match kind {
        Kind::Int64 | Kind::Id | Kind::Enum(_) => number(value).map(Cell::Int),
        Kind::Int32 => number(value).filter(|number| i32::try_from(*number).is_ok()).map(Cell::Int),
        Kind::Float => float(value).map(Cell::Float),
        Kind::Flag | Kind::Bool => boolean(value).map(Cell::Bool),
        Kind::Time => LocalDateTime::parse(value.as_str()?.as_bytes()).map(Cell::Time),
        Kind::Text(_) | Kind::Object(_) | Kind::List(_) => None,
    }
}

/// Returns a whole number, also one that is written as text.
pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => integer(text),
        _ => None,
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        value => match number(value)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        // Beyond 64 bits only digits are lost, but an integer of 64 bits that is not signed is kept as it is.
        Value::Number(number) if number.is_u64() && !number.is_i64() => None,
        Value::Number(number) => number.as_f64(),
        Value::String(text) => decimal(text),
        _ => None,
    }
}

/// Reads plain decimal digits. Digits without end would become infinity, which JSON cannot hold.
fn decimal(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'));
    if is_plain { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

/// Reads a numeric string: digits with an optional minus, nothing else.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if numeric { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_digits_are_a_numeric_string() {
        assert_eq!(integer("-16"), Some(-16));
        assert_eq!(integer("007"), Some(7));
        for odd in ["", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "٣", "99999999999999999999"] {
            assert_eq!(integer(odd), None, "{odd:?}");
        }
    }
}
