//! The Node package: Node and npm, the tools that npm installs, the native module, and the checks.

pub(crate) mod checks;
pub(crate) mod modules;
pub(crate) mod platform;
pub(crate) mod toolchain;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::artifact::{self, DEV};
use crate::process::{Outcome, root, run, run_quietly};
use crate::sandbox::SandboxProcess;
use platform::Platform;
use toolchain::Toolchain;

/// Returns the folder of the package.
pub(crate) fn home() -> PathBuf {
    root().join("bindings").join("node")
}

/// Returns a command for a program that npm has installed for the package, run in its folder.
pub(crate) fn tool(node: &Toolchain, name: &str) -> Command {
    let mut tool = node.command(&modules::program(&home(), name));
    tool.current_dir(home());
    tool
}

/// Compiles the TypeScript of the package into a folder.
pub(crate) fn compile_typescript(node: &Toolchain, folder: &Path) -> Outcome {
    modules::install(node, &home())?;
    run_quietly(tool(node, "tsc").args(["--pretty", "false", "--outDir"]).arg(folder))
}

/// Builds the native module and puts it where `require('recallflow')` looks first. A module for tests has hooks for them.
pub(crate) fn build_native_module(profile: &str) -> Outcome {
    let mut arguments = vec!["--package", "recallflow-node", "--profile", profile];
    if profile == DEV {
        arguments.extend(["--features", "test-hooks"]);
    }
    let built = artifact::build_library(&arguments)?;
    artifact::put_library(&built, &home().join(Platform::of_this_machine()?.module_file()))
}

/// Compiles and builds the package, to be used from its sources.
pub(crate) fn build_package(node: &Toolchain) -> Outcome {
    compile_typescript(node, &home().join("dist"))?;
    build_native_module(DEV)
}

/// Runs the tour of the demo with the package from its sources.
pub(crate) fn run_tour(node: &Toolchain, sandbox: &SandboxProcess, output: Stdio) -> Outcome {
    build_package(node)?;
    let tour = home().join("examples").join("tour.mjs");
    run(sandbox.configure(node.node().arg(tour)).stdout(output))
}
