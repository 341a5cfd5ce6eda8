//! Pieces of Python text, wrapped as the formatter would leave them.

pub(super) use crate::render::words::source;

/// Longest line of the package.
const WIDTH: usize = 120;

/// Spaces of one level of indentation.
const STEP: usize = 4;

/// A docstring of several paragraphs for lines that begin at `indent`; the first line is not indented.
pub(super) fn docstring(indent: usize, paragraphs: &[&str]) -> String {
    let paragraphs: Vec<_> = paragraphs.iter().filter(|text| !text.is_empty()).map(|text| escaped(text)).collect();
    if let [only] = paragraphs.as_slice()
        && !only.contains('\n')
        && indent + only.chars().count() + 6 <= WIDTH
    {
        return format!("\"\"\"{only}\"\"\"");
    }
    let mut lines: Vec<String> = Vec::new();
    for paragraph in &paragraphs {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        // A section such as `Args:` has its own lines.
        for line in paragraph.lines() {
            let inner = line.len() - line.trim_start().len();
            let opening = if lines.is_empty() { 3 } else { 0 };
            lines.extend(wrap(line.trim_start(), indent + inner, opening, if inner == 0 { 0 } else { STEP }));
        }
    }
    let margin = " ".repeat(indent);
    let indented = lines.iter().enumerate().map(|(index, line)| match (index, line.is_empty()) {
        (0, _) => line.trim_start().to_owned(),
        (_, true) => String::new(),
        (_, false) => line.clone(),
    });
    format!("\"\"\"{}\n{margin}\"\"\"", indented.collect::<Vec<_>>().join("\n"))
}

/// Words in lines that begin at `indent`, those after the first deeper by `hanging`; `opening` characters stand before
/// the first.
fn wrap(text: &str, indent: usize, opening: usize, hanging: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = opening;
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + used + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => {
                used = 0;
                lines.push(format!("{}{word}", " ".repeat(indent + hanging)));
            }
            None => lines.push(format!("{}{word}", " ".repeat(indent))),
        }
    }
    lines
}

/// Text that does not end a docstring, nor escapes anything in it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"")
}

/// A string literal, in the quotes that need fewer escapes.
pub(super) fn literal(text: &str) -> String {
    let quote = if text.contains('"') && !text.contains('\'') { '\'' } else { '"' };
    let mut literal = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            c if c == quote => literal.extend(['\\', c]),
            c => literal.push(c),
        }
    }
    literal.push(quote);
    literal
}

/// An entry of a dict whose value is text, over several lines if it is long; the first line is not indented.
pub(super) fn entry(indent: usize, key: &str, text: &str) -> String {
    let line = format!("{}: {},", literal(key), literal(text));
    if indent + line.chars().count() <= WIDTH {
        return line;
    }
    let margin = " ".repeat(indent);
    let mut parts: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match parts.last_mut() {
            // Each part but the last ends in a blank; two quotes enclose it.
            Some(part) if indent + STEP + literal(&format!("{part}{word} ")).chars().count() <= WIDTH => {
                part.push_str(word);
                part.push(' ');
            }
            _ => parts.push(format!("{word} ")),
        }
    }
    if let Some(last) = parts.last_mut() {
        last.pop();
    }
    let parts = parts.iter().map(|part| format!("{margin}    {}\n", literal(part)));
    format!("{}: (\n{}{margin}),", literal(key), parts.collect::<String>())
}

/// Items in brackets: on one line if they fit, else one on each; the first line is not indented.
pub(super) fn bracketed(indent: usize, open: &str, items: &[String], close: &str) -> String {
    let line = format!("{open}{}{close}", items.join(", "));
    if indent + line.chars().count() <= WIDTH || items.is_empty() {
        return line;
    }
    exploded(indent, open, items, close)
}

