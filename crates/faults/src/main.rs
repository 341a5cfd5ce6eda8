//! Plays every fault of the sandbox against the client in every language, and writes the table of outcomes.

mod catalogue;
mod driver;
mod memory;
mod protocol;
mod report;
mod row;
mod runner;
mod rust;
mod secrets;
mod stage;
mod verdict;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::{Long, Short, Value, ValueExt};

use catalogue::TableSection;
use driver::DriverProgram;
use row::FaultRow;

const USAGE: &str = "\
Plays every fault of the sandbox against the client in every language.

Usage: recallflow-faults [OPTIONS]
       recallflow-faults drive

ClientOptions:
  --driver JSON   Another language: {\"language\", \"executable\", \"arguments\", \"environment\"}; repeatable
  --write FILE    Write the table
  --quick         Play a few rows only
  --only TEXT     Play the rows only whose names contain this
  -h, --help      Print this

`drive` reads commands from standard input and makes the calls in Rust.
";

/// The command line.
#[derive(Default)]
struct Asked {
    programs: Vec<DriverProgram>,
    write: Option<PathBuf>,
    quick: bool,
    only: Option<String>,
}

fn main() -> ExitCode {
    match run_command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run_command() -> Result<(), Box<dyn Error>> {
    let mut arguments = lexopt::Parser::from_env();
    let mut asked = Asked { programs: vec![DriverProgram::this_program()?], ..Asked::default() };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("driver") => asked.programs.push(serde_json::from_str(&arguments.value()?.string()?)?),
            Long("write") => asked.write = Some(arguments.value()?.into()),
            Long("quick") => asked.quick = true,
            Long("only") => asked.only = Some(arguments.value()?.string()?),
            Short('h') | Long("help") => {
                print!("{USAGE}");
                return Ok(());
            }
            Value(command) if command == "drive" => return Ok(rust::run_driver()?),
            other => return Err(other.unexpected().into()),
        }
    }
    play_rows(&asked)
}

fn play_rows(asked: &Asked) -> Result<(), Box<dyn Error>> {
    let is_asked = |row: &FaultRow| {
        (!asked.quick || row.is_quick) && asked.only.as_ref().is_none_or(|text| row.name.contains(text))
    };
    let mut sections = catalogue::sections();
    for section in &mut sections {
        section.rows.retain(is_asked);
    }
    sections.retain(|section| !section.rows.is_empty());
    let rows: Vec<FaultRow> = sections.iter().flat_map(|TableSection { rows, .. }| rows.iter().cloned()).collect();
    let languages: Vec<_> = asked.programs.iter().map(|program| program.language.clone()).collect();

    let findings = runner::play(&rows, &asked.programs);
    if let Some(file) = &asked.write {
        std::fs::write(file, report::render_page(&sections, &languages, &findings))?;
    }
    let complaints = report::list_complaints(&rows, &languages, &findings);
    if complaints.is_empty() {
        println!("{} faults in {}: all as promised", rows.len(), languages.join(", "));
        return Ok(());
    }
    Err(complaints.join("\n").into())
}
