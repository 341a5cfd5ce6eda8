//! How names of the spec look in each language.
//!
//! The spec writes a field as the wire does (`uploadName`), a type in `PascalCase`, and enum values, operations and
//! constructors in `snake_case`. Each language has its own case for each of them:
//!
//! | | Rust | Python | TypeScript |
//! |---|---|---|---|
//! | field, argument | `upload_name` | `upload_name` | `uploadName`, a field exactly as on the wire |
//! | enum value | `InProgress` | `IN_PROGRESS` | `IN_PROGRESS` |
//! | operation, constructor | `group_calls` | `group_calls` | `groupCalls` |
//!
//! A reserved name is escaped only in the language that reserves it, so that it stays recognizable:
//!
//! - Rust: a raw identifier (`r#type`). A trailing `_` for words that cannot be raw (`self_`) and for members of every
//!   generated type (`new_`, `extra_`).
//! - Python: a trailing `_` for keywords, `self`, members of every generated class, and names that the class bodies use
//!   (`datetime_`). Lowering rejects arguments with the names of other arguments ([`reserved::reserved_keyword`]).
//! - TypeScript: a trailing `_` for arguments that are keywords (`class_`) or names that the generated functions use
//!   (`options_`). Properties and methods need no escape. A property always has the name on the wire, so the spec must not
//!   use the name of another property: see [`reserved::reserved_property`].
//!
//! Type names are not escaped. Lowering rejects a type that would hide a common name ([`reserved::reserved_type`]), and
//! names that differ only in case or `_` ([`key`]). Escaping therefore never makes two names equal.

pub mod reserved;

use reserved::{
    MEMBERS, PYTHON_KEYWORDS, PYTHON_USED, RUST_KEYWORDS, RUST_NEVER_RAW, TYPESCRIPT_KEYWORDS, TYPESCRIPT_USED, has,
};

/// Converts a name to `snake_case`: `uploadName` → `upload_name`, `HTTPStatus` → `http_status`, `text1` → `text1`.
#[must_use]
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// Converts a name to `SCREAMING_SNAKE_CASE`: `in_progress` → `IN_PROGRESS`.
#[must_use]
pub fn screaming(name: &str) -> String {
    snake(name).to_uppercase()
}

/// Converts a name to `PascalCase`: `in_progress` → `InProgress`.
#[must_use]
pub fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capitalized(word)).collect()
}

/// Converts a name to `camelCase`: `group_calls` → `groupCalls`.
#[must_use]
pub fn camel(name: &str) -> String {
    let capitalize = |(index, word): (usize, &String)| if index == 0 { word.clone() } else { capitalized(word) };
    words(name).iter().enumerate().map(capitalize).collect()
}

