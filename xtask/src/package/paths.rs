//! Keeps out of a package where it was built: panics name the files of the code that they are in.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::artifact::target_directory;
use crate::process::{Outcome, read, root};

/// The folders of this machine that code comes from, with what is put in their place. Where several fit, the last does.
fn folders() -> Result<Vec<(PathBuf, &'static str)>, String> {
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
    // Users without a home have `/`, or nothing.
    Ok(folders.filter(|(path, _)| path.is_absolute() && path.parent().is_some()).collect())
}

/// Lets a cargo that builds hide these folders, or a maturin that calls one.
pub(super) fn hide(cargo: &mut Command) -> Outcome {
    let flags = folders()?.into_iter().map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()));
    let flags: Value = flags.collect();
    // Cargo adds these to what the repository sets for a target, and takes those of the environment instead of both.
    cargo.arg("--config").arg(format!("target.'cfg(all())'.rustflags={flags}"));
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTFLAGS");
    Ok(())
}

/// Refuses a folder with a file that names one of these folders.
pub(super) fn refuse(contents: &Path) -> Outcome {
    let folders: Vec<_> = folders()?.into_iter().map(|(path, _)| path.to_string_lossy().into_owned()).collect();
    for file in files_below(contents).map_err(|error| format!("{}: {error}", contents.display()))? {
        let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if let Some(folder) = folders.iter().find(|folder| names(&bytes, folder)) {
            let file = file.strip_prefix(contents).unwrap_or(&file);
            return Err(format!("the package names a folder of this machine: `{folder}` in {}", file.display()));
        }
    }
    Ok(())
}

/// Whether the folder is in there, and not only another one whose name begins the same.
fn names(bytes: &[u8], folder: &str) -> bool {
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
    use super::names;

    #[test]
    fn a_folder_is_named_wherever_it_stands() {
        for text in ["/home/me", "path+file:///home/me#0.1.0", "overflow/home/me/.cargo/registry", "\0/home/me\0"] {
            assert!(names(text.as_bytes(), "/home/me"), "{text:?}");
        }
        for text in ["", "/home/m", "/home/mel", "/home/me-too/src", "home/me"] {
            assert!(!names(text.as_bytes(), "/home/me"), "{text:?}");
        }
    }
}
