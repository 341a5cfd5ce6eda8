//! `cargo xtask demo`: a tour of the client against the sandbox, in every language that is installed.

use std::process::{Command, Stdio};

use crate::artifact;
use crate::process::{Outcome, run};
use crate::sandbox::SandboxProcess;
use crate::{node, python};

/// Runs the tour of each language, and prints what it prints. Languages that are not installed are left out.
pub(crate) fn run_command() -> Outcome {
    println!("# Rust");
    run_rust_tour(Stdio::inherit())?;
    println!("\n# Command");
    run_command_tour(Stdio::inherit)?;
    println!("\n# Python");
    match python::interpreter::find() {
        Ok(interpreter) => python::run_tour(&interpreter, &SandboxProcess::start()?, Stdio::inherit())?,
        Err(missing) => println!("left out: {missing}"),
    }
    println!("\n# Node");
    match node::toolchain::find() {
        Ok(node) => node::run_tour(&node, &SandboxProcess::start()?, Stdio::inherit())?,
        Err(missing) => println!("left out: {missing}"),
    }
    Ok(())
}

/// Runs all tours without their output. Fails if a language is not installed.
pub(crate) fn check_tours() -> Outcome {
    run_rust_tour(Stdio::null())?;
    run_command_tour(Stdio::null)?;
    python::run_tour(&python::interpreter::find()?, &SandboxProcess::start()?, Stdio::null())?;
    node::run_tour(&node::toolchain::find()?, &SandboxProcess::start()?, Stdio::null())
}

/// Runs the tour of Rust. Each tour has its own sandbox, because it cancels a flow.
fn run_rust_tour(output: Stdio) -> Outcome {
    let tour = artifact::build_program(&["--package", "recallflow", "--example", "tour"])?;
    run(SandboxProcess::start()?.configure(&mut Command::new(tour)).stdout(output))
}

/// What operators do with the command: the tasks of a month that cost most, their totals, and a change as a dry run.
const COMMAND_TOUR: [&str; 3] = [
    "tasks list --month 2024-05 --sort cost --limit 3 --columns id,name,status,cost,currency",
    "tasks totals --month 2024-05",
    "flow edit 299 --set recallInterval=60 --dry-run",
];

/// Runs the tour of the command `recallflow`.
fn run_command_tour(output: fn() -> Stdio) -> Outcome {
    let program = artifact::build_program(&["--package", "recallflow-cli", "--bin", "recallflow"])?;
    let sandbox = SandboxProcess::start()?;
    for line in COMMAND_TOUR {
        println!("$ recallflow {line}");
        let mut command = Command::new(&program);
        command.args(line.split(' ')).args(["--output", "table"]);
        run(sandbox.configure(&mut command).stdout(output()))?;
    }
    Ok(())
}
