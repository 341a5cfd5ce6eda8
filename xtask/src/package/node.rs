//! Builds the npm packages, and tries them: one with the code, and one for each platform with the native module. npm
//! installs the one that matches the machine.

mod example;
pub(super) mod staging;
pub(super) mod trial;

use std::path::Path;

use super::trial_folder::{TrialFolder, megabytes, remove_old, size_below};
use crate::artifact::target_directory;
use crate::node::platform::Platform;
use crate::node::tool;
use crate::node::toolchain::{self, Toolchain};
use crate::process::{Outcome, run_quietly};
use example::ReadmeExample;
use trial::Trial;

/// The maximum bytes of the installed packages.
const INSTALLED_SIZE_LIMIT: u64 = 9_000_000;

/// Builds the package and that of this machine into `target/package/`, and tries them with every Node on this machine.
pub(crate) fn build_and_try() -> Outcome {
    let folder = target_directory()?.join("package");
    remove_old(&folder, ".tgz")?;
    let node = toolchain::find()?;
    let trial_folder = TrialFolder::new()?;
    let packages = [
        staging::assemble_package(&node, &trial_folder)?.pack(&node, &folder)?,
        staging::platform_package(&trial_folder)?.pack(&node, &folder)?,
    ];
    for package in &packages {
        check_structure(&node, package)?;
        println!("{}, {:.2} MB", package.display(), megabytes(size_below(package)));
    }
    check_found_types(&node, &packages[0])?;

    let trial = Trial::install(&node, &packages, &trial_folder)?;
    let platform = Platform::of_this_machine()?;
    trial.check_contents(&platform)?;
    let size = trial.size();
    println!("  {:.2} MB installed", megabytes(size));
    if size > INSTALLED_SIZE_LIMIT {
        return Err(format!("expected at most {INSTALLED_SIZE_LIMIT} bytes of installed packages, got {size}"));
    }
    let example = ReadmeExample::compile(&node, trial.folder())?;
    for node in toolchain::find_each_version()? {
        trial.try_out(&node, &example)?;
        println!("  Node {:<9} require {:>5.1} ms", node.version, trial.require_time(&node)?);
    }
    trial.trace(&node, &trial_folder)?;
    trial.check_error_without_module(&node, &platform)
}

/// Checks the types as programs of every kind find them. Needs no native module.
pub(crate) fn check_types(node: &Toolchain) -> Outcome {
    check_plain_types(node)?;
    let trial_folder = TrialFolder::new()?;
    let package = staging::assemble_package(node, &trial_folder)?.pack(node, trial_folder.path())?;
    check_structure(node, &package)?;
    check_found_types(node, &package)
}

/// Checks that a package has the structure that Node and bundlers expect.
fn check_structure(node: &Toolchain, package: &Path) -> Outcome {
    run_quietly(tool(node, "publint").args(["run", "--strict"]).arg(package))
}

/// Checks that both kinds of modules find the matching types, and so do tools that do not know `exports`.
fn check_found_types(node: &Toolchain, package: &Path) -> Outcome {
    run_quietly(tool(node, "attw").args(["--no-color", "--no-emoji"]).arg(package))
}

/// Checks that a program without Node's types compiles, with the module resolution of Node and of bundlers.
fn check_plain_types(node: &Toolchain) -> Outcome {
    let rules: [&[&str]; 2] = [&[], &["--module", "esnext", "--moduleResolution", "bundler"]];
    rules.iter().try_for_each(|rules| {
        run_quietly(tool(node, "tsc").args(["--pretty", "false", "--project", "test/types/plain"]).args(*rules))
    })
}
