//! Builds with cargo, and finds what it built where cargo says it is, which settings of the machine can change.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::process::{cargo, read, root};

/// Where cargo builds, and where everything else goes that these commands make.
pub(crate) fn target_directory() -> Result<PathBuf, String> {
    let metadata = metadata()?;
    let directory = metadata["target_directory"].as_str().ok_or("cargo names no target directory")?;
    Ok(PathBuf::from(directory))
}

/// The names of the repository's own crates.
pub(crate) fn own_crates() -> Result<Vec<String>, String> {
    let metadata = metadata()?;
    let packages = metadata["packages"].as_array().ok_or("cargo names no crates")?;
    Ok(packages.iter().filter_map(|package| package["name"].as_str()).map(str::to_owned).collect())
}

fn metadata() -> Result<Value, String> {
    let metadata = read(&mut cargo(["metadata", "--no-deps", "--locked", "--format-version=1"]))?;
    serde_json::from_str(&metadata).map_err(|error| error.to_string())
}

/// Builds one program.
pub(crate) fn program(arguments: &[&str]) -> Result<PathBuf, String> {
    built(arguments, |message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
}

/// Builds one library for other languages.
pub(crate) fn dynamic_library(arguments: &[&str]) -> Result<PathBuf, String> {
    built(arguments, |message| {
        let is_cdylib = message["target"]["crate_types"].as_array()?.iter().any(|kind| kind == "cdylib");
        let mut files = message["filenames"].as_array()?.iter().filter_map(Value::as_str).map(PathBuf::from);
        files.find(|file| {
            is_cdylib && file.extension().is_some_and(|extension| extension == std::env::consts::DLL_EXTENSION)
        })
    })
}

/// Builds, and returns the last file that is found in cargo's messages.
fn built(arguments: &[&str], find: fn(&Value) -> Option<PathBuf>) -> Result<PathBuf, String> {
    let mut build = cargo(["build", "--quiet", "--locked", "--message-format=json-render-diagnostics"]);
    let messages = read(build.args(arguments).current_dir(root()).stdin(Stdio::null()))?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
    let file = messages.filter_map(|message: Value| find(&message)).next_back();
    file.ok_or_else(|| format!("`cargo build {}` built nothing to use", arguments.join(" ")))
}
