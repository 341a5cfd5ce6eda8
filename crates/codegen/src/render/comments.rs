//! Documentation comments of each language, with lines that fill the width.

/// Maximum length of a line in Python and TypeScript.
const WIDTH: usize = 120;

/// Maximum length of a line in a Rust comment, without indentation and `///`.
const RUST_WIDTH: usize = 108;

/// Returns a Python docstring whose first line is indented already.
pub(super) fn python_docstring(text: &str, indent: usize) -> String {
    let text = escape_python(text);
    if indent + text.chars().count() + 6 <= WIDTH && !text.contains('\n') {
        return format!("\"\"\"{text}\"\"\"");
    }
    let margin = " ".repeat(indent);
    let mut paragraphs = text.split("\n\n");
    let mut lines = indented(paragraphs.next().unwrap_or_default(), indent, indent + 3);
    for paragraph in paragraphs {
        lines.extend(["\n\n", &margin, &indented(paragraph, indent, indent)]);
    }
    format!("\"\"\"{lines}\n{margin}\"\"\"")
}

/// Returns a part of a Python docstring: the first line begins at `column`, all others are indented.
pub(super) fn python_paragraph(text: &str, indent: usize, column: usize) -> String {
    indented(&escape_python(text), indent, column)
}

/// Escapes text so that it does not end a docstring.
fn escape_python(text: &str) -> String {
    text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"")
}

fn indented(text: &str, indent: usize, column: usize) -> String {
    wrap(text, WIDTH.saturating_sub(column), WIDTH - indent).join(&format!("\n{}", " ".repeat(indent)))
}

/// Breaks a paragraph into the lines of a Rust comment, each with a leading space.
pub(super) fn rust_lines(paragraph: &str) -> Vec<String> {
    wrap(paragraph, RUST_WIDTH - 1, RUST_WIDTH - 1).iter().map(|line| format!(" {line}")).collect()
}

/// Turns paragraphs into a TypeScript comment with the indentation of the first line.
///
/// A blank line ends a paragraph. A line that begins with `@` is a tag, and tags stand together. The result ends with a
/// line break, as the block of a template does.
pub(super) fn typescript_comment(text: &str) -> String {
    let margin: String = text.chars().take_while(|c| *c == ' ').collect();
    let paragraphs = paragraphs(&text.replace("*/", "*\\/"));
    if let [only] = paragraphs.as_slice()
        && margin.len() + only.chars().count() + "/**  */".len() <= WIDTH
    {
        return format!("{margin}/** {only} */\n");
    }
    let mut lines = vec![format!("{margin}/**")];
    let mut after_tag = false;
    for (index, paragraph) in paragraphs.iter().enumerate() {
        let is_tag = paragraph.starts_with('@');
        if index > 0 && !(after_tag && is_tag) {
            lines.push(format!("{margin} *"));
        }
        after_tag = is_tag;
        let hanging = if is_tag { 2 } else { 0 };
        let width = WIDTH - margin.len() - " * ".len();
        let wrapped = wrap(&escape_tags(paragraph), width, width - hanging);
        lines.extend(wrapped.iter().enumerate().map(|(index, line)| {
            let hanging = if index == 0 { 0 } else { hanging };
            format!("{margin} * {}{line}", " ".repeat(hanging))
        }));
    }
    lines.push(format!("{margin} */\n"));
    lines.join("\n")
}

/// Splits text at blank lines and before tags, and joins the lines of each part.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(last) if is_open && !line.is_empty() && !line.starts_with('@') => {
                last.push(' ');
                last.push_str(line);
            }
            _ if line.is_empty() => is_open = false,
            _ => {
                paragraphs.push(line.to_owned());
                is_open = true;
            }
        }
    }
    paragraphs
}

/// Escapes the later words that begin with `@`, because they would become tags at the beginning of a line.
fn escape_tags(paragraph: &str) -> String {
    paragraph.replace(" @", " \\@")
}

/// Breaks text into lines of at most `first` characters for the first line and `others` for all others.
fn wrap(text: &str, first: usize, others: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let width = if lines.len() == 1 { first } else { others };
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text that fills several lines.
    fn long_text() -> String {
        "word ".repeat(100)
    }

    fn assert_filled(text: &str) {
        assert!(text.lines().all(|line| line.len() <= WIDTH && line.trim_end() == line), "{text}");
        assert!(text.lines().any(|line| line.len() > WIDTH - 5), "{text}");
    }

    #[test]
    fn a_short_docstring_stays_on_one_line() {
        assert_eq!(python_docstring("Short.", 4), "\"\"\"Short.\"\"\"");
        assert_eq!(python_docstring("Short.\n\nMore.", 4), "\"\"\"Short.\n\n    More.\n    \"\"\"");
    }

    #[test]
    fn a_long_docstring_fills_its_lines() {
        let long = long_text();
        for indent in [0, 4, 8] {
            let docstring = python_docstring(&format!("{long}\n\n{long}"), indent);
            assert_filled(&format!("{}{docstring}", " ".repeat(indent)));
        }
    }

    #[test]
    fn text_cannot_end_a_docstring() {
        assert_eq!(python_docstring(r#"a \ b """ c"#, 0), r#""""a \\ b \"\"\" c""""#);
    }

    #[test]
    fn a_typescript_comment_that_fits_stays_on_one_line() {
        assert_eq!(typescript_comment("  Short.\n\n"), "  /** Short. */\n");
        assert_eq!(typescript_comment("Short.\n\nMore.\n"), "/**\n * Short.\n *\n * More.\n */\n");
    }

    #[test]
    fn tags_stand_together() {
        let text = typescript_comment("Short.\n\n@param a - One.\n@param b - Two.\n");
        assert_eq!(text, "/**\n * Short.\n *\n * @param a - One.\n * @param b - Two.\n */\n");
    }

    #[test]
    fn lines_of_a_typescript_comment_fill_the_width() {
        let long = long_text();
        for indent in ["", "  ", "    "] {
            assert_filled(&typescript_comment(&format!("{indent}{long}\n\n{indent}@param a - {long}\n")));
        }
    }

    #[test]
    fn text_cannot_end_a_typescript_comment_or_begin_a_tag() {
        assert_eq!(typescript_comment("a */ b"), "/** a *\\/ b */\n");
        let text = typescript_comment(&format!("{} @tag", "word ".repeat(23)));
        assert!(text.contains("\n * \\@tag\n"), "{text}");
    }
}
