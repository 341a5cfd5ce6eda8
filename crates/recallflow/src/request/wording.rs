//! Phrases that the messages of several kinds of violations share.

use std::fmt::Display;

use serde_json::Value;

/// Returns the complaint about a missing field. `when` is the condition of the rule in words, empty for always.
pub(super) fn missing(when: &str) -> String {
    format!("is required{}", clause(when))
}

/// Returns the complaint about a number or name that is not one of the allowed ones.
pub(super) fn not_one_of<T: Display>(allowed: &[T], got: impl Display) -> String {
    let mut listed = String::new();
    for (index, value) in allowed.iter().enumerate() {
        let separator = match index {
            0 => "",
            _ if index + 1 == allowed.len() => " or ",
            _ => ", ",
        };
        listed.push_str(separator);
        listed.push_str(&value.to_string());
    }
    format!("must be {listed}, but is {got}")
}

/// Returns the condition of a rule as the end of a sentence.
pub(super) fn clause(when: &str) -> String {
    if when.is_empty() { String::new() } else { format!(" when {when}") }
}

/// Returns a range in words.
pub(super) fn bounds<T: Display>(min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "anything".to_owned(),
    }
}

/// Returns a text as messages show it: quoted as in JSON, or its length if it is long.
pub(crate) fn describe_text(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.chars().count() {
        0..=LONGEST => Value::from(text).to_string(),
        count => format!("a text of {count} characters"),
    }
}
