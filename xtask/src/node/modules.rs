//! Installs `node_modules` beside a lock file, again when the lock file has changed.
//!
//! npm installs into a temporary folder, and the folder is then renamed. So an unfinished installation is never used, and two
//! commands may install at the same time.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use super::toolchain::Toolchain;
use crate::process::{Outcome, run_quietly};

/// The files that determine the installed packages.
const SOURCES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

const MODULES: &str = "node_modules";

/// A file in `node_modules` with the hash of these files.
const STAMP: &str = ".recallflow";

/// Installs the packages of the lock file in a folder, unless they are installed.
pub(crate) fn install(node: &Toolchain, folder: &Path) -> Outcome {
    let at = |error: io::Error| format!("{}: {error}", folder.display());
    let stamp = sources_hash(folder).map_err(at)?;
    if is_installed(folder, &stamp) {
        return Ok(());
    }
    println!("preparing {}", folder.join(MODULES).display());
    let fresh = tempfile::Builder::new().prefix(".npm-").tempdir_in(folder).map_err(at)?;
    for name in SOURCES {
        fs::copy(folder.join(name), fresh.path().join(name)).map_err(at)?;
    }
    run_quietly(node.npm().current_dir(fresh.path()).args(["ci", "--include=dev", "--include=optional"]))?;
    // npm creates no folder if there are no packages.
    fs::create_dir_all(fresh.path().join(MODULES)).map_err(at)?;
    fs::write(fresh.path().join(MODULES).join(STAMP), &stamp).map_err(at)?;
    move_into_place(folder, fresh.path()).or_else(|error| {
        // Another command may have installed them meanwhile.
        if is_installed(folder, &stamp) { Ok(()) } else { Err(at(error)) }
    })
}

/// Returns the folder of the installed packages.
pub(crate) fn folder(beside: &Path) -> PathBuf {
    beside.join(MODULES)
}

/// Returns the path of a program of an installed package.
pub(crate) fn program(folder: &Path, name: &str) -> PathBuf {
    let suffix = if cfg!(windows) { ".cmd" } else { "" };
    folder.join(MODULES).join(".bin").join(format!("{name}{suffix}"))
}

/// Moves the old packages away and the new ones into place.
fn move_into_place(folder: &Path, fresh: &Path) -> io::Result<()> {
    match fs::rename(folder.join(MODULES), fresh.join("old")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(fresh.join(MODULES), folder.join(MODULES))
}

fn is_installed(folder: &Path, stamp: &str) -> bool {
    fs::read_to_string(folder.join(MODULES).join(STAMP)).is_ok_and(|found| found == stamp)
}

fn sources_hash(folder: &Path) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    for name in SOURCES {
        fs::read(folder.join(name))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
