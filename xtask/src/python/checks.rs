//! Checks the Python package from its sources.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::process::Command;

use super::environment::PythonEnvironment;
use crate::artifact::{DEV, build_program, target_directory};
use crate::process::{Outcome, read_quietly, run, run_quietly};

/// Checks the format with ruff.
pub(crate) fn check_format() -> Outcome {
    run_quietly(tool(&PythonEnvironment::with_requirements("test")?, "ruff").args(["format", "--check", "--diff"]))
}

/// Checks each file with ruff.
pub(crate) fn check_lints() -> Outcome {
    run_quietly(tool(&PythonEnvironment::with_requirements("test")?, "ruff").arg("check"))
}

/// Checks the types with mypy and pyright, that all public names are typed, and that the stub of the native module
/// matches it.
pub(crate) fn check_types() -> Outcome {
    let environment = prepare_environment()?;
    run_quietly(&mut tool(&environment, "mypy"))?;
    run_quietly(&mut tool(&environment, "pyright"))?;
    run_quietly(tool(&environment, "pyright").args(["--verifytypes", "recallflow", "--ignoreexternal"]))?;
    run_quietly(tool(&environment, "mypy.stubtest").args([
        "recallflow._native",
        "--mypy-config-file",
        "pyproject.toml",
    ]))
}

/// Runs the tests.
pub(crate) fn run_tests() -> Outcome {
    run(with_command(with_caches(&mut tool(&prepare_environment()?, "pytest"))?)?.arg("--quiet"))
}

/// Runs Python with the package and the tools of its tests.
pub(crate) fn run_python(arguments: &mut lexopt::Parser) -> Outcome {
    let arguments: Vec<OsString> = arguments.raw_args().map_err(|error| error.to_string())?.collect();
    run_program(&arguments)
}

/// Runs a program, such as a file and its arguments, with the package and the tools of its tests.
pub(crate) fn run_program(arguments: &[impl AsRef<OsStr>]) -> Outcome {
    run(with_command(with_caches(prepare_environment()?.python().current_dir(super::home()))?)?.args(arguments))
}

/// Sets the path of the command `recallflow`, whose files the tests read.
fn with_command(python: &mut Command) -> Result<&mut Command, String> {
    let program = build_program(&["--package", "recallflow-cli", "--bin", "recallflow"])?;
    Ok(python.env("RECALLFLOW_COMMAND", program))
}

/// Returns an environment with the package as if it were installed: native module, sources and metadata.
pub(crate) fn prepare_environment() -> Result<PythonEnvironment, String> {
    let environment = PythonEnvironment::with_requirements("test")?;
    super::build_native_module(DEV)?;
    let folder = environment.site_packages()?;
    let mut maturin = Command::new(environment.program("maturin"));
    maturin.current_dir(super::home()).args(["pep517", "write-dist-info", "--interpreter"]);
    maturin.arg(environment.program("python")).arg("--metadata-directory").arg(&folder);
    // The last line of the output is the name of the written folder.
    let written = read_quietly(&mut maturin)?;
    let written = written.lines().next_back().unwrap_or_default();
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        // The metadata of another version would be found as well.
        if name.to_string_lossy().starts_with("recallflow-") && name != written {
            fs::remove_dir_all(entry.path()).map_err(|error| format!("{}: {error}", entry.path().display()))?;
        }
    }
    Ok(environment)
}

/// Moves the caches of pytest and Hypothesis to the other caches, for which they have no setting in a file.
fn with_caches(command: &mut Command) -> Result<&mut Command, String> {
    let caches = target_directory()?.join("python").join("cache");
    let pytest = format!("-o 'cache_dir={}'", caches.join("pytest").display());
    let options = std::env::var("PYTEST_ADDOPTS").map_or(pytest.clone(), |given| format!("{pytest} {given}"));
    Ok(command.env("PYTEST_ADDOPTS", options).env("HYPOTHESIS_STORAGE_DIRECTORY", caches.join("hypothesis")))
}

/// Returns a command for a tool, in the folder of the package, whose `pyproject.toml` has its settings.
fn tool(environment: &PythonEnvironment, module: &str) -> Command {
    let mut tool = environment.tool(module);
    tool.current_dir(super::home());
    tool
}
