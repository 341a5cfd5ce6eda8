//! Empty folders for trials, and what lies in the folders of packages.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::process::Outcome;

/// An empty folder outside of the repository, which goes with this value.
pub(super) struct Scratch(TempDir);

impl Scratch {
    pub(super) fn new() -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("recallflow-package-").tempdir();
        folder.map(Self).map_err(|error| format!("a folder for trials could not be made: {error}"))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Removes what an earlier run left in a folder, which may be of another version.
pub(super) fn remove_old(folder: &Path, suffix: &str) -> Outcome {
    for file in files(folder, suffix) {
        fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// The one file in a folder whose name ends like this.
pub(super) fn only_file(folder: &Path, suffix: &str) -> Result<PathBuf, String> {
    let mut files = files(folder, suffix);
    match (files.pop(), files.is_empty()) {
        (Some(file), true) => Ok(file),
        _ => Err(format!("{} should hold one {suffix}", folder.display())),
    }
}

fn files(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.to_string_lossy().ends_with(suffix)).collect()
}

/// Bytes of a file, or of all files below a folder but those that Python compiles by itself.
pub(super) fn size_below(path: &Path) -> u64 {
    if path.file_name().is_some_and(|name| name == "__pycache__") {
        return 0;
    }
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| size_below(&entry.path())).sum(),
        Err(_) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with two digits")]
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
