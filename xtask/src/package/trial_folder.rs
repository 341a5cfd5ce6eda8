//! Temporary folders for trials, and the sizes and start-up times that trials measure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::{Outcome, run_quietly};

/// An empty folder outside of the repository. It is removed when this value is dropped.
pub(super) struct TrialFolder(TempDir);

impl TrialFolder {
    pub(super) fn new() -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("recallflow-package-").tempdir();
        folder.map(Self).map_err(|error| format!("could not create a folder for trials: {error}"))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Removes the files of earlier runs with this suffix, which may be of another version.
pub(super) fn remove_old(folder: &Path, suffix: &str) -> Outcome {
    for file in files_with_suffix(folder, suffix) {
        fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// Returns the only file in a folder with this suffix.
pub(super) fn only_file(folder: &Path, suffix: &str) -> Result<PathBuf, String> {
    let mut files = files_with_suffix(folder, suffix);
    match (files.pop(), files.is_empty()) {
        (Some(file), true) => Ok(file),
        _ => Err(format!("expected one {suffix} in {}", folder.display())),
    }
}

fn files_with_suffix(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.to_string_lossy().ends_with(suffix)).collect()
}

/// Returns the bytes of a file, or of all files below a folder except Python's bytecode.
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

/// The number of starts of each program, of which the fastest counts.
const TIMINGS: usize = 7;

/// Returns the milliseconds that a program takes beyond another one.
pub(super) fn milliseconds_beyond(bare: impl Fn() -> Command, program: impl Fn() -> Command) -> Result<f64, String> {
    let fastest = |start: &dyn Fn() -> Command| -> Result<Duration, String> {
        let mut fastest = Duration::MAX;
        for _ in 0..TIMINGS {
            let started = Instant::now();
            run_quietly(&mut start())?;
            fastest = fastest.min(started.elapsed());
        }
        Ok(fastest)
    };
    let bare = fastest(&bare)?;
    Ok((fastest(&program)?.as_secs_f64() - bare.as_secs_f64()) * 1e3)
}
