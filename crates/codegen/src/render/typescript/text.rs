//! Pieces of TypeScript text, wrapped as the formatter would leave them.

use crate::model::{Api, Doc};

/// Longest line of the package.
const WIDTH: usize = 120;

/// Spaces of one level of indentation.
const STEP: usize = 2;

/// A comment of several paragraphs for lines that begin at `indent`; the first line is not indented. Paragraphs of tags
/// stand together.
pub(super) fn comment(indent: usize, paragraphs: &[&str]) -> String {
    let paragraphs: Vec<_> = paragraphs.iter().filter(|text| !text.is_empty()).map(|text| escaped(text)).collect();
    if let [only] = paragraphs.as_slice()
        && indent + only.chars().count() + 7 <= WIDTH
    {
        return format!("/** {only} */");
    }
    let mut lines: Vec<String> = Vec::new();
    let mut after_tag = false;
    for paragraph in &paragraphs {
        let is_tag = paragraph.starts_with('@');
        let continues_tags = after_tag && is_tag;
        if !lines.is_empty() && !continues_tags {
            lines.push(String::new());
        }
        after_tag = is_tag;
        lines.extend(wrap(paragraph, WIDTH - indent - 3, if is_tag { STEP } else { 0 }));
    }
    let margin = " ".repeat(indent);
    let lines = lines.iter().map(|line| format!("{margin} *{}{line}\n", if line.is_empty() { "" } else { " " }));
    format!("/**\n{}{margin} */", lines.collect::<String>())
}

/// The documents that something is from, with their titles: who reads it in an editor has no list of them.
pub(super) fn source(api: &Api, doc: &Doc) -> String {
    let titled = |source: &String| {
        let (name, rest) = source.split_once(' ').unwrap_or((source, ""));
        let of = if rest.is_empty() { String::new() } else { format!("{rest} of ") };
        let document = api.service.documents.iter().find(|document| document.name == name);
        let title = document.map(|document| format!(" \"{}\"", document.title)).unwrap_or_default();
        let kind = if name.starts_with(|first: char| first.is_ascii_digit()) { "document " } else { "" };
        format!("{of}{kind}{name}{title}")
    };
    format!("Source: {}.", doc.source.iter().map(titled).collect::<Vec<_>>().join(", "))
}

/// The same for a part of something; nothing if that is from the same documents, which is said there.
pub(super) fn source_within(api: &Api, whole: &Doc, part: &Doc) -> String {
    if whole.source == part.source { String::new() } else { source(api, part) }
}

