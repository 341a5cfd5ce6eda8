//! `cargo xtask agree`: random requests are judged alike in every language, by the JSON Schema and by the oracle.

use std::fs;
use std::path::Path;

use lexopt::Arg;

use crate::artifact::target_directory;
use crate::process::{Outcome, cargo, run, without_settings};
use crate::{node, python};

/// Number of requests of each type in `cargo xtask test`.
const FEW: u32 = 1000;

/// Runs the command. The argument is the number of requests of each type.
pub(crate) fn run_command(arguments: &mut lexopt::Parser) -> Outcome {
    let count = match crate::next_argument(arguments)? {
        None => FEW,
        Some(Arg::Value(count)) => count
            .to_str()
            .and_then(|count| count.parse().ok())
            .ok_or_else(|| format!("expected a number of requests, got `{}`", count.to_string_lossy()))?,
        Some(other) => return Err(other.unexpected().to_string()),
    };
    crate::no_options(arguments)?;
    judge(count)
}

/// Judges a few requests of each type.
pub(crate) fn judge_few() -> Outcome {
    judge(FEW)
}

/// Draws and judges requests in Rust, and then judges the same in Python and in Node.
fn judge(count: u32) -> Outcome {
    let folder = target_directory()?.join("tmp");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let file = folder.join("random-requests.jsonl");
    draw(count, &file)?;
    python::checks::run_program(&[Path::new("tests/random_requests.py"), &file].map(Path::as_os_str))?;
    node::checks::run_program(&[Path::new("test/random-requests.mjs"), &file].map(Path::as_os_str))
}

/// Draws requests, judges them by the client, the schema and the oracle, and writes them to a file.
fn draw(count: u32, file: &Path) -> Outcome {
    let mut test = cargo(["test", "--package", "recallflow-tests", "--locked", "--quiet", "--test", "rules", "--"]);
    test.args(["--ignored", "--exact", "batch::random_requests_are_judged_alike_and_written_to_a_file"]);
    test.env("PROPTEST_CASES", count.to_string()).env("RANDOM_REQUESTS_FILE", file);
    run(without_settings(&mut test))
}
