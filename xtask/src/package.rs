//! `cargo xtask package`: builds what is published, and tries it in empty places outside of the repository.

mod node;
mod paths;
mod python;
mod readme;
mod scratch;
mod timing;

use lexopt::Arg;

use crate::node::toolchain::Toolchain;
use crate::process::{Outcome, cargo, run};

/// Runs the command.
pub(crate) fn package(arguments: &mut lexopt::Parser) -> Outcome {
    let mut only = None;
    let mut with_zig = false;
    while let Some(argument) = crate::next(arguments)? {
        match argument {
            Arg::Value(name) if only.is_none() && (name == "python" || name == "node") => only = Some(name),
            Arg::Long("zig") => with_zig = true,
            other => return Err(other.unexpected().to_string()),
        }
    }
    let wanted = |name: &str| only.as_ref().is_none_or(|only| only == name);
    if wanted("rust") {
        rust()?;
    }
    if wanted("python") {
        python::python(with_zig)?;
    }
    if wanted("node") { node::node() } else { Ok(()) }
}

/// The crate, which cargo builds from its own contents.
pub(crate) fn rust() -> Outcome {
    run(&mut cargo(["package", "--package", "recallflow", "--locked", "--allow-dirty", "--quiet"]))
}

/// The Python package for this machine, as a check.
pub(crate) fn python() -> Outcome {
    python::python(false)
}

/// The Node packages for this machine, as a check.
pub(crate) fn node() -> Outcome {
    node::node()
}

/// Whether every way in which the types of the Node package are found leads to those of the code that is run.
pub(crate) fn node_types(node: &Toolchain) -> Outcome {
    node::types(node)
}
