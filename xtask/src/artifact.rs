//! Builds with cargo, and takes the paths of the built files from its messages, because settings can change them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::process::{Outcome, cargo, read, root};

/// The profile of cargo for tests, which builds quickly.
pub(crate) const DEV: &str = "dev";

/// The profile of cargo for benchmarks and packages.
pub(crate) const DIST: &str = "dist";

/// Returns the target folder of cargo, which also holds everything that these commands create.
pub(crate) fn target_directory() -> Result<PathBuf, String> {
    let metadata = cargo_metadata()?;
    let directory = metadata["target_directory"].as_str().ok_or("expected a target directory from `cargo metadata`")?;
    Ok(PathBuf::from(directory))
}

/// Returns the names of the repository's own crates.
pub(crate) fn own_crates() -> Result<Vec<String>, String> {
    let metadata = cargo_metadata()?;
    let packages = metadata["packages"].as_array().ok_or("expected packages from `cargo metadata`")?;
    Ok(packages.iter().filter_map(|package| package["name"].as_str()).map(str::to_owned).collect())
}

/// Returns the version of one of these crates.
pub(crate) fn crate_version(name: &str) -> Result<String, String> {
    let metadata = cargo_metadata()?;
    let package = metadata["packages"].as_array().into_iter().flatten().find(|package| package["name"] == name);
    let version = package.and_then(|package| package["version"].as_str());
    version.map(str::to_owned).ok_or_else(|| format!("could not find the crate `{name}`"))
}

fn cargo_metadata() -> Result<Value, String> {
    let metadata = read(&mut cargo(["metadata", "--no-deps", "--locked", "--format-version=1"]))?;
    serde_json::from_str(&metadata).map_err(|error| error.to_string())
}

/// Builds a program and returns its path.
pub(crate) fn build_program(arguments: &[&str]) -> Result<PathBuf, String> {
    build_program_with(build_command("build"), arguments)
}

/// Builds a program by a command of [`build_command`] that may have more options.
pub(crate) fn build_program_with(build: Command, arguments: &[&str]) -> Result<PathBuf, String> {
    last_built_file(build, arguments, |message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
}

/// Builds a dynamic library and returns its path.
pub(crate) fn build_library(arguments: &[&str]) -> Result<PathBuf, String> {
    build_library_with(build_command("build"), arguments)
}

/// Builds a dynamic library by a command of [`build_command`] that may have more options.
pub(crate) fn build_library_with(build: Command, arguments: &[&str]) -> Result<PathBuf, String> {
    last_built_file(build, arguments, |message| {
        let is_cdylib = message["target"]["crate_types"].as_array()?.iter().any(|kind| kind == "cdylib");
        let mut files = message["filenames"].as_array()?.iter().filter_map(Value::as_str).map(PathBuf::from);
        files.find(|file| {
            is_cdylib && file.extension().is_some_and(|extension| extension == std::env::consts::DLL_EXTENSION)
        })
    })
}

/// Copies a library to where another language finds it.
pub(crate) fn put_library(library: &Path, at: &Path) -> Outcome {
    let copy = || {
        let (folder, name) = (at.parent().unwrap_or(Path::new(".")), at.file_name().unwrap_or_default());
        // Renamed, not overwritten, because another process may have loaded it, or may copy its own at the same time.
        let fresh = tempfile::Builder::new().prefix(name).suffix(".fresh").tempfile_in(folder)?.into_temp_path();
        fs::copy(library, &fresh)?;
        fresh.persist(at)?;
        Ok(())
    };
    copy().map_err(|error: std::io::Error| format!("could not write {}: {error}", at.display()))
}

/// Returns a command that builds with a subcommand of cargo and reports the built files.
pub(crate) fn build_command(subcommand: &str) -> Command {
    cargo([subcommand, "--quiet", "--locked", "--message-format=json-render-diagnostics"])
}

/// Builds, and returns the last file found in cargo's messages.
fn last_built_file(
    mut build: Command,
    arguments: &[&str],
    find: fn(&Value) -> Option<PathBuf>,
) -> Result<PathBuf, String> {
    let messages = read(build.args(arguments).current_dir(root()).stdin(Stdio::null()))?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
    let file = messages.filter_map(|message: Value| find(&message)).next_back();
    file.ok_or_else(|| format!("expected a file from `cargo build {}`, got none", arguments.join(" ")))
}
