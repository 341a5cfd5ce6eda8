//! `cargo xtask codegen`: updates the generated files, or checks that they are current.

use lexopt::Arg;
use recallflow_codegen::output::{self, COMMAND, File};

use crate::process::{Outcome, root};

/// Runs the command.
pub(crate) fn run_command(arguments: &mut lexopt::Parser) -> Outcome {
    match crate::next_argument(arguments)? {
        None => write_files(),
        Some(Arg::Long("check")) => crate::no_options(arguments).and_then(|()| check_files()),
        Some(other) => Err(other.unexpected().to_string()),
    }
}

/// Writes changed files, and removes files that are not generated any more.
fn write_files() -> Outcome {
    for change in output::write(root(), &render_files()?).map_err(|error| error.to_string())? {
        println!("{change}");
    }
    Ok(())
}

/// Fails and shows the differences if a generated file is not current.
pub(crate) fn check_files() -> Outcome {
    let differences = output::check(root(), &render_files()?).map_err(|error| error.to_string())?;
    for difference in &differences {
        println!("{difference}");
    }
    match differences.len() {
        0 => Ok(()),
        1 => Err(format!("1 generated file is not up to date; run `{COMMAND}`")),
        count => Err(format!("{count} generated files are not up to date; run `{COMMAND}`")),
    }
}

/// Generates all files in memory.
fn render_files() -> Result<Vec<File>, String> {
    recallflow_codegen::generate(root()).map_err(|failure| failure.to_string())
}
