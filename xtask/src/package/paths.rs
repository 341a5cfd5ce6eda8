//! Keeps the folders of this machine out of packages, because panic messages contain paths of source files.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::artifact::target_directory;
use crate::process::{Outcome, read, root};

/// Returns the folders that code comes from, with their replacements. If several match a path, the last one applies.
fn hidden_folders() -> Result<Vec<(PathBuf, &'static str)>, String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = read(Command::new(rustc).current_dir(root()).args(["--print", "sysroot"]))?;
    let home = env::home_dir();
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(home.as_ref()?.join(".cargo")));
    let folders = [
        (home, "home"),
        (Some(sysroot.trim_end().into()), "rust"),
        (cargo_home, "cargo"),
        (Some(root().to_owned()), "recallflow"),
        (Some(target_directory()?), "target"),
    ];
    let folders = folders.into_iter().filter_map(|(path, name)| Some((path?, name)));
    // A user without a home has `/` or nothing.
    Ok(folders.filter(|(path, _)| path.is_absolute() && path.parent().is_some()).collect())
}

/// Makes a build with cargo or maturin replace these folders.
pub(super) fn hide_folders(cargo: &mut Command) -> Outcome {
    let flags =
        hidden_folders()?.into_iter().map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()));
    let flags: Value = flags.collect();
    // Cargo adds these flags to those of the repository, but flags of the environment would replace both.
    cargo.arg("--config").arg(format!("target.'cfg(all())'.rustflags={flags}"));
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTFLAGS");
    Ok(())
}

/// Fails if a file below the folder contains the path of one of these folders.
pub(super) fn check_contents(contents: &Path) -> Outcome {
    let folders: Vec<_> = hidden_folders()?.into_iter().map(|(path, _)| path.to_string_lossy().into_owned()).collect();
    for file in files_below(contents).map_err(|error| format!("{}: {error}", contents.display()))? {
        let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if let Some(folder) = folders.iter().find(|folder| holds_path(&bytes, folder)) {
            let file = file.strip_prefix(contents).unwrap_or(&file);
            return Err(format!(
                "expected a package without paths of this machine, got `{folder}` in {}",
                file.display()
            ));
        }
    }
    Ok(())
}

/// Returns whether the bytes contain the folder, and not only a folder whose name begins with its name.
fn holds_path(bytes: &[u8], folder: &str) -> bool {
    let mut found = bytes.windows(folder.len()).enumerate().filter(|(_, window)| *window == folder.as_bytes());
    found.any(|(start, _)| {
        let next = bytes.get(start + folder.len());
        next.is_none_or(|next| !next.is_ascii_alphanumeric() && !b"-_.".contains(next))
    })
}

fn files_below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::holds_path;

    #[test]
    fn a_folder_is_found_anywhere_but_not_as_the_beginning_of_another_name() {
        for text in ["/home/me", "path+file:///home/me#0.1.0", "overflow/home/me/.cargo/registry", "\0/home/me\0"] {
            assert!(holds_path(text.as_bytes(), "/home/me"), "{text:?}");
        }
        for text in ["", "/home/m", "/home/mel", "/home/me-too/src", "home/me"] {
            assert!(!holds_path(text.as_bytes(), "/home/me"), "{text:?}");
        }
    }
}
