//! From the spec of the repository to its generated files.

use std::path::Path;
use std::{fmt, io};

use crate::diagnostic::Diagnostic;
use crate::output::File;
use crate::{load, render, rustfmt};

/// Why the files could not be generated.
#[derive(Debug)]
pub enum Failure {
    /// The spec is wrong.
    Spec(Vec<Diagnostic>),
    /// The rendered Rust could not be formatted.
    Format(io::Error),
}

/// Makes all generated files of the repository at `root`, without writing them.
pub fn generate(root: &Path) -> Result<Vec<File>, Failure> {
    let api = load(&root.join("spec")).map_err(Failure::Spec)?;
    let mut files = render::render(&api);
    for file in files.iter_mut().filter(|file| Path::new(&file.path).extension().is_some_and(|ending| ending == "rs")) {
        file.contents = rustfmt::format(root, &file.contents).map_err(Failure::Format)?;
    }
    Ok(files)
}

/// Shows one problem per line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(diagnostics) => {
                for diagnostic in diagnostics {
                    writeln!(f, "{diagnostic}")?;
                }
                let (count, s) = (diagnostics.len(), if diagnostics.len() == 1 { "" } else { "s" });
                write!(f, "the spec has {count} problem{s}")
            }
            Self::Format(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Failure {}
