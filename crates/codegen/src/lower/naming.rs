//! Checks that names are identifiers in the right case, and unique.

use std::collections::HashMap;

use crate::diagnostic::{At, Place, Sink};
use crate::names;

/// Checks that each number belongs to one name.
pub(super) fn check_numbers<'a>(items: impl Iterator<Item = (&'a At<String>, Option<&'a At<i64>>)>, sink: &Sink) {
    let mut seen = HashMap::new();
    for (name, number) in items {
        let Some(number) = number else { continue };
        if let Some(other) = seen.insert(number.value, name.as_str()) {
            sink.report(number.at, format!("number {} is already used by `{other}`", number.value));
        }
    }
}

/// The case of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// `PascalCase`.
    Pascal,
    /// `snake_case`.
    Snake,
    /// `SCREAMING_SNAKE_CASE`.
    Screaming,
    /// Any case, as on the wire.
    Wire,
}

/// Checks that a name is an identifier in the given case.
pub(super) fn check_case(what: &str, name: &At<String>, case: Case, sink: &Sink) {
    let (form, expected) = match case {
        Case::Pascal => ("PascalCase", names::pascal(&name.value)),
        Case::Snake => ("snake_case", names::snake(&name.value)),
        Case::Screaming => ("SCREAMING_SNAKE_CASE", names::screaming(&name.value)),
        Case::Wire => ("letters and digits, starting with a letter,", name.value.clone()),
    };
    if is_identifier(&name.value) && expected == name.value {
        return;
    }
    let message = format!("expected {form} for the name of {what}, got `{}`", name.value);
    if is_identifier(&expected) && expected != name.value {
        sink.suggest(name.at, message, format!("write `{expected}`"));
    } else {
        sink.report(name.at, message);
    }
}

/// Returns whether a name is an identifier in every language, apart from reserved words.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Names in use, by their keys: without case and separators.
#[derive(Debug, Default)]
pub(super) struct Taken(HashMap<String, Owner>);

/// The item that uses a name.
#[derive(Debug)]
struct Owner {
    what: &'static str,
    name: String,
    at: Place,
}

impl Taken {
    /// Adds a name, or reports that it is in use.
    pub(super) fn take(&mut self, what: &'static str, name: &At<String>, sink: &Sink) {
        let key = names::key(&name.value);
        let Some(owner) = self.0.get(&key) else {
            self.0.insert(key, Owner { what, name: name.value.clone(), at: name.at });
            return;
        };
        let (other, before) = (format!("the {} `{}`", owner.what, owner.name), sink.show(owner.at));
        let (message, remedy) = match (owner.name == name.value, owner.what == what) {
            (true, true) => {
                (format!("{what} `{}` is already defined at {before}", name.value), "rename or remove one of them")
            }
            (true, false) => {
                (format!("{what} `{}` has the same name as {other} at {before}", name.value), "rename one of them")
            }
            (false, _) => {
                let message = format!(
                    "{what} `{}` differs from {other} at {before} only in case or separators, which some languages ignore",
                    name.value
                );
                (message, "rename one of them")
            }
        };
        sink.suggest(name.at, message, remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        assert!(is_identifier("uploadName"));
        assert!(is_identifier("text_1"));
        assert!(!is_identifier("1text"));
        assert!(!is_identifier("_private"));
        assert!(!is_identifier("Content-Type"));
        assert!(!is_identifier("größe"));
        assert!(!is_identifier(""));
    }
}
