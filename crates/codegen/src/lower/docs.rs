//! Lowers and checks docs, sources and other texts.

use crate::diagnostic::{At, Sink};
use crate::model::Doc;
use crate::raw::RawAbout;

/// Lowers the doc and the sources of an item, which may inherit its sources. Reports nothing.
pub(super) fn about(raw: &RawAbout, inherited: &[String]) -> Doc {
    let text = raw.doc.as_ref().map(|doc| doc.value.clone()).unwrap_or_default();
    Doc { text, source: sources(raw).unwrap_or_else(|| inherited.to_vec()) }
}

/// Returns the sources of an item itself.
pub(super) fn sources(raw: &RawAbout) -> Option<Vec<String>> {
    raw.source.as_ref().map(values)
}

/// Checks the doc and the sources of an item.
pub(super) fn check_about(raw: &RawAbout, sink: &Sink) {
    if let Some(source) = &raw.source {
        strings(source, "source", sink);
    }
    sentence(raw.doc.as_ref(), sink);
}

/// Checks and lowers the doc and the sources of an item that inherits nothing.
pub(super) fn checked_about(raw: &RawAbout, sink: &Sink) -> Doc {
    check_about(raw, sink);
    about(raw, &[])
}

/// Checks and lowers a text of one or more sentences.
pub(super) fn sentence(raw: Option<&At<String>>, sink: &Sink) -> String {
    let Some(raw) = raw else { return String::new() };
    let text = raw.as_str();
    if text.trim().is_empty() {
        sink.report(raw.at, "`doc` is empty");
    } else if text.trim() != text || text.contains('\n') {
        sink.report(raw.at, "expected `doc` to be one line without surrounding whitespace");
    } else if !text.ends_with('.') {
        sink.report(raw.at, "expected a full stop at the end of `doc`");
    }
    raw.value.clone()
}

/// Checks and lowers a text that must not be empty. Reading has reported a missing one.
pub(super) fn not_empty(raw: Option<&At<String>>, key: &str, sink: &Sink) -> String {
    let Some(raw) = raw else { return String::new() };
    if raw.value.trim().is_empty() {
        sink.report(raw.at, format!("`{key}` is empty"));
    }
    raw.value.clone()
}

/// Checks and lowers a list of strings, which must be neither empty nor repeated.
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

/// Lowers a list of strings.
pub(super) fn values(raw: &At<Vec<At<String>>>) -> Vec<String> {
    raw.value.iter().map(|item| item.value.clone()).collect()
}
