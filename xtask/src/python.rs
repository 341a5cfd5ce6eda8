//! The Python package: an interpreter, environments for its tools, its native module, and its checks.

pub(crate) mod checks;
pub(crate) mod environment;
pub(crate) mod interpreter;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::artifact::{self, DEV};
use crate::process::{Outcome, root, run, without_settings};
use crate::sandbox::SandboxProcess;
use interpreter::Interpreter;

/// Returns the folder of the package.
pub(crate) fn home() -> PathBuf {
    root().join("bindings").join("python")
}

/// Returns the folder of its Python modules.
pub(crate) fn sources() -> PathBuf {
    home().join("python")
}

/// Returns a command that runs a program without the Python settings and packages of this user.
pub(crate) fn command(program: impl Into<PathBuf>) -> Command {
    let mut command = Command::new(program.into());
    for name in ["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONOPTIMIZE", "VIRTUAL_ENV", "CONDA_PREFIX"] {
        command.env_remove(name);
    }
    // These would install outside of the environment. The settings of pip's package index stay.
    for name in ["PIP_USER", "PIP_TARGET", "PIP_PREFIX"] {
        command.env_remove(name);
    }
    command.env("PYTHONNOUSERSITE", "1").env("PYTHONUTF8", "1");
    without_settings(&mut command);
    command
}

/// Builds the native module and puts it where `import recallflow` finds it. A module for tests has hooks for them.
///
/// Cargo builds it in the target folder of the workspace, so that it shares everything with the other checks, and a
/// change costs seconds. `maturin develop` would build with different settings and reinstall the package each time;
/// `cargo xtask package` tries the wheels that maturin builds.
pub(crate) fn build_native_module(profile: &str) -> Outcome {
    let mut arguments = vec!["--package", "recallflow-python", "--profile", profile];
    if profile == DEV {
        arguments.extend(["--features", "test-hooks"]);
    }
    let built = artifact::build_library(&arguments)?;
    let suffix = if cfg!(windows) { "pyd" } else { "abi3.so" };
    artifact::put_library(&built, &sources().join("recallflow").join(format!("_native.{suffix}")))
}

/// Runs the tour of the demo with the package from its sources, which needs neither an environment nor pip.
pub(crate) fn run_tour(interpreter: &Interpreter, sandbox: &SandboxProcess, output: Stdio) -> Outcome {
    build_native_module(DEV)?;
    let mut python = command(&interpreter.program);
    python.env("PYTHONPATH", sources()).arg("-s").arg(home().join("examples").join("tour.py"));
    run(sandbox.configure(&mut python).stdout(output))
}
