//! Specs.

use std::collections::BTreeMap;

use recallflow_codegen::{load_texts, render};

/// Begins a file of the spec, followed by its path. To TOML it is a comment.
const FILE: &str = "#> ";

/// Any text is a spec that can be rendered, or it is told what is wrong with it, and where.
///
/// # Panics
///
/// If that is not so.
pub fn spec(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let files = files(text);
    match load_texts(files.iter().map(|(path, text)| (*path, text.as_str()))) {
        Ok(api) => assert!(!render::render(&api).is_empty()),
        Err(found) => {
            assert!(!found.is_empty(), "there is no spec, and nothing is wrong");
            for diagnostic in found {
                assert!(!diagnostic.message.is_empty());
                let path = diagnostic.file.strip_prefix("spec/").expect("paths begin with the folder");
                // What is missing at the end of a file is missing on the line after the last, if that has an end.
                let lines = 1 + files.get(path).map_or(0, |text| text.matches('\n').count());
                assert!((1..=lines).contains(&diagnostic.line), "{diagnostic}: there are {lines} lines");
            }
        }
    }
}

/// The files that a text consists of, by their paths.
fn files(text: &str) -> BTreeMap<&str, String> {
    let mut files = BTreeMap::<_, String>::new();
    // What comes before any path is a file as well, so that no input is without one.
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
