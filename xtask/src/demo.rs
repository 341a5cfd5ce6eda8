//! `cargo xtask demo`: the main job against the sandbox, in every language that is installed.

use std::process::{Command, Stdio};

use crate::artifact;
use crate::process::{Outcome, run};
use crate::sandbox::SandboxProcess;
use crate::{node, python};

/// Runs the tour of each language against a sandbox. Languages that are not installed are left out.
pub(crate) fn run_command() -> Outcome {
    let sandbox = SandboxProcess::start()?;
    println!("the sandbox listens at {}", sandbox.url);
    println!("\n# Rust");
    rust_tour(&sandbox, Stdio::inherit())?;
    println!("\n# Python");
    match python::interpreter::find() {
        Ok(interpreter) => python::run_tour(&interpreter, &sandbox, Stdio::inherit())?,
        Err(missing) => println!("left out: {missing}"),
    }
    println!("\n# Node");
    match node::toolchain::find() {
        Ok(node) => node::run_tour(&node, &sandbox, Stdio::inherit())?,
        Err(missing) => println!("left out: {missing}"),
    }
    Ok(())
}

/// Runs all tours without their output. Fails if a language is not installed.
pub(crate) fn check_tours() -> Outcome {
    let sandbox = SandboxProcess::start()?;
    rust_tour(&sandbox, Stdio::null())?;
    python::run_tour(&python::interpreter::find()?, &sandbox, Stdio::null())?;
    node::run_tour(&node::toolchain::find()?, &sandbox, Stdio::null())
}

fn rust_tour(sandbox: &SandboxProcess, output: Stdio) -> Outcome {
    let tour = artifact::build_program(&["--package", "recallflow", "--example", "tour"])?;
    run(sandbox.configure(&mut Command::new(tour)).stdout(output))
}
