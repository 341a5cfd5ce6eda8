//! Extracts the examples of a page, to run them exactly as printed.
//!
//! A block of code is run if the line before it is `<!-- runnable -->`. All such blocks of a language are one program, from
//! top to bottom. Its `RECALLFLOW_*` environment variables point to a sandbox.
//!
//! Comments hold the expected output in order, either behind the call that prints or on separate lines. Other comments are
//! allowed, but not behind a call that prints.

use std::fs;
use std::path::Path;

const MARK: &str = "<!-- runnable -->";
const END: &str = "```";

/// A language of examples.
pub(crate) struct ExampleLanguage {
    name: &'static str,
    /// The lines that open a block.
    starts: &'static [&'static str],
    /// The beginning of a comment, with the following space.
    comment: &'static str,
    /// The beginning of a call that prints.
    print: &'static str,
}

pub(crate) const PYTHON: ExampleLanguage =
    ExampleLanguage { name: "Python", starts: &["```python"], comment: "# ", print: "print(" };

pub(crate) const RUST: ExampleLanguage =
    ExampleLanguage { name: "Rust", starts: &["```rust"], comment: "// ", print: "println!(" };

/// Blocks of JavaScript are part of the same program.
pub(crate) const TYPESCRIPT: ExampleLanguage = ExampleLanguage {
    name: "JavaScript or TypeScript",
    starts: &["```js", "```ts"],
    comment: "// ",
    print: "console.log(",
};

const LANGUAGES: [&ExampleLanguage; 3] = [&RUST, &PYTHON, &TYPESCRIPT];

impl ExampleLanguage {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the program of a page, on the same lines, so that a traceback has the line numbers of the page.
    pub(crate) fn program(&self, page: &Path) -> Result<String, String> {
        let program = self.program_if_any(page)?;
        program
            .ok_or_else(|| format!("{}: expected `{MARK}` before at least one block of {}", page.display(), self.name))
    }

    /// Returns the same, or `None` if the page has no program in this language.
    pub(crate) fn program_if_any(&self, page: &Path) -> Result<Option<String>, String> {
        let text = fs::read_to_string(page).map_err(|error| format!("{}: {error}", page.display()))?;
        let program = self.extract(&text).ok_or_else(|| {
            format!(
                "{}: expected `{MARK}` only before blocks of Rust, Python, JavaScript or TypeScript",
                page.display()
            )
        })?;
        Ok(Some(program).filter(|program| !program.trim().is_empty()))
    }

    /// Returns the marked blocks of this language, or `None` if a mark is not followed by a block of any language.
    fn extract(&self, text: &str) -> Option<String> {
        let mut program = String::new();
        let mut marked = false;
        // The block that the line is in, and whether it is one of this language.
        let mut block = None;
        for line in text.lines() {
            match block {
                Some(_) if line == END => block = None,
                Some(true) => program.push_str(line),
                Some(false) => {}
                None if marked => {
                    let language = LANGUAGES.iter().find(|language| language.starts.contains(&line))?;
                    (marked, block) = (false, Some(language.name == self.name));
                }
                None => marked = line == MARK,
            }
            program.push('\n');
        }
        (!marked && block.is_none()).then_some(program)
    }

    /// Compares the output of a program with its comments.
    pub(crate) fn compare(&self, program: &str, printed: &str) -> Result<(), String> {
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
                        return Err(format!("expected `{comment}` from line {line} of the page, got `{printed}`"));
                    }
                    None => {
                        return Err(format!("expected no more output of the page, got `{printed}`"));
                    }
                }
            }
        }
        match comments.find(|(_, is_printed, _)| *is_printed) {
            None => Ok(()),
            Some((line, _, comment)) => {
                Err(format!("expected `{comment}` from line {line} of the page, but it was not printed"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PYTHON, RUST, TYPESCRIPT};

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
    fn blocks_of_other_languages_are_left_out() {
        let text = "<!-- runnable -->\n```rust\na();\n```\n<!-- runnable -->\n```python\nb\n```\n";
        assert_eq!(RUST.extract(text).as_deref(), Some("\n\na();\n\n\n\n\n\n"));
        assert_eq!(PYTHON.extract(text).as_deref(), Some("\n\n\n\n\n\nb\n\n"));
        for text in ["", "```python\nunmarked\n```\n"] {
            assert_eq!(PYTHON.extract(text).map(|program| program.trim().to_owned()).as_deref(), Some(""), "{text:?}");
        }
    }

    #[test]
    fn a_mark_without_a_block_is_an_error() {
        for text in
            ["<!-- runnable -->\n\n```python\n```\n", "<!-- runnable -->\n", "<!-- runnable -->\n```json\n```\n"]
        {
            assert_eq!(PYTHON.extract(text), None, "{text:?}");
        }
    }
}
