//! `cargo xtask bench python`: the package beside other clients of Python.

use std::ffi::OsString;

use super::environment::Environment;
use super::native;
use crate::artifact;
use crate::process::{Outcome, run};
use crate::profile::Profile;

/// Builds everything as it is shipped and runs the benchmark with the arguments that it takes itself.
pub(crate) fn bench(arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    let server = artifact::program(&["--release", "--package", "recallflow-bench", "--bin", "recallflow-bench"])?;
    let environment = Environment::with_requirements("bench")?;
    native::build(Profile::Dist)?;
    let main = super::home().join("bench").join("main.py");
    run(environment.python().arg(main).arg("--server").arg(server).args(arguments))
}
