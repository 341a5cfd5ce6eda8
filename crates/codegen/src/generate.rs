//! Renders the generated files of the repository.

use std::path::Path;
use std::{fmt, io};

use crate::diagnostic::Diagnostic;
use crate::output::File;
use crate::{load, render, rustfmt, sections};

/// An error of [`generate`].
#[derive(Debug)]
pub enum GenerateError {
    /// The spec has problems.
    Spec(Vec<Diagnostic>),
    /// `rustfmt` failed.
    Format(io::Error),
    /// A page with generated sections is missing, or lacks one of its markers.
    Page(io::Error),
}

/// Renders all generated files of the repository at `root` without writing them.
pub fn generate(root: &Path) -> Result<Vec<File>, GenerateError> {
    let api = load(&root.join("spec")).map_err(GenerateError::Spec)?;
    let mut files = render::render(&api);
    for file in files.iter_mut().filter(|file| Path::new(&file.path).extension().is_some_and(|ending| ending == "rs")) {
        file.contents = rustfmt::format(root, &file.contents).map_err(GenerateError::Format)?;
    }
    files.extend(sections::pages(root, &render::sections(&api)).map_err(GenerateError::Page)?);
    Ok(files)
}

/// Formats one problem per line.
impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(diagnostics) => {
                for diagnostic in diagnostics {
                    writeln!(f, "{diagnostic}")?;
                }
                let (count, s) = (diagnostics.len(), if diagnostics.len() == 1 { "" } else { "s" });
                write!(f, "the spec has {count} problem{s}")
            }
            Self::Format(error) | Self::Page(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for GenerateError {}
