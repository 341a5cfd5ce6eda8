//! Whether a JSON value fits the type of a documented field, and what it becomes.

use crate::LocalDateTime;
use crate::request::check::Number;

/// A type that reads itself from the kinds of JSON values that can stand for it. What it does not override does not fit.
pub(crate) trait Fit: Sized {
    /// From a whole number.
    fn from_integer(_number: i64) -> Option<Self> {
        None
    }
    /// From a number with a fraction, or one beyond 64 bits.
    fn from_float(_number: f64) -> Option<Self> {
        None
    }
    /// From text.
    fn from_text(_text: &str) -> Option<Self> {
        None
    }
    /// From a truth value.
    fn from_bool(_value: bool) -> Option<Self> {
        None
    }
}

impl Fit for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Fit for i64 {
    fn from_integer(number: i64) -> Option<Self> {
        Some(number)
    }

    fn from_text(text: &str) -> Option<Self> {
        integer(text)
    }
}

impl Fit for i32 {
    fn from_integer(number: i64) -> Option<Self> {
        number.try_into().ok()
    }

    fn from_text(text: &str) -> Option<Self> {
        integer(text).and_then(Self::from_integer)
    }
}

impl Fit for f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate or a price of 2^53 does not occur")]
    fn from_integer(number: i64) -> Option<Self> {
        Some(number as f64)
    }

    fn from_float(number: f64) -> Option<Self> {
        Some(number)
    }

    fn from_text(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'));
        // Digits without end would become infinity, which cannot be written again.
        if plain { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
    }
}

impl Fit for bool {
    fn from_integer(number: i64) -> Option<Self> {
        match number {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        integer(text).and_then(Self::from_integer)
    }

    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl Fit for LocalDateTime {
    fn from_text(text: &str) -> Option<Self> {
        LocalDateTime::parse(text.as_bytes())
    }
}

impl<T: Number> Fit for T {
    fn from_integer(number: i64) -> Option<Self> {
        Some(T::from_number(number))
    }

    fn from_text(text: &str) -> Option<Self> {
        integer(text).map(T::from_number)
    }
}

/// A numeric string: digits with an optional minus, nothing else.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if numeric { text.parse().ok() } else { None }
}
