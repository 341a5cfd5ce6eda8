//! The tour of the demo, which needs neither an environment nor pip.

use std::process::Stdio;

use super::interpreter::Interpreter;
use super::native;
use crate::process::{Outcome, run};
use crate::profile::Profile;
use crate::sandbox::Sandbox;

/// Runs the tour with the package from its sources.
pub(crate) fn tour(interpreter: &Interpreter, sandbox: &Sandbox, output: Stdio) -> Outcome {
    native::build(Profile::Dev)?;
    let mut python = super::command(&interpreter.program);
    python.env("PYTHONPATH", super::sources()).arg("-s").arg(super::home().join("examples").join("tour.py"));
    run(sandbox.tell(&mut python).stdout(output))
}
