//! Takes the examples out of a README, so that they are run as they stand there.
//!
//! A block of Python is run if the line before it is `<!-- runnable -->`. All such blocks of a README are one program,
//! from top to bottom, as somebody would type them, and `RECALLFLOW_*` in its environment leads to a sandbox.

use std::fs;
use std::path::Path;

const MARK: &str = "<!-- runnable -->";
const START: &str = "```python";
const END: &str = "```";

/// The program that a README holds, on the same lines as there, so that a traceback names the line of the README.
pub(super) fn program(readme: &Path) -> Result<String, String> {
    let text = fs::read_to_string(readme).map_err(|error| format!("{}: {error}", readme.display()))?;
    extract(&text).ok_or_else(|| {
        format!("{}: `{MARK}` should stand on the line before a block of Python, at least once", readme.display())
    })
}

/// None if nothing is marked, or something else than a block of Python.
fn extract(text: &str) -> Option<String> {
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
            if line != START {
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

#[cfg(test)]
mod tests {
    use super::extract;

    #[test]
    fn marked_blocks_are_a_program_on_the_same_lines() {
        let text = "# Title\n<!-- runnable -->\n```python\na = 1\n```\n```python\nno\n```\n<!-- runnable -->\n```python\nb = a\n```\n";
        assert_eq!(extract(text).as_deref(), Some("\n\n\na = 1\n\n\n\n\n\n\nb = a\n\n"));
    }

    #[test]
    fn a_mark_without_its_block_is_refused() {
        for text in ["", "```python\nunmarked\n```\n", "<!-- runnable -->\n\n```python\n```\n", "<!-- runnable -->\n"] {
            assert_eq!(extract(text), None, "{text:?}");
        }
    }
}