/// Words in lines of at most `width` characters, those after the first deeper by `hanging`. A word that would begin a
/// line as a tag is kept from being one.
fn wrap(text: &str, width: usize, hanging: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => {
                let escape = if word.starts_with('@') { "\\" } else { "" };
                lines.push(format!("{}{escape}{word}", " ".repeat(hanging)));
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Text that does not end its comment.
fn escaped(text: &str) -> String {
    text.replace("*/", "*\\/")
}

/// A string literal, in the quotes that need fewer escapes.
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

/// Items in parentheses or square brackets between what stands before and behind them: on one line if they fit, else
/// one on each; the first line is not indented.
pub(super) fn bracketed(indent: usize, open: &str, items: &[String], close: &str) -> String {
    let line = format!("{open}{}{close}", items.join(", "));
    if indent + line.chars().count() <= WIDTH || items.is_empty() {
        return line;
    }
    exploded(indent, open, items, close)
}

/// Items in braces, like [`bracketed`], but set off by blanks.
pub(super) fn braced(indent: usize, open: &str, items: &[String], close: &str) -> String {
    let line = format!("{open} {} {close}", items.join(", "));
    if items.is_empty() {
        return format!("{open}{close}");
    }
    if indent + line.chars().count() <= WIDTH {
        return line;
    }
    exploded(indent, open, items, close)
}

/// Items in brackets, one on each line; the first line is not indented.
fn exploded(indent: usize, open: &str, items: &[String], close: &str) -> String {
    let (margin, inner) = (" ".repeat(indent), " ".repeat(indent + STEP));
    let items = items.iter().map(|item| format!("{inner}{item},\n"));
    format!("{open}\n{}{margin}{close}", items.collect::<String>())
}

/// The statement at the top of a file that declares a name for one of several types.
pub(super) fn union(name: &str, members: &[String]) -> String {
    let joined = members.join(" | ");
    let line = format!("{name} = {joined};");
    if line.chars().count() <= WIDTH {
        return line;
    }
    if STEP + joined.chars().count() < WIDTH {
        return format!("{name} =\n  {joined};");
    }
    let members: Vec<_> = members.iter().map(|member| format!("\n  | {member}")).collect();
    format!("{name} ={};", members.concat())
}

/// The statement at the top of a file that declares a name for the `wrapper` of what is all of several types.
pub(super) fn wrapped_intersection(name: &str, wrapper: &str, members: &[String]) -> String {
    let line = format!("{name} = {wrapper}<{}>;", members.join(" & "));
    if line.chars().count() <= WIDTH {
        return line;
    }
    let joined = members.join(" & ");
    if STEP + joined.chars().count() <= WIDTH {
        return format!("{name} = {wrapper}<\n  {joined}\n>;");
    }
    format!("{name} = {wrapper}<\n  {}\n>;", members.join(" &\n    "))
}

/// The constant at the top of a file that lists names.
pub(super) fn list_of_names(name: &str, names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| literal(name)).collect();
    bracketed(0, &format!("export const {name} = ["), &names, "] as const;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_of_one_line_stays_one() {
        assert_eq!(comment(2, &["Short.", ""]), "/** Short. */");
        assert_eq!(comment(2, &["Short.", "More."]), "/**\n   * Short.\n   *\n   * More.\n   */");
    }

    #[test]
    fn tags_stand_together() {
        let text = comment(0, &["Short.", "@param a - One.", "@param b - Two."]);
        assert_eq!(text, "/**\n * Short.\n *\n * @param a - One.\n * @param b - Two.\n */");
    }

    #[test]
    fn no_line_of_a_comment_is_too_long() {
        let long = "word ".repeat(100);
        for indent in [0, 2, 4] {
            let text = format!("{}{}", " ".repeat(indent), comment(indent, &[&long, &format!("@param a - {long}")]));
            assert!(text.lines().all(|line| line.len() <= WIDTH && line.trim_end() == line), "{text}");
            assert!(text.lines().any(|line| line.len() > WIDTH - 5), "{text}");
        }
    }

    #[test]
    fn text_cannot_end_its_comment_or_its_quotes_or_begin_a_tag() {
        assert_eq!(comment(0, &["a */ b"]), "/** a *\\/ b */");
        let text = comment(0, &[&format!("{} @tag", "word ".repeat(23))]);
        assert!(text.contains("\n * \\@tag\n"), "{text}");
        assert_eq!(literal("it's"), "\"it's\"");
        assert_eq!(literal(r#"it's "A""#), r#"'it\'s "A"'"#);
        assert_eq!(literal("a\\b\nc"), r"'a\\b\nc'");
    }

    #[test]
    fn items_stand_on_one_line_if_they_fit() {
        let items = |count: usize| vec!["item".to_owned(); count];
        assert_eq!(bracketed(4, "f(", &items(2), ")"), "f(item, item)");
        assert_eq!(bracketed(0, "f(", &items(20), ")").lines().count(), 22);
        assert_eq!(braced(0, "return {", &items(2), "};"), "return { item, item };");
        assert_eq!(braced(0, "return {", &[], "};"), "return {};");
        assert_eq!(union("type A", &items(2)), "type A = item | item;");
        assert_eq!(union("type A", &items(17)).lines().count(), 2);
        assert_eq!(union("type A", &items(20)).lines().count(), 21);
        assert_eq!(wrapped_intersection("type A", "B", &items(2)), "type A = B<item & item>;");
        assert_eq!(wrapped_intersection("type A", "B", &items(16)).lines().count(), 3);
        assert_eq!(wrapped_intersection("type A", "B", &items(20)).lines().count(), 22);
    }
}
