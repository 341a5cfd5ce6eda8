//! The templates of Python files, with filters for what depends on the length of a line.

use serde::Serialize;

use crate::render::template;

/// Longest line of the package.
const WIDTH: usize = 120;

/// Fills in a template.
///
/// # Panics
///
/// If the template uses names that `shown` does not have, which is a bug of the renderer.
pub(super) fn fill(text: &str, shown: impl Serialize) -> String {
    let mut environment = template::environment();
    environment.add_filter("docstring", docstring);
    environment.add_filter("wrap", |text: &str, indent: usize, column: usize| wrap(&escape(text), indent, column));
    template::fill_in(&environment, text, shown)
}

/// Returns a docstring whose first line is indented already.
pub(in crate::render) fn docstring(text: &str, indent: usize) -> String {
    let text = escape(text);
    if indent + text.chars().count() + 6 <= WIDTH && !text.contains('\n') {
        return format!("\"\"\"{text}\"\"\"");
    }
    let margin = " ".repeat(indent);
    let mut paragraphs = text.split("\n\n");
    let mut lines = wrap(paragraphs.next().unwrap_or_default(), indent, indent + 3);
    for paragraph in paragraphs {
        lines.extend(["\n\n", &margin, &wrap(paragraph, indent, indent)]);
    }
    format!("\"\"\"{lines}\n{margin}\"\"\"")
}

/// Breaks text into lines: the first one begins at `column`, all others are indented.
fn wrap(text: &str, indent: usize, column: usize) -> String {
    let margin = " ".repeat(indent);
    let mut lines = String::new();
    let mut column = column;
    for (position, word) in text.split_whitespace().enumerate() {
        let length = word.chars().count();
        if position > 0 && column + 1 + length > WIDTH {
            lines.extend(["\n", &margin]);
            column = indent;
        } else if position > 0 {
            lines.push(' ');
            column += 1;
        }
        lines += word;
        column += length;
    }
    lines
}

/// Escapes text so that it does not end a docstring.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"")
}

/// Returns names in the order in which linters want them.
pub(super) fn sorted(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_by_key(|name| name.to_lowercase());
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_docstring_is_on_one_line() {
        assert_eq!(docstring("Short.", 4), "\"\"\"Short.\"\"\"");
        assert_eq!(docstring("Short.\n\nMore.", 4), "\"\"\"Short.\n\n    More.\n    \"\"\"");
    }

    #[test]
    fn long_docstring_fills_its_lines() {
        let long = "word ".repeat(100);
        for indent in [0, 4, 8] {
            let text = format!("{}{}", " ".repeat(indent), docstring(&format!("{long}\n\n{long}"), indent));
            assert!(text.lines().all(|line| line.len() <= WIDTH && line.trim_end() == line), "{text}");
            assert!(text.lines().any(|line| line.len() > WIDTH - 5), "{text}");
        }
    }

    #[test]
    fn text_cannot_end_a_docstring() {
        assert_eq!(docstring(r#"a \ b """ c"#, 0), r#""""a \\ b \"\"\" c""""#);
    }
}
