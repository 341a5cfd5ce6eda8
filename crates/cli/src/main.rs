//! The command `recallflow`: flows, group-call tasks and accounts of the voice API.
//!
//! Each command is a thin use of the library. Data goes to stdout, and everything else to stderr.

mod account;
mod arguments;
mod audio;
mod bulk;
mod call;
mod confirm;
mod doctor;
mod document;
mod failure;
mod flow;
mod output;
mod profile;
mod schema;
mod selection;
mod shell;
mod sms;
mod tasks;
mod zone;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser as _;
use failure::Failure;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return failure::report_usage(&error),
    };
    // The sandbox has its own runtime and signals.
    if let Command::Sandbox { arguments } = arguments.command {
        return recallflow_sandbox::run("recallflow sandbox", arguments).into();
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::report(&Failure::io("the runtime", &error)),
    };
    let result = runtime.block_on(async {
        tokio::select! {
            result = run(arguments) => result,
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    });
    // A blocked prompt or a slow name lookup must not hold the process.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure::report(&failure),
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { global, command } = arguments;
    match command {
        Command::Flow(command) => flow::run(&global, command).await,
        Command::Bulk(command) => bulk::run(&global, command).await,
        Command::Tasks(command) => tasks::run(&global, command).await,
        Command::Call(options) => call::run(&global, options).await,
        Command::Whoami => account::print_account(&global),
        Command::Doctor => doctor::run(&global).await,
        Command::Profile(command) => profile::run(&global, command),
        Command::Schema { name } => schema::print_schema(name.as_deref()),
        Command::Sms(command) => sms::run(&global, command),
        Command::Audio(command) => audio::run(&global, command),
        Command::Completions { shell } => shell::print_completions(shell),
        Command::Man => shell::print_manual(),
        Command::Sandbox { .. } => unreachable!("`main` runs it"),
    }
}
