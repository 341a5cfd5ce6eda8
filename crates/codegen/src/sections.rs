//! Generated sections of hand-written pages.

use std::path::Path;
use std::{fs, io};

use crate::output::File;

/// A generated section, between two markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSection {
    /// Path of the page relative to the root of the repository, with `/`.
    pub path: &'static str,
    /// Name of the section in its markers.
    pub name: &'static str,
    /// Contents without a trailing line break.
    pub contents: String,
}

/// Returns the pages of the repository at `root` with these sections.
///
/// # Errors
///
/// A page cannot be read, or lacks a marker.
pub(crate) fn pages(root: &Path, sections: &[PageSection]) -> io::Result<Vec<File>> {
    let mut pages: Vec<File> = Vec::new();
    for section in sections {
        let position = pages.iter().position(|page| page.path == section.path);
        let mut page = match position {
            Some(position) => pages.swap_remove(position),
            None => {
                let read = fs::read_to_string(root.join(section.path));
                File { path: section.path.to_owned(), contents: read.map_err(|error| at(section, &error))? }
            }
        };
        page.contents = replaced(&page.contents, section).map_err(|marker| {
            at(section, &io::Error::new(io::ErrorKind::InvalidData, format!("missing marker `{marker}`")))
        })?;
        pages.push(page);
    }
    Ok(pages)
}

/// Replaces the lines between the markers of a section. Fails with a marker that is missing.
fn replaced(page: &str, section: &PageSection) -> Result<String, String> {
    let (start, end) = (format!("<!-- generated: {} -->\n", section.name), "\n<!-- end of generated -->\n");
    let (head, rest) = page.split_once(&start).ok_or_else(|| start.trim().to_owned())?;
    let (_, tail) = rest.split_once(end).ok_or_else(|| end.trim().to_owned())?;
    Ok(format!("{head}{start}\n{}\n{end}{tail}", section.contents))
}

/// Adds the path of the page to an error.
fn at(section: &PageSection, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", section.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Title\n\n<!-- generated: table -->\n\nold\n\n<!-- end of generated -->\n\nRest\n";

    fn section(name: &'static str) -> PageSection {
        PageSection { path: "page.md", name, contents: "new\nlines".into() }
    }

    #[test]
    fn a_section_is_replaced_and_the_rest_stays() {
        let page = replaced(PAGE, &section("table")).unwrap();
        assert_eq!(page, PAGE.replace("old", "new\nlines"));
        assert_eq!(replaced(&page, &section("table")).unwrap(), page);
    }

    #[test]
    fn a_missing_marker_is_an_error() {
        assert_eq!(replaced(PAGE, &section("list")).unwrap_err(), "<!-- generated: list -->");
        assert_eq!(
            replaced("<!-- generated: table -->\n", &section("table")).unwrap_err(),
            "<!-- end of generated -->"
        );
    }

    #[test]
    fn several_sections_share_a_page() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("page.md"), format!("{PAGE}{}", PAGE.replace("table", "list"))).unwrap();
        let [page] = pages(root.path(), &[section("table"), section("list")]).unwrap().try_into().unwrap();
        assert_eq!(page.contents.matches("new\nlines").count(), 2);
        let missing = PageSection { path: "other.md", ..section("table") };
        assert!(pages(root.path(), &[missing]).unwrap_err().to_string().starts_with("other.md: "));
    }
}
