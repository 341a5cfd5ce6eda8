//! The native module, built beside the sources of the package.
//!
//! Cargo builds it in the workspace's own folder, so that it shares everything with the other checks, and a change
//! costs seconds. `maturin develop` would build with settings of its own and install the package anew each time; what
//! maturin makes is tried by `cargo xtask package`.

use crate::artifact;
use crate::process::Outcome;
use crate::profile::Profile;

/// Builds the native module and puts it where `import recallflow` finds it.
pub(crate) fn build(profile: Profile) -> Outcome {
    let built = artifact::dynamic_library(&["--package", "recallflow-python", "--profile", profile.name()])?;
    let suffix = if cfg!(windows) { "pyd" } else { "abi3.so" };
    artifact::place(&built, &super::sources().join("recallflow").join(format!("_native.{suffix}")))
}
