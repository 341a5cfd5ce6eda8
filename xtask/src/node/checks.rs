//! Checks the Node package from its sources.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::modules;
use super::toolchain::{self, Toolchain};
use crate::package;
use crate::process::{Outcome, run, run_quietly};

/// Checks the format with prettier.
pub(crate) fn check_format() -> Outcome {
    run_quietly(super::tool(&with_tools()?, "prettier").args(["--check", "--log-level=warn", "."]))
}

/// Checks each file with eslint.
pub(crate) fn check_lints() -> Outcome {
    run_quietly(super::tool(&with_tools()?, "eslint").args(["--max-warnings=0", "."]))
}

/// Checks the types of package, tests and benchmark, and that every kind of module resolution finds the right
/// declarations.
pub(crate) fn check_types() -> Outcome {
    let node = with_tools()?;
    modules::install(&node, &super::home().join("bench"))?;
    super::compile_typescript(&node, &super::home().join("dist"))?;
    for project in ["test", "test/types", "bench"] {
        run_quietly(super::tool(&node, "tsc").args(["--pretty", "false", "--project", project]))?;
    }
    package::node_types(&node)
}

/// Runs the tests.
pub(crate) fn run_tests() -> Outcome {
    let node = with_tools()?;
    super::build_package(&node)?;
    // Named one by one, because Node's versions treat folders and patterns differently.
    let tests = test_files(&super::home().join("test"))?;
    if tests.is_empty() {
        return Err("expected tests of the Node package, got none".to_owned());
    }
    let mut command = node.node();
    command.current_dir(super::home()).args(["--test", "--test-reporter=spec"]);
    run(command.args(tests))
}

/// Runs Node with the built package, or npm, or a tool that npm has installed, which needs no build.
pub(crate) fn run_node(arguments: &mut lexopt::Parser) -> Outcome {
    let arguments: Vec<OsString> = arguments.raw_args().map_err(|error| error.to_string())?.collect();
    let node = with_tools()?;
    let tool = match arguments.first().and_then(|first| first.to_str()) {
        Some("npm") => Some(node.npm()),
        Some(name) if !name.contains('/') && modules::program(&super::home(), name).is_file() => {
            Some(super::tool(&node, name))
        }
        _ => None,
    };
    if let Some(mut tool) = tool {
        return run(tool.current_dir(super::home()).args(&arguments[1..]));
    }
    run_program(&arguments)
}

/// Runs a program, such as a file and its arguments, with the built package.
pub(crate) fn run_program(arguments: &[impl AsRef<OsStr>]) -> Outcome {
    let node = with_tools()?;
    super::build_package(&node)?;
    run(node.node().current_dir(super::home()).args(arguments))
}

/// Returns Node after installing the tools of the package.
pub(crate) fn with_tools() -> Result<Toolchain, String> {
    let node = toolchain::find()?;
    modules::install(&node, &super::home())?;
    Ok(node)
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(test_files(&path)?);
        } else if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
