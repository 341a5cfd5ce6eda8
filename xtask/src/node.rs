//! The Node package: Node and npm, what npm installs, its native module, and what is done with them.

pub(crate) mod bench;
pub(crate) mod checks;
pub(crate) mod modules;
pub(crate) mod native;
pub(crate) mod platform;
pub(crate) mod toolchain;
pub(crate) mod tour;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Outcome, root, run_quietly};
use toolchain::Toolchain;

/// The folder of the package.
pub(crate) fn home() -> PathBuf {
    root().join("bindings").join("node")
}

/// A program that npm has installed for the package, run in its folder.
pub(crate) fn tool(node: &Toolchain, name: &str) -> Command {
    let mut tool = node.command(&modules::program(&home(), name));
    tool.current_dir(home());
    tool
}

/// Compiles the TypeScript of the package into a folder.
pub(crate) fn compile(node: &Toolchain, folder: &Path) -> Outcome {
    modules::install(node, &home())?;
    run_quietly(tool(node, "tsc").args(["--pretty", "false", "--outDir"]).arg(folder))
}
