//! Checks of docs, sources and names.

use std::collections::HashMap;

use crate::diagnostic::{At, Place, Sink};
use crate::model::Doc;
use crate::names;
use crate::raw::RawAbout;

/// The sentence about an item and its sources, or else those of what the item belongs to. Reports nothing.
pub(super) fn about(raw: &RawAbout, inherited: &[String]) -> Doc {
    let text = raw.doc.as_ref().map(|doc| doc.value.clone()).unwrap_or_default();
    Doc { text, source: sources(raw).unwrap_or_else(|| inherited.to_vec()) }
}

/// The sources of an item.
pub(super) fn sources(raw: &RawAbout) -> Option<Vec<String>> {
    raw.source.as_ref().map(values)
}

/// Checks the sentence about an item and its sources.
pub(super) fn check_about(raw: &RawAbout, sink: &Sink) {
    if let Some(source) = &raw.source {
        strings(source, "source", sink);
    }
    sentence(raw.doc.as_ref(), sink);
}

/// The sentence about an item that inherits nothing, and its sources, checked.
pub(super) fn checked_about(raw: &RawAbout, sink: &Sink) -> Doc {
    check_about(raw, sink);
    about(raw, &[])
}

/// A text that must be one sentence.
pub(super) fn sentence(raw: Option<&At<String>>, sink: &Sink) -> String {
    let Some(raw) = raw else { return String::new() };
    let text = raw.as_str();
    if text.trim().is_empty() {
        sink.report(raw.at, "`doc` is empty");
    } else if text.trim() != text || text.contains('\n') {
        sink.report(raw.at, "`doc` must be one line without blanks around it");
    } else if !text.ends_with('.') {
        sink.suggest(raw.at, "`doc` must be a sentence", "end it with a full stop");
    }
    raw.value.clone()
}

/// A text that must not be empty; an absent one was reported before.
pub(super) fn not_empty(raw: Option<&At<String>>, key: &str, sink: &Sink) -> String {
    let Some(raw) = raw else { return String::new() };
    if raw.value.trim().is_empty() {
        sink.report(raw.at, format!("`{key}` is empty"));
    }
    raw.value.clone()
}

/// A list that has at least one text, and no empty or repeated one.
pub(super) fn strings(raw: &At<Vec<At<String>>>, key: &str, sink: &Sink) -> Vec<String> {
    if raw.value.is_empty() {
        sink.report(raw.at, format!("`{key}` is empty"));
    }
    for (index, item) in raw.value.iter().enumerate() {
        if item.value.trim().is_empty() {
            sink.report(item.at, format!("`{key}` has an empty item"));
        } else if raw.value[..index].iter().any(|other| other.value == item.value) {
            sink.report(item.at, format!("`{}` is in `{key}` twice", item.value));
        }
    }
    values(raw)
}

/// The texts of a list.
pub(super) fn values(raw: &At<Vec<At<String>>>) -> Vec<String> {
    raw.value.iter().map(|item| item.value.clone()).collect()
}

/// Checks that no two names have the same number.
pub(super) fn check_numbers<'a>(items: impl Iterator<Item = (&'a At<String>, Option<&'a At<i64>>)>, sink: &Sink) {
    let mut seen = HashMap::new();
    for (name, number) in items {
        let Some(number) = number else { continue };
        if let Some(other) = seen.insert(number.value, name.as_str()) {
            sink.report(number.at, format!("number {} is already that of `{other}`", number.value));
        }
    }
}

/// How a name must be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// `PascalCase`.
    Pascal,
    /// `snake_case`.
    Snake,
    /// `SCREAMING_SNAKE_CASE`.
    Screaming,
    /// As the wire has it.
    Wire,
}

/// Checks that a name is an identifier in its case.
pub(super) fn check_case(what: &str, name: &At<String>, case: Case, sink: &Sink) {
    let (form, expected) = match case {
        Case::Pascal => ("PascalCase", names::pascal(&name.value)),
        Case::Snake => ("snake_case", names::snake(&name.value)),
        Case::Screaming => ("SCREAMING_SNAKE_CASE", names::screaming(&name.value)),
        Case::Wire => ("letters and digits, beginning with a letter", name.value.clone()),
    };
    if is_identifier(&name.value) && expected == name.value {
        return;
    }
    let message = format!("the name of {what} must be {form}, not `{}`", name.value);
    if is_identifier(&expected) && expected != name.value {
        sink.suggest(name.at, message, format!("write `{expected}`"));
    } else {
        sink.report(name.at, message);
    }
}

/// Whether every language can use a name, perhaps escaped.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Names that are taken, by what is left of them when case and separators do not count.
#[derive(Debug, Default)]
pub(super) struct Taken(HashMap<String, Owner>);

/// Who has a name.
#[derive(Debug)]
struct Owner {
    what: &'static str,
    name: String,
    at: Place,
}

impl Taken {
    /// Takes a name, or reports that it is taken.
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
                (format!("{what} `{}` has the name of {other} at {before}", name.value), "rename one of them")
            }
            (false, _) => {
                let message = format!(
                    "{what} `{}` differs from {other} at {before} only in case or separators, which is no difference \
                     everywhere",
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