/// Returns a name without case and separators. Lowering rejects two names with the same key, because some language would
/// show them as one.
#[must_use]
pub fn key(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Returns the Rust name of a field, argument, operation or constructor: `uploadName` → `upload_name`, `type` → `r#type`,
/// `self` → `self_`.
#[must_use]
pub fn rust_field(name: &str) -> String {
    rust_identifier(escape_member(snake(name)))
}

/// Returns the Rust name of an enum value: `in_progress` → `InProgress`, `self` → `Self_`. Every generated enum already
/// has a variant `Unknown`.
#[must_use]
pub fn rust_variant(name: &str) -> String {
    let name = pascal(name);
    if name == "Unknown" { trailed(name) } else { rust_identifier(name) }
}

/// Returns the Python name of a field, argument, operation or constructor: `uploadName` → `upload_name`, `class` → `class_`.
#[must_use]
pub fn python_field(name: &str) -> String {
    let name = escape_member(snake(name));
    if has(PYTHON_KEYWORDS, &name) || has(PYTHON_USED, &name) { trailed(name) } else { name }
}

/// Returns the TypeScript name of a method: `query_group_calls` → `queryGroupCalls`.
#[must_use]
pub fn typescript_method(name: &str) -> String {
    camel(name)
}

/// Returns the TypeScript name of an argument: `uploadName` → `uploadName`, `class` → `class_`.
#[must_use]
pub fn typescript_argument(name: &str) -> String {
    let name = camel(name);
    if has(TYPESCRIPT_KEYWORDS, &name) || has(TYPESCRIPT_USED, &name) { trailed(name) } else { name }
}

/// Splits a name into lower-case words: at `_` and `-`, before a capital that follows a small letter or a digit, and
/// before the last of several capitals if a small letter follows it.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| chars[before]);
        let small_after = chars.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let starts = before.is_some_and(|before| !before.is_ascii_uppercase() || small_after);
        if c == '_' || c == '-' {
            words.push(String::new());
            continue;
        }
        if c.is_ascii_uppercase() && starts {
            words.push(String::new());
        }
        words.last_mut().expect("there is always a word").push(c.to_ascii_lowercase());
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Converts the first letter of a word to upper case.
fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// Escapes a name that Rust reserves.
fn rust_identifier(name: String) -> String {
    if has(RUST_NEVER_RAW, &name) {
        trailed(name)
    } else if has(RUST_KEYWORDS, &name) {
        format!("r#{name}")
    } else {
        name
    }
}

/// Escapes a name that every generated type already has.
fn escape_member(name: String) -> String {
    if has(MEMBERS, &name) { trailed(name) } else { name }
}

/// Appends `_` to a name.
fn trailed(name: String) -> String {
    name + "_"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A conversion of a name.
    type Convert = fn(&str) -> String;

    #[test]
    fn cases() {
        let cases: [(Convert, &str, &str); 16] = [
            (snake, "uploadName", "upload_name"),
            (snake, "GroupCallTask", "group_call_task"),
            (snake, "HTTPStatus", "http_status"),
            (snake, "agentTotalFeetime", "agent_total_feetime"),
            (snake, "text1", "text1"),
            (snake, "md5Sum", "md5_sum"),
            (snake, "Api-Key", "api_key"),
            (snake, "in_progress", "in_progress"),
            (snake, "Result", "result"),
            (snake, "__odd__name_", "odd_name"),
            (screaming, "in_progress", "IN_PROGRESS"),
            (screaming, "ITNIO", "ITNIO"),
            (pascal, "text_to_speech", "TextToSpeech"),
            (pascal, "GroupCallTask", "GroupCallTask"),
            (camel, "query_group_calls", "queryGroupCalls"),
            (camel, "Result", "result"),
        ];
        for (convert, name, expected) in cases {
            assert_eq!(convert(name), expected, "{name}");
        }
    }

    #[test]
    fn escapes() {
        let cases: [(Convert, &str, &str); 26] = [
            (rust_field, "type", "r#type"),
            (rust_field, "async", "r#async"),
            (rust_field, "self", "self_"),
            (rust_field, "Self", "self_"),
            (rust_field, "class", "class"),
            (rust_field, "validate", "validate_"),
            (rust_field, "new", "new_"),
            (rust_field, "replace", "replace_"),
            (rust_variant, "self", "Self_"),
            (rust_variant, "none", "None"),
            (rust_variant, "unknown", "Unknown_"),
            (rust_variant, "type", "Type"),
            (python_field, "class", "class_"),
            (python_field, "from", "from_"),
            (python_field, "async", "async_"),
            (python_field, "self", "self_"),
            (python_field, "type", "type"),
            (python_field, "match", "match"),
            (python_field, "extra", "extra_"),
            (python_field, "toDict", "to_dict_"),
            (python_field, "datetime", "datetime_"),
            (python_field, "timeout", "timeout"),
            (typescript_method, "text_to_speech", "textToSpeech"),
            (typescript_argument, "class", "class_"),
            (typescript_argument, "options", "options_"),
            (typescript_argument, "keyId", "keyId"),
        ];
        for (convert, name, expected) in cases {
            assert_eq!(convert(name), expected, "{name}");
        }
    }

    #[test]
    fn names_that_differ_only_in_case_or_separators_have_the_same_key() {
        assert_eq!(key("text1"), key("text_1"));
        assert_eq!(key("uploadName"), key("upload_name"));
        assert_ne!(key("uploadName"), key("uploadNames"));
    }
}
