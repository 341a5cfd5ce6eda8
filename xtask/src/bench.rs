//! `cargo xtask bench`: measures, and judges nothing.

use crate::process::{Outcome, cargo, run};

/// Runs the benchmarks, with the arguments that they take themselves.
pub(crate) fn bench(arguments: &mut lexopt::Parser) -> Outcome {
    let forwarded = arguments.raw_args().map_err(|error| error.to_string())?;
    let mut bench = cargo(["run", "--quiet", "--release", "--locked", "--package", "recallflow-bench", "--"]);
    run(bench.args(forwarded))
}
