//! `cargo xtask bench`: measures the client beside other clients, one language after the other.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::artifact::{self, DIST};
use crate::node::{self, modules, toolchain};
use crate::process::{Outcome, run};
use crate::python::{self, environment::PythonEnvironment};

/// Runs the benchmark of one language with the arguments that it takes itself, or that of all languages.
pub(crate) fn run_command(arguments: &mut lexopt::Parser) -> Outcome {
    const LANGUAGES: [&str; 3] = ["rust", "python", "node"];
    let mut arguments: Vec<OsString> = arguments.raw_args().map_err(|error| error.to_string())?.collect();
    let chosen = LANGUAGES.iter().find(|name| arguments.first().is_some_and(|first| first == *name));
    if chosen.is_some() {
        arguments.remove(0);
    }
    let program =
        artifact::build_program(&["--release", "--package", "recallflow-bench", "--bin", "recallflow-bench"])?;
    for name in chosen.map_or(&LANGUAGES[..], std::slice::from_ref) {
        println!("# {name}");
        let mut bench = match *name {
            "python" => python_bench(&program)?,
            "node" => node_bench(&program)?,
            _ => rust_bench(&program),
        };
        run(bench.args(&arguments))?;
    }
    Ok(())
}

fn rust_bench(program: &Path) -> Command {
    let mut bench = Command::new(program);
    bench.arg("rust");
    bench
}

/// Builds the package as it is published, and installs the libraries that it is compared with.
fn python_bench(program: &Path) -> Result<Command, String> {
    let environment = PythonEnvironment::with_requirements("bench")?;
    python::build_native_module(DIST)?;
    let mut bench = python::command(program);
    bench.current_dir(python::home().join("bench")).args(["python", "--run"]).arg(environment.program("python"));
    Ok(bench)
}

/// Builds the package as it is published, and installs the libraries that it is compared with.
fn node_bench(program: &Path) -> Result<Command, String> {
    let node = toolchain::find()?;
    let folder = node::home().join("bench");
    modules::install(&node, &folder)?;
    node::compile_typescript(&node, &node::home().join("dist"))?;
    node::build_native_module(DIST)?;
    let mut bench = node.command(program);
    bench.current_dir(folder).args(["node", "--run"]).arg(node.node().get_program());
    Ok(bench)
}
