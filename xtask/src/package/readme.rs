//! Extracts the examples of a README, to run them exactly as printed.
//!
//! A block of code is run if the line before it is `<!-- runnable -->`. All such blocks of a README are one program, from
//! top to bottom. Its `RECALLFLOW_*` environment variables point to a sandbox.
//!
//! Comments hold the expected output in order, either behind the call that prints or on separate lines. Other comments are
//! allowed, but not behind a call that prints.

use std::fs;
use std::path::Path;

const MARK: &str = "<!-- runnable -->";
const END: &str = "```";

/// A language of examples.
pub(super) struct ExampleLanguage {
    name: &'static str,
    /// The lines that open a block.
    starts: &'static [&'static str],
    /// The beginning of a comment, with the following space.
    comment: &'static str,
    /// The beginning of a call that prints.
    print: &'static str,
}

pub(super) const PYTHON: ExampleLanguage =
    ExampleLanguage { name: "Python", starts: &["```python"], comment: "# ", print: "print(" };

/// Blocks of JavaScript are part of the same program.
pub(super) const TYPESCRIPT: ExampleLanguage = ExampleLanguage {
    name: "JavaScript or TypeScript",
    starts: &["```js", "```ts"],
    comment: "// ",
    print: "console.log(",
};

impl ExampleLanguage {
    /// Returns the program of a README, on the same lines, so that a traceback has the line numbers of the README.
    pub(super) fn program(&self, readme: &Path) -> Result<String, String> {
        let text = fs::read_to_string(readme).map_err(|error| format!("{}: {error}", readme.display()))?;
        self.extract(&text).ok_or_else(|| {
            format!(
                "{}: expected `{MARK}` before at least one block of {}, and only before such blocks",
                readme.display(),
                self.name
            )
        })
    }

    /// Returns `None` without a marked block, or if a mark is not followed by a block of this language.
    fn extract(&self, text: &str) -> Option<String> {
        let mut program = String::new();
        let mut marked = false;
        let mut inside = false;
        let mut blocks = 0;
        for line in text.lines() {
            if inside && line != END {
                program.push_str(line);
            } else if inside {
                inside = false;
            } else if marked {
                if !self.starts.contains(&line) {
                    return None;
                }
                (marked, inside, blocks) = (false, true, blocks + 1);
            } else {
                marked = line == MARK;
            }
            program.push('\n');
        }
        (blocks > 0 && !marked && !inside).then_some(program)
    }

    /// Compares the output of a program with its comments.
    pub(super) fn compare(&self, program: &str, printed: &str) -> Result<(), String> {
        let behind = format!(" {}", self.comment);
        let mut comments = program.lines().enumerate().filter_map(|(index, line)| {
            let alone = line.strip_prefix(self.comment).map(|all| ("", all));
            let (code, comment) = alone.or_else(|| line.split_once(&behind))?;
            Some((index + 1, code.trim_start().starts_with(self.print), comment))
        });
        for printed in printed.lines() {
            loop {
                match comments.next() {
                    Some((_, _, comment)) if comment == printed => break,
                    Some((_, false, _)) => {}
                    Some((line, true, comment)) => {
                        return Err(format!("expected `{comment}` from line {line} of the README, got `{printed}`"));
                    }
                    None => {
                        return Err(format!("expected no more output of the README, got `{printed}`"));
                    }
                }
            }
        }
        match comments.find(|(_, is_printed, _)| *is_printed) {
            None => Ok(()),
            Some((line, _, comment)) => {
                Err(format!("expected `{comment}` from line {line} of the README, but it was not printed"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PYTHON, TYPESCRIPT};

    #[test]
    fn the_output_is_compared_with_the_comments() {
        let python = "print(1)  # 1\n\n# Why.\nif a:\n    print(b)\n    # 2 # 3\nc = 4  # minutes\n";
        let script = "console.log(1); // 1\n\n// Why.\nif (a) {\n  console.log(b);\n  // 2 # 3\n}\nc = 4; // minutes\n";
        for (language, program) in [(PYTHON, python), (TYPESCRIPT, script)] {
            assert_eq!(language.compare(program, "1\n2 # 3\n"), Ok(()));
            for printed in ["2 # 3\n", "1\n2\n", "1\n2 # 3\n1\n", ""] {
                assert!(language.compare(program, printed).is_err(), "{}: {printed:?}", language.name);
            }
        }
    }

    #[test]
    fn marked_blocks_form_one_program_on_the_same_lines() {
        let text = "# Title\n<!-- runnable -->\n```python\na = 1\n```\n```python\nno\n```\n<!-- runnable -->\n```python\nb = a\n```\n";
        assert_eq!(PYTHON.extract(text).as_deref(), Some("\n\n\na = 1\n\n\n\n\n\n\nb = a\n\n"));
        let text = "<!-- runnable -->\n```js\na\n```\n<!-- runnable -->\n```ts\nb\n```\n";
        assert_eq!(TYPESCRIPT.extract(text).as_deref(), Some("\n\na\n\n\n\nb\n\n"));
    }

    #[test]
    fn a_mark_without_a_block_is_an_error() {
        for text in ["", "```python\nunmarked\n```\n", "<!-- runnable -->\n\n```python\n```\n", "<!-- runnable -->\n"] {
            assert_eq!(PYTHON.extract(text), None, "{text:?}");
        }
        assert_eq!(PYTHON.extract("<!-- runnable -->\n```js\n```\n"), None);
    }
}
