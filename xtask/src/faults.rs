//! `cargo xtask faults`: every fault of the sandbox against the client in every language, and the table of them.

use std::process::Command;

use lexopt::Arg;
use serde_json::{Map, Value, json};

use crate::artifact::{self, DEV};
use crate::process::{Outcome, root, run, without_settings};
use crate::{node, python};

/// Plays all faults and writes the table, or plays a few without writing it.
pub(crate) fn faults(arguments: &mut lexopt::Parser) -> Outcome {
    match crate::next(arguments)? {
        None => {
            let table = root().join("docs").join("faults.md");
            play(runner()?.arg("--write").arg(table))
        }
        Some(Arg::Long("quick")) => crate::no_options(arguments).and_then(|()| check()),
        Some(other) => Err(other.unexpected().to_string()),
    }
}

/// Plays a few faults, as a check.
pub(crate) fn check() -> Outcome {
    play(runner()?.arg("--quick"))
}

/// The runner tells what went wrong.
fn play(runner: &mut Command) -> Outcome {
    run(runner).map_err(|_| "not every fault came to what is promised".to_owned())
}

/// What plays the faults, with the drivers of all languages.
fn runner() -> Result<Command, String> {
    let program = artifact::program(&["--package", "recallflow-faults", "--bin", "recallflow-faults"])?;
    let mut runner = Command::new(program);
    without_settings(&mut runner);
    let (python, mut asyncio, node) = (python()?, python()?, node()?);
    asyncio.arg("asyncio");
    for (language, driver) in [("Python", python), ("Python asyncio", asyncio), ("Node", node)] {
        let driver = describe(language, &driver, &mut runner);
        runner.arg("--driver").arg(driver);
    }
    Ok(runner)
}

/// The driver for Python, with the package from its sources.
fn python() -> Result<Command, String> {
    let interpreter = python::interpreter::find()?;
    python::build_native_module(DEV)?;
    let mut driver = python::command(&interpreter.program);
    driver.env("PYTHONPATH", python::sources()).arg("-s").arg(python::home().join("faults").join("driver.py"));
    Ok(driver)
}

/// The driver for Node, with the package from its sources.
fn node() -> Result<Command, String> {
    let toolchain = node::toolchain::find()?;
    node::prepare(&toolchain)?;
    let mut driver = toolchain.node();
    driver.arg(node::home().join("faults").join("driver.mjs"));
    Ok(driver)
}

/// A command as the runner takes it. What it must not see of this environment, the runner does not see either.
fn describe(language: &str, command: &Command, runner: &mut Command) -> String {
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
