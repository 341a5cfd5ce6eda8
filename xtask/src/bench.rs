//! `cargo xtask bench`: measures, and judges nothing.

use lexopt::Arg;

use crate::process::{Outcome, cargo, run};

/// Runs the benchmarks, or the parts of them that the arguments name.
pub(crate) fn bench(arguments: &mut lexopt::Parser) -> Outcome {
    let mut bench = cargo(["run", "--quiet", "--release", "--locked", "--package", "recallflow-bench", "--"]);
    while let Some(argument) = crate::next(arguments)? {
        match argument {
            Arg::Value(part) => bench.arg(part),
            other => return Err(other.unexpected().to_string()),
        };
    }
    run(&mut bench)
}
