//! What can be said about the fuzz targets without the compiler that they need.

use crate::process::{Outcome, cargo, read_quietly, run};

/// Whether the targets are formatted, and their lock file is that of the present dependencies.
pub(crate) fn check() -> Outcome {
    const MANIFEST: [&str; 2] = ["--manifest-path", "fuzz/Cargo.toml"];
    run(cargo(["fmt", "--check"]).args(MANIFEST))?;
    read_quietly(cargo(["metadata", "--locked", "--format-version", "1"]).args(MANIFEST)).map(drop)
}
