//! The project's commands, run as `cargo xtask <command>`. This file finds the command and prints the help.

mod agree;
mod artifact;
mod bench;
mod codegen;
mod demo;
mod docs;
mod examples;
mod faults;
mod node;
mod package;
mod process;
mod python;
mod sandbox;
mod supply;
mod test;
mod words;

use std::fmt::Write as _;
use std::process::ExitCode;

use lexopt::Arg;

use process::Outcome;

/// A command of the project.
struct ProjectCommand {
    name: &'static str,
    /// The options as the help shows them.
    options: &'static str,
    /// One line of description.
    about: &'static str,
    run: fn(&mut lexopt::Parser) -> Outcome,
}

/// All commands, in the order of the help.
const COMMANDS: &[ProjectCommand] = &[
    ProjectCommand {
        name: "demo",
        options: "",
        about: "find, read, edit and cancel flows of a sandbox, in every language",
        run: |arguments| no_options(arguments).and_then(|()| demo::run_command()),
    },
    ProjectCommand {
        name: "test",
        options: "[rust | python | node] [--keep-going]",
        about: "run every check, or those of one language; stops at the first failure, or goes on",
        run: test::run_command,
    },
    ProjectCommand {
        name: "docs",
        options: "[rust | python | node] [page…]",
        about: "run the programs of the pages in docs/ against a sandbox",
        run: docs::run_command,
    },
    ProjectCommand {
        name: "codegen",
        options: "[--check]",
        about: "regenerate files from spec/; with --check, only show what would change",
        run: codegen::run_command,
    },
    ProjectCommand {
        name: "bench",
        options: "[rust | python | node] [name…] [--rounds N] [--pin] [--batch SECONDS]",
        about: "measure the client beside other HTTP clients",
        run: bench::run_command,
    },
    ProjectCommand {
        name: "faults",
        options: "[--quick]",
        about: "play every fault in every language and write docs/faults.md; with --quick, only play a few",
        run: faults::run_command,
    },
    ProjectCommand {
        name: "agree",
        options: "[number]",
        about: "judge random requests in every language, by the schema and by the oracle",
        run: agree::run_command,
    },
    ProjectCommand {
        name: "package",
        options: "[python | node | command]",
        about: "build the published packages, and try them in empty folders",
        run: package::run_command,
    },
    ProjectCommand {
        name: "python",
        options: "[arguments]",
        about: "run Python with the package from its sources and the tools of its tests",
        run: python::checks::run_python,
    },
    ProjectCommand {
        name: "node",
        options: "[arguments]",
        about: "run Node with the package from its sources, or a tool of the package, such as prettier",
        run: node::checks::run_node,
    },
];

fn main() -> ExitCode {
    match run_named_command(&mut lexopt::Parser::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the command that the arguments name.
fn run_named_command(arguments: &mut lexopt::Parser) -> Outcome {
    match next_argument(arguments)? {
        None | Some(Arg::Long("help") | Arg::Short('h')) => {
            print!("{}", help_text());
            Ok(())
        }
        Some(Arg::Value(name)) => match COMMANDS.iter().find(|command| name == command.name) {
            Some(command) => (command.run)(arguments),
            None => Err(format!("expected a command, got `{}`\n\n{}", name.to_string_lossy(), help_text())),
        },
        Some(other) => Err(format!("{}\n\n{}", other.unexpected(), help_text())),
    }
}

/// Returns the next argument of the command line.
fn next_argument(arguments: &mut lexopt::Parser) -> Result<Option<Arg<'_>>, String> {
    arguments.next().map_err(|error| error.to_string())
}

/// Fails if there is another argument.
fn no_options(arguments: &mut lexopt::Parser) -> Outcome {
    next_argument(arguments)?.map_or(Ok(()), |argument| Err(argument.unexpected().to_string()))
}

/// Lists the commands.
fn help_text() -> String {
    let mut text = String::from("Usage: cargo xtask <command>\n\n");
    for command in COMMANDS {
        let usage = format!("{} {}", command.name, command.options);
        writeln!(text, "  {usage:44}{}", command.about).expect("writing to a string cannot fail");
    }
    text
}
