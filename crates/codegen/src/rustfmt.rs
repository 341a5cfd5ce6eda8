//! Formats rendered Rust as `cargo fmt` does.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// Formats Rust with the toolchain's `rustfmt` and the workspace's settings.
///
/// # Errors
///
/// If `rustfmt` is not installed or cannot parse the source.
pub fn format(root: &Path, source: &str) -> io::Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| {
            io::Error::other(format!("could not run rustfmt: {error}; install it with `rustup component add rustfmt`"))
        })?;
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(source.as_bytes())?;
    }
    let output = rustfmt.wait_with_output()?;
    if !output.status.success() {
        return Err(io::Error::other("rustfmt could not parse the rendered source"));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}
