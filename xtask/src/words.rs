//! Finds words in sources and documents that CONTRIBUTING.md asks to avoid, and READMEs that are too long.

use std::fs;
use std::io;
use std::path::Path;

use crate::process::{Outcome, root};

/// Words and phrases to avoid, in lower case, and what to write instead.
const PHRASES: &[(&str, &str)] = &[
    ("whoever", "name the subject"),
    ("somebody", "name the subject"),
    ("nobody", "name the subject"),
    ("anew", "write `again` or `new`"),
    ("is no", "write `is not a`"),
    ("are no", "write `are not`"),
    ("gives back", "write `returns`"),
    ("give back", "write `return`"),
    ("lets go of", "write `releases` or `drops`"),
    ("let go of", "write `release` or `drop`"),
    ("is told", "name who passes it, in active voice"),
    ("are told", "name who passes it, in active voice"),
    ("tells the truth", "write what is correct"),
    ("tell the truth", "write what is correct"),
    ("what came of", "write `result` or `outcome`"),
    ("what comes of", "write `result` or `outcome`"),
    ("what becomes of", "write `result` or `outcome`"),
    ("stands for", "write `means` or `is`"),
    ("of its own accord", "write `by itself`"),
];

/// Lines that may hold a phrase: the end of a path, a part of the line, and the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("xtask/src/words.rs", "", "lists the phrases"),
    ("CONTRIBUTING.md", "*whoever", "lists the words to avoid"),
    ("CONTRIBUTING.md", "\"is no\"", "lists the words to avoid"),
];

/// The maximum number of lines of a README. What is longer goes to `docs/`.
const README_LINES: usize = 300;

const EXTENSIONS: [&str; 12] = ["rs", "py", "pyi", "ts", "mts", "cts", "mjs", "js", "md", "toml", "jinja", "json"];

/// Folders and files that are generated, installed, or data that is sent or received.
const SKIPPED: [&str; 8] =
    ["target", "node_modules", "dist", "generated", "corpus", "package-lock.json", "faults.md", "mutants.md"];

/// Checks every source and document of the repository.
pub(crate) fn check_sources() -> Outcome {
    let mut hits = Vec::new();
    search_folder(root(), &mut hits).map_err(|error| format!("could not read the sources: {error}"))?;
    hits.sort();
    if hits.is_empty() { Ok(()) } else { Err(format!("{} places to change:\n{}", hits.len(), hits.join("\n"))) }
}

fn search_folder(folder: &Path, hits: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if SKIPPED.contains(&&*name) || (name.starts_with('.') && path.is_dir()) {
            continue;
        }
        if path.is_dir() {
            search_folder(&path, hits)?;
        } else if path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known)) {
            let shown = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path)?;
            hits.extend(find_phrases(&shown, &text));
            let lines = text.lines().count();
            if name == "README.md" && lines > README_LINES {
                hits.push(format!("{shown}: {lines} lines; move a part to `docs/`, {README_LINES} are the limit"));
            }
        }
    }
    Ok(())
}

/// Returns a message for each phrase in a text.
fn find_phrases(path: &str, text: &str) -> Vec<String> {
    let mut hits = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let lower = line.to_lowercase();
        for (phrase, remedy) in PHRASES.iter().filter(|(phrase, _)| contains_phrase(&lower, phrase)) {
            let excepted = EXCEPTIONS.iter().any(|(end, part, _)| path.ends_with(end) && line.contains(part));
            if !excepted {
                hits.push(format!("{path}:{}: `{phrase}`: {remedy}", index + 1));
            }
        }
    }
    hits
}

/// Returns whether the phrase stands in the line as whole words, and is not about a count.
fn contains_phrase(line: &str, phrase: &str) -> bool {
    line.match_indices(phrase).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + phrase.len()..]);
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        // "there is no X" counts, and "is no longer" is about time.
        let counted = phrase.ends_with(" no") && (before.ends_with("there ") || after.starts_with(" longer"));
        !is_word(before.chars().next_back()) && !is_word(after.chars().next()) && !counted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_as_whole_words_with_their_place() {
        let hits =
            find_phrases("a.md", "It is fine.\nNobody knows; this is no place.\nthis_is_no_word, renewed, island");
        assert_eq!(hits, ["a.md:2: `nobody`: name the subject", "a.md:2: `is no`: write `is not a`"]);
    }

    #[test]
    fn a_count_of_none_is_allowed() {
        assert!(
            find_phrases("a.md", "If there is no entry, and there are no others, it is no longer used.").is_empty()
        );
    }
}
