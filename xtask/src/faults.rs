//! `cargo xtask faults`: plays the faults of the sandbox against the client in every language.

use std::process::Command;

use lexopt::Arg;
use serde_json::{Map, Value, json};

use crate::artifact::{self, DEV};
use crate::process::{Outcome, root, run, without_settings};
use crate::{node, python};

/// Plays all faults and writes `docs/faults.md`, or plays a few.
pub(crate) fn run_command(arguments: &mut lexopt::Parser) -> Outcome {
    match crate::next_argument(arguments)? {
        None => {
            let table = root().join("docs").join("faults.md");
            run_runner(runner_command()?.arg("--write").arg(table))
        }
        Some(Arg::Long("quick")) => crate::no_options(arguments).and_then(|()| play_few()),
        Some(other) => Err(other.unexpected().to_string()),
    }
}

/// Plays a few faults, as a check.
pub(crate) fn play_few() -> Outcome {
    run_runner(runner_command()?.arg("--quick"))
}

/// Runs the runner, which prints each broken promise itself.
fn run_runner(runner: &mut Command) -> Outcome {
    run(runner).map_err(|_| "a fault had another outcome than promised".to_owned())
}

/// Returns the program that plays the faults, with the drivers of all languages.
fn runner_command() -> Result<Command, String> {
    let program = artifact::build_program(&["--package", "recallflow-faults", "--bin", "recallflow-faults"])?;
    let mut runner = Command::new(program);
    without_settings(&mut runner);
    let (python, mut asyncio, node) = (python_driver()?, python_driver()?, node_driver()?);
    asyncio.arg("asyncio");
    for (language, driver) in [("Python", python), ("Python asyncio", asyncio), ("Node", node)] {
        let driver = describe_driver(language, &driver, &mut runner);
        runner.arg("--driver").arg(driver);
    }
    Ok(runner)
}

/// Returns the driver for Python, with the package from its sources.
fn python_driver() -> Result<Command, String> {
    let interpreter = python::interpreter::find()?;
    python::build_native_module(DEV)?;
    let mut driver = python::command(&interpreter.program);
    driver.env("PYTHONPATH", python::sources()).arg("-s").arg(python::home().join("faults").join("driver.py"));
    Ok(driver)
}

/// Returns the driver for Node, with the package from its sources.
fn node_driver() -> Result<Command, String> {
    let toolchain = node::toolchain::find()?;
    node::build_package(&toolchain)?;
    let mut driver = toolchain.node();
    driver.arg(node::home().join("faults").join("driver.mjs"));
    Ok(driver)
}

/// Describes a command to the runner. Variables that the command must not see are removed from the runner, too.
fn describe_driver(language: &str, command: &Command, runner: &mut Command) -> String {
    let mut environment = Map::new();
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => {
                environment.insert(name.to_string_lossy().into_owned(), value.to_string_lossy().into());
            }
            None => {
                runner.env_remove(name);
            }
        }
    }
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    let executable: Value = command.get_program().to_string_lossy().into();
    json!({ "language": language, "executable": executable, "arguments": arguments, "environment": environment })
        .to_string()
}
