//! `cargo xtask bench node`: the package beside other clients of Node.

use std::ffi::OsString;

use super::modules;
use super::native;
use super::toolchain;
use crate::artifact;
use crate::process::{Outcome, run};
use crate::profile::Profile;

/// Builds everything as it is shipped and runs the benchmark with the arguments that it takes itself.
pub(crate) fn bench(arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    let server = artifact::program(&["--release", "--package", "recallflow-bench", "--bin", "recallflow-bench"])?;
    let node = toolchain::find()?;
    let folder = super::home().join("bench");
    modules::install(&node, &folder)?;
    super::compile(&node, &super::home().join("dist"))?;
    native::build(Profile::Dist)?;
    run(node.node().arg(folder.join("main.mjs")).arg("--server").arg(server).args(arguments))
}
