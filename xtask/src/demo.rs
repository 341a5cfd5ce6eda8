//! `cargo xtask demo`: the three operations against the sandbox, in every language that is installed.

use std::process::{Command, Stdio};

use crate::artifact;
use crate::process::{Outcome, run};
use crate::sandbox::Sandbox;
use crate::{node, python};

/// Runs the tour of each language against a sandbox. Languages that are not installed are left out.
pub(crate) fn demo() -> Outcome {
    let sandbox = Sandbox::start()?;
    println!("the sandbox listens at {}", sandbox.url);
    println!("\n# Rust");
    rust(&sandbox, Stdio::inherit())?;
    println!("\n# Python");
    match python::interpreter::find() {
        Ok(interpreter) => python::tour(&interpreter, &sandbox, Stdio::inherit())?,
        Err(missing) => println!("left out: {missing}"),
    }
    println!("\n# Node");
    match node::toolchain::find() {
        Ok(node) => node::tour(&node, &sandbox, Stdio::inherit())?,
        Err(missing) => println!("left out: {missing}"),
    }
    Ok(())
}

/// Runs all tours without their output. Fails if a language is not installed.
pub(crate) fn check() -> Outcome {
    let sandbox = Sandbox::start()?;
    rust(&sandbox, Stdio::null())?;
    python::tour(&python::interpreter::find()?, &sandbox, Stdio::null())?;
    node::tour(&node::toolchain::find()?, &sandbox, Stdio::null())
}

fn rust(sandbox: &Sandbox, output: Stdio) -> Outcome {
    let tour = artifact::program(&["--package", "recallflow", "--example", "tour"])?;
    run(sandbox.configure(&mut Command::new(tour)).stdout(output))
}
