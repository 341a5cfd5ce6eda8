//! Why the JSON of a response cannot be read.

use serde::de::IgnoredAny;

use super::read::MAX_DEPTH;

/// The reason why JSON cannot be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unreadable {
    /// It is not JSON, or has a number beyond those of 64 bits.
    Malformed,
    /// Objects and lists are nested too deeply.
    TooDeep,
    /// It holds more values than are allowed.
    TooManyValues,
}

impl Unreadable {
    /// Describes what the JSON is instead of an object, with the line and column of a syntax error.
    pub(crate) fn describe(self, json: &str) -> String {
        let got = match self {
            Self::TooManyValues => "too many values".to_owned(),
            Self::TooDeep => format!("more than {MAX_DEPTH} nested values: recursion limit exceeded"),
            Self::Malformed => match serde_json::from_str::<IgnoredAny>(json) {
                Err(error) => format!("invalid JSON: {error}"),
                Ok(_) => match json.trim_start().as_bytes() {
                    [b'{', ..] => "a number out of range",
                    [b'[', ..] => "a list",
                    [b'"', ..] => "text",
                    [b'n', ..] => "null",
                    [b't' | b'f', ..] => "a boolean",
                    _ => "a number",
                }
                .to_owned(),
            },
        };
        format!("expected a JSON object, got {got}")
    }
}
