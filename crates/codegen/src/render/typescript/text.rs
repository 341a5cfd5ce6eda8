//! Layout of TypeScript: comments, and lines that are too long, as the package's formatter would leave them.
//!
//! The templates write every statement on one line and every comment as plain paragraphs. [`fill`] does the rest.

use serde::Serialize;

use crate::render::{comments, template};

/// Maximum length of a line.
const WIDTH: usize = 120;

/// Spaces of one level of indentation.
const STEP: usize = 2;

/// Renders a template and breaks the lines that are too long.
pub(super) fn fill(template: &str, shown: impl Serialize) -> String {
    let mut environment = template::environment();
    environment.add_filter("comment", comments::typescript_comment);
    fold(&template::fill_in(&environment, template, shown))
}

/// Breaks every line of code that is too long.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for line in text.lines() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let is_comment = code.starts_with(['/', '*']);
        if is_comment || line.chars().count() <= WIDTH {
            folded.push_str(line);
        } else {
            folded.push_str(&broken(indent, code).unwrap_or_else(|| line.to_owned()));
        }
        folded.push('\n');
    }
    folded
}

/// Breaks a statement at the operators of the type that it declares, or else within its longest brackets.
fn broken(indent: usize, code: &str) -> Option<String> {
    let margin = " ".repeat(indent);
    let inner = " ".repeat(indent + STEP);
    if let Some((head, value)) = code.split_once(" = ").filter(|(head, _)| head.contains("type ")) {
        let members = split(value, " & ");
        if members.len() > 1 {
            return Some(format!("{margin}{head} = {}", members.join(&format!(" &\n{inner}"))));
        }
        if inner.len() + value.chars().count() <= WIDTH {
            return Some(format!("{margin}{head} =\n{inner}{value}"));
        }
        let separator = format!("\n{inner}| ");
        return Some(format!("{margin}{head} ={separator}{}", split(value, " | ").join(&separator)));
    }
    let (open, close) = longest_brackets(code)?;
    let items = split(code[open + 1..close].trim(), ", ").join(&format!(",\n{inner}"));
    Some(format!("{margin}{}\n{inner}{items},\n{margin}{}", &code[..=open], &code[close..]))
}

/// Splits code at a separator that stands outside brackets and quotes.
fn split<'a>(code: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, depth) in depths(code) {
        if depth == 0 && at >= start && code[at..].starts_with(separator) {
            parts.push(&code[start..at]);
            start = at + separator.len();
        }
    }
    parts.push(&code[start..]);
    parts
}

/// Finds the longest pair of brackets that is not within another pair.
fn longest_brackets(code: &str) -> Option<(usize, usize)> {
    let mut open = None;
    let mut longest: Option<(usize, usize)> = None;
    for (at, depth) in depths(code) {
        let c = code.as_bytes()[at];
        if depth == 0 && matches!(c, b'(' | b'[' | b'{') {
            open = Some(at);
        } else if depth == 0
            && matches!(c, b')' | b']' | b'}')
            && let Some(open) = open.take()
            && longest.is_none_or(|(from, to)| at - open > to - from)
        {
            longest = Some((open, at));
        }
    }
    longest
}

/// Returns the position of every character outside quotes, with the number of brackets around it. A bracket does not
/// count itself.
fn depths(code: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut depth = 0_usize;
    let mut quote = None;
    code.char_indices().filter_map(move |(at, c)| {
        if quote.is_some() {
            quote = quote.filter(|open| *open != c);
            return None;
        }
        match c {
            '\'' | '"' => {
                quote = Some(c);
                None
            }
            '(' | '[' | '{' => {
                depth += 1;
                Some((at, depth - 1))
            }
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                Some((at, depth))
            }
            _ => Some((at, depth)),
        }
    })
}

/// Renders a string literal in the quotes that need fewer escapes.
pub(super) fn literal(text: &str) -> String {
    let count = |quote: char| text.chars().filter(|&c| c == quote).count();
    let quote = if count('\'') > count('"') { '"' } else { '\'' };
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

/// Renders string literals with commas between them.
pub(super) fn literals<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    texts.into_iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_its_quotes() {
        assert_eq!(literal("it's"), "\"it's\"");
        assert_eq!(literal(r#"it's "A""#), r#"'it\'s "A"'"#);
        assert_eq!(literal("a\\b\nc"), r"'a\\b\nc'");
    }

    #[test]
    fn a_long_line_is_broken_within_its_longest_brackets() {
        let argument = "argument: readonly [A, B]";
        let call = format!("  f({}): Result {{", [argument; 5].join(", "));
        let broken = format!("  f(\n{}  ): Result {{\n", format!("    {argument},\n").repeat(5));
        assert_eq!(fold(&call), broken);
        assert_eq!(fold("short(a, b);"), "short(a, b);\n");
        let list = format!("const A = [{}];", ["', '"; 30].join(", "));
        assert_eq!(fold(&list).lines().count(), 32);
    }

    #[test]
    fn a_long_type_is_broken_at_its_operators() {
        let union = |count: usize| format!("type A = {};", vec!["(B | C)"; count].join(" | "));
        assert_eq!(fold(&union(11)).lines().count(), 1);
        assert_eq!(fold(&union(12)).lines().count(), 2);
        assert_eq!(fold(&union(20)).lines().count(), 21);
        let intersection = format!("type A = {};", ["Omit<B, 'c' | 'd'>"; 7].join(" & "));
        assert_eq!(fold(&intersection).lines().count(), 7);
    }
}
