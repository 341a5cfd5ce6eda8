//! Measures what the client costs beside other clients of its language, side by side in one run.

mod contender;
mod fixture;
mod options;
mod plain;
mod plan;
mod process;
mod report;
mod rounds;
mod server;

use std::error::Error;

use options::{Command, Options};
use plan::{Contender, Measurement};
use process::Machine;
use rounds::Measured;

/// An error that ends the run.
type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    match options::read()? {
        Command::Help => print!("{}", options::HELP),
        Command::Serve => server::serve()?,
        Command::Contend { name, task } => contender::run(&name, &task)?,
        Command::Start(command) => contender::run_starts(&command)?,
        Command::Measure(options) => measure(&options)?,
    }
    Ok(())
}

/// Runs the chosen measurements of one language, and prints their tables and the targets.
fn measure(options: &Options) -> Result<(), Failure> {
    let machine = Machine::start(options)?;
    let mut verdicts = Vec::new();
    for measurement in plan::measurements(options.language).iter().filter(|one| options.wants(one.name)) {
        let rows = rows(measurement, &machine, options)?;
        report::print(measurement, &rows);
        verdicts.extend(report::verdicts(measurement, &rows));
    }
    report::print_verdicts(&verdicts);
    Ok(())
}

/// Runs the contenders of one measurement.
fn rows(measurement: &Measurement, machine: &Machine<'_>, options: &Options) -> Result<Vec<Measured>, Failure> {
    let wanted =
        |contender: &&Contender| options.only.is_empty() || options.only.iter().any(|name| name == contender.name);
    if !measurement.contenders.iter().any(|contender| wanted(&contender)) {
        return Ok(Vec::new());
    }
    // The other start-up times are shown beside the bare one, so that it always runs.
    let chosen = measurement.contenders.iter().filter(|contender| wanted(contender) || contender.is_bare_start());
    let entrants = chosen.map(|contender| machine.contender(measurement, contender)).collect::<Result<_, _>>()?;
    rounds::measure(entrants, measurement.in_flight, &options.effort)
}
