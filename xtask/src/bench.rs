//! `cargo xtask bench`: measures, and judges nothing.

use std::ffi::OsString;

use crate::process::{Outcome, cargo, run};
use crate::{node, python};

/// Runs the benchmarks of one language with the arguments that they take themselves, or those of all.
pub(crate) fn bench(arguments: &mut lexopt::Parser) -> Outcome {
    let mut arguments = arguments.raw_args().map_err(|error| error.to_string())?.peekable();
    if arguments.next_if(|first| first == "python").is_some() {
        return python::bench::bench(arguments);
    }
    if arguments.next_if(|first| first == "node").is_some() {
        return node::bench::bench(arguments);
    }
    if arguments.peek().is_some() {
        return rust(arguments);
    }
    rust([])?;
    python::bench::bench([])?;
    node::bench::bench([])
}

fn rust(arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    let mut bench = cargo(["run", "--quiet", "--release", "--locked", "--package", "recallflow-bench", "--"]);
    run(bench.args(arguments))
}
