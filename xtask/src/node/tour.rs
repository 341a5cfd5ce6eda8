//! The tour of the demo.

use std::process::Stdio;

use super::checks;
use super::toolchain::Toolchain;
use crate::process::{Outcome, run};
use crate::sandbox::Sandbox;

/// Runs the tour with the package from its sources.
pub(crate) fn tour(node: &Toolchain, sandbox: &Sandbox, output: Stdio) -> Outcome {
    checks::prepare(node)?;
    let tour = super::home().join("examples").join("tour.mjs");
    run(sandbox.tell(node.node().arg(tour)).stdout(output))
}
