//! Specifications.

use std::collections::BTreeMap;

use recallflow_codegen::{load_texts, render};

/// Begins a file of the spec and is followed by its path. TOML reads it as a comment.
const FILE: &str = "#> ";

/// Checks that any text is a spec that can be rendered, or has diagnostics at existing lines.
///
/// # Panics
///
/// If that does not hold.
pub fn spec(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let files = files(text);
    match load_texts(files.iter().map(|(path, text)| (*path, text.as_str()))) {
        Ok(api) => assert!(!render::render(&api).is_empty()),
        Err(found) => {
            assert!(!found.is_empty(), "expected a spec or diagnostics, got neither");
            for diagnostic in found {
                assert!(!diagnostic.message.is_empty());
                let path = diagnostic.file.strip_prefix("spec/").expect("paths begin with the folder");
                // A key that is missing at the end of a file is reported on the line after the last one.
                let lines = 1 + files.get(path).map_or(0, |text| text.matches('\n').count());
                assert!((1..=lines).contains(&diagnostic.line), "{diagnostic}: there are {lines} lines");
            }
        }
    }
}

/// Splits a text into files, by their paths.
fn files(text: &str) -> BTreeMap<&str, String> {
    let mut files = BTreeMap::<_, String>::new();
    // The text before the first path is a file too: every input has one.
    let mut path = "types/text.toml";
    for line in text.split_inclusive('\n') {
        if let Some(next) = line.strip_prefix(FILE) {
            path = next.trim();
        } else {
            files.entry(path).or_default().push_str(line);
        }
    }
    files
}
