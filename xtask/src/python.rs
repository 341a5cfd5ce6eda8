//! The Python package: an interpreter, environments for its tools, its native module, and what is done with them.

pub(crate) mod bench;
pub(crate) mod checks;
pub(crate) mod environment;
pub(crate) mod interpreter;
pub(crate) mod native;
pub(crate) mod tour;

use std::path::PathBuf;
use std::process::Command;

use crate::process::{root, without_settings};

/// The folder of the package.
pub(crate) fn home() -> PathBuf {
    root().join("bindings").join("python")
}

/// The folder of its Python modules.
pub(crate) fn sources() -> PathBuf {
    home().join("python")
}

/// A program of Python's that sees nothing of what is installed or set for this user.
pub(crate) fn command(program: impl Into<PathBuf>) -> Command {
    let mut command = Command::new(program.into());
    for name in ["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONOPTIMIZE", "VIRTUAL_ENV", "CONDA_PREFIX"] {
        command.env_remove(name);
    }
    // Where pip installs for this user is not where these environments are; where it takes packages from stays.
    for name in ["PIP_USER", "PIP_TARGET", "PIP_PREFIX"] {
        command.env_remove(name);
    }
    command.env("PYTHONNOUSERSITE", "1").env("PYTHONUTF8", "1");
    without_settings(&mut command);
    command
}
