//! Diagnostics: problems of a spec and their locations.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

/// A problem of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Path of the spec file, starting with the name of the spec's folder.
    pub file: String,
    /// Line in the file, from 1.
    pub line: usize,
    /// Description of the problem.
    pub message: String,
    /// How to fix it, if that is known.
    pub suggestion: Option<String>,
}

/// Formats the diagnostic on one line.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

/// A line of a spec file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Index of the file among those of the spec.
    pub(crate) file: usize,
    /// Line in the file, from 1.
    pub(crate) line: usize,
}

/// A value and its location.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    /// The value.
    pub(crate) value: T,
    /// Its location.
    pub(crate) at: Place,
}

impl At<String> {
    /// Returns the text.
    pub(crate) fn as_str(&self) -> &str {
        &self.value
    }
}

/// A collected diagnostic, before sorting.
#[derive(Debug)]
struct Found {
    diagnostic: Diagnostic,
    at: Place,
    /// Whether it is a syntax error.
    syntax: bool,
}

/// Collects diagnostics, so that all problems of a spec are reported at once.
#[derive(Debug)]
pub(crate) struct Sink {
    files: Vec<String>,
    found: RefCell<Vec<Found>>,
    /// Indexes of the files with syntax errors.
    broken: RefCell<BTreeSet<usize>>,
}

impl Sink {
    /// Creates a sink for problems in these files. A [`Place`] refers to them by index.
    pub(crate) fn new(files: Vec<String>) -> Self {
        Self { files, found: RefCell::default(), broken: RefCell::default() }
    }

    /// Creates a sink for the same files that discards its reports.
    pub(crate) fn silenced(&self) -> Self {
        Self::new(self.files.clone())
    }

    /// Reports a problem.
    pub(crate) fn report(&self, at: Place, message: impl Into<String>) {
        self.push(at, message.into(), None, false);
    }

    /// Reports a syntax error. Other reports for the file are discarded, because they may only be consequences of it.
    pub(crate) fn syntax(&self, at: Place, message: &str) {
        self.push(at, format!("could not parse TOML: {message}"), None, true);
        self.broken.borrow_mut().insert(at.file);
    }

    /// Returns whether a file has a syntax error.
    pub(crate) fn is_broken(&self, at: Place) -> bool {
        self.broken.borrow().contains(&at.file)
    }

    /// Reports a problem and how to fix it.
    pub(crate) fn suggest(&self, at: Place, message: impl Into<String>, suggestion: impl Into<String>) {
        self.push(at, message.into(), Some(suggestion.into()), false);
    }

    /// Reports an unknown name.
    pub(crate) fn unknown<'a>(&self, what: &str, name: &At<String>, known: impl IntoIterator<Item = &'a str>) {
        let known: Vec<_> = known.into_iter().collect();
        self.push(name.at, format!("unknown {what} `{}`", name.value), suggest_name(name.as_str(), &known), false);
    }

    /// Reports an unknown name and its owner, such as `` of `Shade` ``.
    pub(crate) fn unknown_in<'a>(
        &self,
        what: &str,
        name: &At<String>,
        owner: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let known: Vec<_> = known.into_iter().collect();
        let message = format!("unknown {what} `{}` {owner}", name.value);
        self.push(name.at, message, suggest_name(name.as_str(), &known), false);
    }

    /// Formats a location for a message.
    pub(crate) fn show(&self, at: Place) -> String {
        format!("{}:{}", self.files[at.file], at.line)
    }

    /// Returns all diagnostics, ordered by file and line.
    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        let broken = self.broken.into_inner();
        let matters = |found: &Found| found.syntax || !broken.contains(&found.at.file);
        let mut found: Vec<_> = self.found.into_inner().into_iter().filter(matters).collect();
        found.sort_by_key(|found| (found.at.file, found.at.line));
        let mut diagnostics: Vec<_> = found.into_iter().map(|found| found.diagnostic).collect();
        diagnostics.dedup();
        diagnostics
    }

    fn push(&self, at: Place, message: String, suggestion: Option<String>, syntax: bool) {
        let diagnostic = Diagnostic { file: self.files[at.file].clone(), line: at.line, message, suggestion };
        self.found.borrow_mut().push(Found { diagnostic, at, syntax });
    }
}

/// Longest list of known names that a suggestion contains.
const MAX_LISTED: usize = 6;

/// Lowest similarity at which a name counts as a typo of another.
const MIN_SIMILARITY: f64 = 0.75;

/// Suggests the most similar known name, or lists the known names if none is similar.
fn suggest_name(name: &str, known: &[&str]) -> Option<String> {
    let similarity = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let closest = known.iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)))?;
    if similarity(closest) >= MIN_SIMILARITY {
        return Some(format!("did you mean `{closest}`?"));
    }
    match known {
        [only] => Some(format!("expected `{only}`")),
        _ if known.len() <= MAX_LISTED => Some(format!("expected one of {}", listed(known))),
        _ => None,
    }
}

/// Formats names for a message: `a`, `b`.
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_recognized() {
        assert_eq!(suggest_name("requird", &["doc", "required", "range"]).unwrap(), "did you mean `required`?");
        assert_eq!(suggest_name("recalltype", &["RecallType"]).unwrap(), "did you mean `RecallType`?");
    }

    #[test]
    fn a_few_known_names_are_listed() {
        assert_eq!(suggest_name("banana", &["query", "update"]).unwrap(), "expected one of `query`, `update`");
        assert_eq!(suggest_name("banana", &["query"]).unwrap(), "expected `query`");
        assert_eq!(suggest_name("banana", &[]), None);
        assert_eq!(suggest_name("banana", &["q"; MAX_LISTED + 1]), None);
    }
}
