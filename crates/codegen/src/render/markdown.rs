//! Markdown snippets.

/// Formats text as code.
pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Formats a list of names as code.
pub(super) fn codes(names: &[String]) -> String {
    names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ")
}

/// Formats a table without a trailing line break.
pub(super) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let head_cells: Vec<_> = head.iter().map(|&cell| cell.to_owned()).collect();
    let mut lines = vec![line(&head_cells), format!("|{}", "---|".repeat(head.len()))];
    lines.extend(rows.into_iter().map(|row| line(&row.iter().map(|cell| escape_cell(cell)).collect::<Vec<_>>())));
    lines.join("\n")
}

/// Escapes text for a cell. `|` ends a cell even inside code.
pub(super) fn escape_cell(cell: &str) -> String {
    cell.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_escaped() {
        let rows = [vec!["`a|b`".to_owned(), "two\nlines".to_owned()]];
        assert_eq!(table(&["A", "B"], rows), "| A | B |\n|---|---|\n| `a\\|b` | two lines |");
    }
}
