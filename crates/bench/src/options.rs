//! The command line.

use std::num::NonZeroUsize;

use lexopt::{Arg, Parser, ValueExt as _};

use crate::server::SERVE;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Measures what recallflow costs beside plain reqwest and a bare connection.

usage: recallflow-bench [http] [decode] [validate] [--rounds N] [--only NAME]
       recallflow-bench --serve

  http, decode, validate   what to measure; everything by default
  --rounds N               rounds of each comparison; 40 by default
  --only NAME              one contender by its name in the table, for a profiler
  --serve                  only be the server: prints its address, and ends when its input does
";

const ROUNDS: usize = 40;

/// What to do.
pub(crate) enum Command {
    Help,
    /// Be the server of another process.
    Serve,
    Measure(Options),
}

/// What to measure.
pub(crate) struct Options {
    pub(crate) sections: Vec<Section>,
    pub(crate) rounds: usize,
    /// The only contender to run, by its name.
    pub(crate) only: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Http,
    Decode,
    Validate,
}

impl Section {
    const ALL: [(&'static str, Self); 3] =
        [("http", Self::Http), ("decode", Self::Decode), ("validate", Self::Validate)];
}

/// Reads the arguments of this process.
pub(crate) fn read() -> Result<Command, lexopt::Error> {
    let mut options = Options { sections: Vec::new(), rounds: ROUNDS, only: None };
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long(SERVE) => return Ok(Command::Serve),
            Arg::Long("rounds") => options.rounds = parser.value()?.parse::<NonZeroUsize>()?.get(),
            Arg::Long("only") => options.only = Some(parser.value()?.string()?),
            Arg::Value(name) => {
                let known = Section::ALL.iter().find(|(known, _)| name == *known);
                options.sections.push(known.ok_or_else(|| Arg::Value(name.clone()).unexpected())?.1);
            }
            other => return Err(other.unexpected()),
        }
    }
    if options.sections.is_empty() {
        options.sections = Section::ALL.map(|(_, section)| section).to_vec();
    }
    Ok(Command::Measure(options))
}