/// Items in brackets, one on each line; the first line is not indented.
fn exploded(indent: usize, open: &str, items: &[String], close: &str) -> String {
    let margin = " ".repeat(indent);
    let items = items.iter().map(|item| format!("{margin}    {item},\n"));
    format!("{open}\n{}{margin}{close}", items.collect::<String>())
}

/// The statement that imports names, in brackets if it is long; the first line is not indented.
pub(super) fn import(indent: usize, module: &str, names: impl IntoIterator<Item = String>) -> String {
    let names = sorted(names.into_iter().collect());
    let line = format!("from {module} import {}", names.join(", "));
    if indent + line.chars().count() <= WIDTH {
        return line;
    }
    exploded(indent, &format!("from {module} import ("), &names, ")")
}

/// A tuple under a name.
pub(super) fn tuple(indent: usize, name: &str, items: &[String]) -> String {
    match items {
        [only] => format!("{name} = ({only},)"),
        items => bracketed(indent, &format!("{name} = ("), items, ")"),
    }
}

/// The names that a module exports.
pub(super) fn exports(names: &[String]) -> String {
    let names: Vec<_> = sorted(names.to_vec()).iter().map(|name| literal(name)).collect();
    bracketed(0, "__all__ = [", &names, "]")
}

/// Names in the order of a linter: constants, then classes and functions, each in the order of a dictionary.
pub(super) fn sorted(mut names: Vec<String>) -> Vec<String> {
    let is_other = |name: &str| name.len() == 1 || name.contains(|c: char| c.is_ascii_lowercase());
    names.sort_by_key(|name| (is_other(name), name.to_lowercase()));
    names
}

/// A section of a docstring: a title, and a line for each name.
pub(super) fn section(title: &str, entries: &[(String, String)]) -> String {
    let lines = entries.iter().map(|(name, text)| format!("\n    {name}: {text}"));
    format!("{title}:{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_docstring_of_one_line_stays_one() {
        assert_eq!(docstring(4, &["Short.", ""]), "\"\"\"Short.\"\"\"");
        assert_eq!(docstring(4, &["Short.", "More."]), "\"\"\"Short.\n\n    More.\n    \"\"\"");
    }

    #[test]
    fn no_line_of_a_docstring_is_too_long() {
        let long = "word ".repeat(100);
        let listed = section("Args", &[("name".to_owned(), long.clone())]);
        for indent in [0, 4, 8] {
            let text = format!("{}{}", " ".repeat(indent), docstring(indent, &[&long, &listed]));
            assert!(text.lines().all(|line| line.len() <= WIDTH && line.trim_end() == line), "{text}");
            assert!(text.lines().any(|line| line.len() > WIDTH - 5), "{text}");
        }
    }

    #[test]
    fn text_cannot_end_its_quotes() {
        assert_eq!(docstring(0, &[r#"a \ b """ c"#]), r#""""a \\ b \"\"\" c""""#);
        assert_eq!(literal(r#"the "A""#), r#"'the "A"'"#);
        assert_eq!(literal(r#"it's "A""#), r#""it's \"A\"""#);
        assert_eq!(literal("a\\b\nc"), r#""a\\b\nc""#);
    }

    #[test]
    fn items_stand_on_one_line_if_they_fit() {
        let items = |count: usize| vec!["item".to_owned(); count];
        assert_eq!(bracketed(4, "f(", &items(2), ")"), "f(item, item)");
        assert_eq!(bracketed(0, "f(", &items(20), ")").lines().count(), 22);
        assert_eq!(bracketed(3, "f(", &items(19), ")").len(), WIDTH - 5);
        assert_eq!(tuple(0, "T", &items(1)), "T = (item,)");
        assert_eq!(tuple(0, "T", &[]), "T = ()");
    }

    #[test]
    fn a_long_entry_is_split_without_losing_a_character() {
        let text = "word ".repeat(50) + "end.";
        let entry = entry(8, "key", &text);
        assert!(entry.lines().all(|line| line.len() <= WIDTH));
        let parts: String = entry.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix('"')).collect();
        assert_eq!(parts, text);
    }
}
