//! `cargo xtask package`: builds the published packages, and tries them in empty folders outside of the repository.

mod command;
mod node;
mod paths;
mod python;
mod trial_folder;
mod zig;

use lexopt::Arg;

use crate::node::toolchain::Toolchain;
use crate::process::{Outcome, cargo, run};

/// Runs the command.
pub(crate) fn run_command(arguments: &mut lexopt::Parser) -> Outcome {
    let mut only = None;
    while let Some(argument) = crate::next_argument(arguments)? {
        match argument {
            Arg::Value(name) if only.is_none() && (name == "python" || name == "node" || name == "command") => {
                only = Some(name);
            }
            other => return Err(other.unexpected().to_string()),
        }
    }
    let wanted = |name: &str| only.as_ref().is_none_or(|only| only == name);
    if wanted("rust") {
        package_rust()?;
    }
    if wanted("python") {
        package_python()?;
    }
    if wanted("node") {
        package_node()?;
    }
    if wanted("command") { package_command() } else { Ok(()) }
}

/// Packs the crate, which cargo builds from the packed files.
pub(crate) fn package_rust() -> Outcome {
    run(&mut cargo(["package", "--package", "recallflow", "--locked", "--allow-dirty", "--quiet"]))
}

/// Builds and tries the Python package for this machine.
pub(crate) fn package_python() -> Outcome {
    python::build_and_try()
}

/// Builds and tries the Node packages for this machine.
pub(crate) fn package_node() -> Outcome {
    node::build_and_try()
}

/// Builds and tries the packages of the command for this machine.
pub(crate) fn package_command() -> Outcome {
    command::build_and_try()
}

/// Checks that every kind of module resolution finds the right types of the Node package.
pub(crate) fn node_types(node: &Toolchain) -> Outcome {
    node::check_types(node)
}
