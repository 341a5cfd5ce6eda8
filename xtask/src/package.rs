//! `cargo xtask package`: builds what is published, and tries it in empty places outside of the repository.

mod paths;
mod python;
mod readme;
mod trial;

use lexopt::Arg;

use crate::process::{Outcome, cargo, run};

/// Runs the command.
pub(crate) fn package(arguments: &mut lexopt::Parser) -> Outcome {
    let mut only_python = false;
    let mut with_zig = false;
    while let Some(argument) = crate::next(arguments)? {
        match argument {
            Arg::Value(name) if name == "python" => only_python = true,
            Arg::Long("zig") => with_zig = true,
            other => return Err(other.unexpected().to_string()),
        }
    }
    if !only_python {
        rust()?;
    }
    python::python(with_zig)
}

/// The crate, which cargo builds from its own contents.
pub(crate) fn rust() -> Outcome {
    run(&mut cargo(["package", "--package", "recallflow", "--locked", "--allow-dirty", "--quiet"]))
}

/// The Python package for this machine, as a check.
pub(crate) fn python() -> Outcome {
    python::python(false)
}
