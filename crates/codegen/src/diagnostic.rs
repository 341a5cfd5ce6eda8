//! What is wrong with a spec, and where.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

/// Something that is wrong with a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Path of the spec file, starting with the name of the spec's folder.
    pub file: String,
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it, where it can be guessed.
    pub suggestion: Option<String>,
}

/// Shows the diagnostic on one line.
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

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    /// The value.
    pub(crate) value: T,
    /// Where it stands.
    pub(crate) at: Place,
}

impl At<String> {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.value
    }
}

/// A diagnostic while others are still collected.
#[derive(Debug)]
struct Found {
    diagnostic: Diagnostic,
    at: Place,
    /// Whether the file is not TOML here.
    syntax: bool,
}

/// Collects diagnostics, so that all problems of a spec are found at once.
#[derive(Debug)]
pub(crate) struct Sink {
    files: Vec<String>,
    found: RefCell<Vec<Found>>,
    /// Indexes of the files that are not TOML.
    broken: RefCell<BTreeSet<usize>>,
}

impl Sink {
    /// A sink for problems in these files, which a [`Place`] refers to by index.
    pub(crate) fn new(files: Vec<String>) -> Self {
        Self { files, found: RefCell::default(), broken: RefCell::default() }
    }

    /// A sink for the same files whose reports nobody reads.
    pub(crate) fn silenced(&self) -> Self {
        Self::new(self.files.clone())
    }

    /// Reports a problem.
    pub(crate) fn report(&self, at: Place, message: impl Into<String>) {
        self.push(at, message.into(), None, false);
    }

    /// Reports an error of syntax. Whatever else is reported for the file is dropped, because it may be no more than a
    /// consequence of what could not be understood.
    pub(crate) fn syntax(&self, at: Place, message: &str) {
        self.push(at, format!("not TOML: {message}"), None, true);
        self.broken.borrow_mut().insert(at.file);
    }

    /// Whether a file could not be understood, as far as it was read.
    pub(crate) fn is_broken(&self, at: Place) -> bool {
        self.broken.borrow().contains(&at.file)
    }

    /// Reports a problem and what to do about it.
    pub(crate) fn suggest(&self, at: Place, message: impl Into<String>, suggestion: impl Into<String>) {
        self.push(at, message.into(), Some(suggestion.into()), false);
    }

    /// Reports a name that is none of those that are possible.
    pub(crate) fn unknown<'a>(&self, what: &str, name: &At<String>, possible: impl IntoIterator<Item = &'a str>) {
        let possible: Vec<_> = possible.into_iter().collect();
        self.push(name.at, format!("unknown {what} `{}`", name.value), meant(name.as_str(), &possible), false);
    }

    /// How to refer to a place in a message.
    pub(crate) fn show(&self, at: Place) -> String {
        format!("{}:{}", self.files[at.file], at.line)
    }

    /// All that was reported, in the order of files and lines.
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

/// Longest list of possible names that is shown as a whole.
const SHOWN: usize = 6;

/// Least likeness of two names for one to be taken for a slip of the other.
const LIKENESS: f64 = 0.75;

/// Which of the possible names was probably meant, or what is possible if no name is like the given one.
fn meant(name: &str, possible: &[&str]) -> Option<String> {
    let likeness = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let closest = possible.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    if likeness(closest) >= LIKENESS {
        return Some(format!("did you mean `{closest}`?"));
    }
    (possible.len() <= SHOWN).then(|| format!("possible: {}", listed(possible)))
}

/// Names in a message: `a`, `b`.
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised() {
        assert_eq!(meant("requird", &["doc", "required", "range"]).unwrap(), "did you mean `required`?");
        assert_eq!(meant("recalltype", &["RecallType"]).unwrap(), "did you mean `RecallType`?");
    }

    #[test]
    fn few_possible_names_are_listed() {
        assert_eq!(meant("banana", &["query", "update"]).unwrap(), "possible: `query`, `update`");
        assert_eq!(meant("banana", &[]), None);
        assert_eq!(meant("banana", &["q"; SHOWN + 1]), None);
    }
}
