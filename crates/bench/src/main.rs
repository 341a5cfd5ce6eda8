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

use options::{BenchCommand, BenchOptions};
use plan::{Contender, Measurement};
use process::Machine;
use rounds::Measured;

/// An error that ends the run.
type BenchError = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), BenchError> {
    match options::read_arguments()? {
        BenchCommand::Help => print!("{}", options::HELP),
        BenchCommand::Serve => server::serve()?,
        BenchCommand::Contend { name, task } => contender::run_contender(&name, &task)?,
        BenchCommand::Start(command) => contender::run_starts(&command)?,
        BenchCommand::Measure(options) => run_measurements(&options)?,
    }
    Ok(())
}

/// Runs the chosen measurements of one language, and prints their tables and the targets.
fn run_measurements(options: &BenchOptions) -> Result<(), BenchError> {
    let machine = Machine::start(options)?;
    let mut verdicts = Vec::new();
    for measurement in plan::measurements(options.language).iter().filter(|one| options.is_chosen(one.name)) {
        let rows = run_contenders(measurement, &machine, options)?;
        report::print_table(measurement, &rows);
        verdicts.extend(report::check_targets(measurement, &rows));
    }
    report::print_verdicts(&verdicts);
    Ok(())
}

/// Runs the contenders of one measurement.
fn run_contenders(
    measurement: &Measurement,
    machine: &Machine<'_>,
    options: &BenchOptions,
) -> Result<Vec<Measured>, BenchError> {
    let wanted =
        |contender: &&Contender| options.only.is_empty() || options.only.iter().any(|name| name == contender.name);
    if !measurement.contenders.iter().any(|contender| wanted(&contender)) {
        return Ok(Vec::new());
    }
    // The bare start always runs, because the other start-up times are shown beside it.
    let chosen = measurement.contenders.iter().filter(|contender| wanted(contender) || contender.is_bare_start());
    let entrants = chosen.map(|contender| machine.start_contender(measurement, contender)).collect::<Result<_, _>>()?;
    rounds::measure_rounds(entrants, measurement.in_flight, &options.effort)
}
