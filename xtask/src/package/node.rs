//! The npm packages: one with the code, and for each platform one with the native module, of which npm installs the one
//! that fits.

mod example;
mod staging;
mod trial;

use std::path::Path;

use super::scratch::{Scratch, megabytes, remove_old, size_below};
use crate::artifact::target_directory;
use crate::node::platform::Platform;
use crate::node::tool;
use crate::node::toolchain::{self, Toolchain};
use crate::process::{Outcome, run_quietly};
use example::Example;
use trial::Trial;

/// What is installed may take no more than this.
const INSTALLED_SIZE_LIMIT: u64 = 8_000_000;

/// Builds the package and that of this machine's platform into `target/package/`, and tries them with every Node there is.
pub(crate) fn node() -> Outcome {
    let folder = target_directory()?.join("package");
    remove_old(&folder, ".tgz")?;
    let node = toolchain::find()?;
    let scratch = Scratch::new()?;
    let packages = [
        staging::package(&node, &scratch)?.pack(&node, &folder)?,
        staging::platform_package(&scratch)?.pack(&node, &folder)?,
    ];
    for package in &packages {
        publint(&node, package)?;
        println!("{}, {:.2} MB", package.display(), megabytes(size_below(package)));
    }
    types_lead_to_the_code(&node, &packages[0])?;

    let trial = Trial::install(&node, &packages, &scratch)?;
    let platform = Platform::of_this_machine()?;
    trial.holds_what_it_should(&platform)?;
    let size = trial.size();
    println!("  {:.2} MB installed", megabytes(size));
    if size > INSTALLED_SIZE_LIMIT {
        return Err(format!("the packages take {size} bytes once installed, more than {INSTALLED_SIZE_LIMIT}"));
    }
    let example = Example::compile(&node, trial.folder())?;
    for node in toolchain::find_each_version()? {
        trial.try_out(&node, &example)?;
        println!("  Node {:<9} require {:>5.1} ms", node.version, trial.require_time(&node)?);
    }
    trial.tells_what_is_missing(&node, &platform)
}

/// Looks at the types as every kind of program finds them, which takes the package compiled but no native module.
pub(crate) fn types(node: &Toolchain) -> Outcome {
    types_need_no_others(node)?;
    let scratch = Scratch::new()?;
    let package = staging::package(node, &scratch)?.pack(node, scratch.path())?;
    publint(node, &package)?;
    types_lead_to_the_code(node, &package)
}

/// Looks that a package is put together as Node and bundlers expect.
fn publint(node: &Toolchain, package: &Path) -> Outcome {
    run_quietly(tool(node, "publint").args(["run", "--strict"]).arg(package))
}

/// Looks that modules of both kinds find types that tell the truth, and so does what is older than `exports`.
fn types_lead_to_the_code(node: &Toolchain, package: &Path) -> Outcome {
    run_quietly(tool(node, "attw").args(["--no-color", "--no-emoji"]).arg(package))
}

/// Looks that a program that knows nothing of Node can be compiled, by the rules of Node and by those of bundlers.
fn types_need_no_others(node: &Toolchain) -> Outcome {
    let rules: [&[&str]; 2] = [&[], &["--module", "esnext", "--moduleResolution", "bundler"]];
    rules.iter().try_for_each(|rules| {
        run_quietly(tool(node, "tsc").args(["--pretty", "false", "--project", "test/types/plain"]).args(*rules))
    })
}
