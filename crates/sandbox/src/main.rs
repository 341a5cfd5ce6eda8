//! The sandbox on the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    recallflow_sandbox::run("recallflow-sandbox", std::env::args_os().skip(1)).into()
}
