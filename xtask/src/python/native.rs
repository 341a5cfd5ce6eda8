//! The native module, built beside the sources of the package.
//!
//! Cargo builds it in the workspace's own folder, so that it shares everything with the other checks, and a change
//! costs seconds. `maturin develop` would build with settings of its own and install the package anew each time; what
//! maturin makes is tried by `cargo xtask package`.

use std::fs;

use crate::artifact;
use crate::process::Outcome;

/// How the native module is built.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Quickly, for tests.
    Dev,
    /// As it is shipped, for the benchmark.
    Dist,
}

/// Builds the native module and puts it where `import recallflow` finds it.
pub(crate) fn build(profile: Profile) -> Outcome {
    let profile = match profile {
        Profile::Dev => "dev",
        Profile::Dist => "dist",
    };
    let built = artifact::dynamic_library(&["--package", "recallflow-python", "--profile", profile])?;
    let package = super::sources().join("recallflow");
    let suffix = if cfg!(windows) { "pyd" } else { "abi3.so" };
    let module = package.join(format!("_native.{suffix}"));
    let copy = || {
        // Renamed, not overwritten: another process may have it loaded, or put its own there at the same time.
        let fresh =
            tempfile::Builder::new().prefix("_native.").suffix(".fresh").tempfile_in(&package)?.into_temp_path();
        fs::copy(built, &fresh)?;
        fresh.persist(&module)?;
        Ok(())
    };
    copy().map_err(|error: std::io::Error| format!("{}: {error}", module.display()))
}
