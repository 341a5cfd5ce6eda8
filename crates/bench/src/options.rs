//! The command line.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt as _};

use crate::contender::CallTask;
use crate::plan::{self, BenchLanguage, Effort};

/// The text that `--help` prints.
pub(crate) const HELP: &str = "\
Measures what recallflow costs beside other clients of its language. `cargo xtask bench` runs it.

usage: recallflow-bench rust|python|node [NAME…] [options]
       recallflow-bench serve

  NAME              a measurement, or a part of its name: page, 64, decode, start, …; all by default
  --run PROGRAM     the interpreter that runs the scripts of the contenders, in the current folder
  --rounds N        rounds of each measurement
  --batch SECONDS   duration of one contender's batch in a round
  --only NAME       a contender by its name in the table; may be repeated
  --pin             one core for the server and another for the contenders; Linux only
  serve             only be the server: prints its address, and ends when its input does
";

/// A use of this program.
pub(crate) enum BenchCommand {
    Help,
    /// Be the server of another process.
    Serve,
    /// Be a contender of another process.
    Contend {
        name: String,
        task: CallTask,
    },
    /// Be a contender that runs this command again and again.
    Start(Vec<OsString>),
    Measure(BenchOptions),
}

/// The measurements to run.
pub(crate) struct BenchOptions {
    pub(crate) language: BenchLanguage,
    /// The interpreter of the scripts.
    pub(crate) interpreter: Option<PathBuf>,
    names: Vec<String>,
    /// The only contenders to run; all of them if empty.
    pub(crate) only: Vec<String>,
    pub(crate) effort: Effort,
    pub(crate) pin: bool,
}

impl BenchOptions {
    /// Returns whether the measurement was chosen.
    pub(crate) fn is_chosen(&self, measurement: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| measurement.contains(name.as_str()))
    }
}

/// Reads the arguments of this process.
pub(crate) fn read_arguments() -> Result<BenchCommand, lexopt::Error> {
    let mut parser = Parser::from_env();
    let command = match parser.next()? {
        Some(Arg::Value(command)) => command.string()?,
        None | Some(Arg::Short('h') | Arg::Long("help")) => return Ok(BenchCommand::Help),
        Some(other) => return Err(other.unexpected()),
    };
    match command.as_str() {
        "serve" => Ok(BenchCommand::Serve),
        "contend" => {
            let name = parser.value()?.string()?;
            let (base_url, call) = (parser.value()?.string()?, parser.value()?.string()?);
            let task = CallTask { base_url, call, in_flight: parser.value()?.parse()? };
            Ok(BenchCommand::Contend { name, task })
        }
        "start" => Ok(BenchCommand::Start(parser.raw_args()?.collect())),
        name => match BenchLanguage::from_name(name) {
            Some(language) => read_measurement(language, &mut parser),
            None => Err(format!("expected rust, python, node or serve, got `{name}`").into()),
        },
    }
}

fn read_measurement(language: BenchLanguage, parser: &mut Parser) -> Result<BenchCommand, lexopt::Error> {
    let effort = language.default_effort();
    let mut options =
        BenchOptions { language, interpreter: None, names: Vec::new(), only: Vec::new(), effort, pin: false };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(BenchCommand::Help),
            Arg::Long("run") => options.interpreter = Some(parser.value()?.into()),
            Arg::Long("rounds") => options.effort.rounds = parser.value()?.parse::<NonZeroUsize>()?.get(),
            Arg::Long("batch") => {
                options.effort.batch = parser.value()?.parse_with(|seconds| {
                    let seconds = seconds.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                    seconds.ok_or("expected a number of seconds")
                })?;
            }
            Arg::Long("only") => options.only.push(parser.value()?.string()?),
            Arg::Long("pin") => options.pin = true,
            Arg::Value(name) => options.names.push(name.string()?),
            other => return Err(other.unexpected()),
        }
    }
    if let Some(unknown) = options.names.iter().find(|name| !plan::has_measurement(language, name)) {
        let known: Vec<_> = plan::measurements(language).iter().map(|one| one.name).collect();
        return Err(format!("expected a part of {}, got `{unknown}`", known.join(", ")).into());
    }
    Ok(BenchCommand::Measure(options))
}
