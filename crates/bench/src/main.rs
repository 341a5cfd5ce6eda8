//! Measures what the client costs beside plain reqwest and a bare connection, side by side in one run.

mod clients;
mod decode;
mod fixture;
mod http;
mod options;
mod plain;
mod report;
mod rounds;
mod server;
mod validate;

use std::error::Error;

use options::{Command, Options, Section};

/// Whatever stops a measurement.
type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    match options::read()? {
        Command::Help => {
            print!("{}", options::HELP);
            Ok(())
        }
        Command::Serve => server::serve(),
        Command::Measure(options) => measure(&options),
    }
}

fn measure(options: &Options) -> Result<(), Failure> {
    let mut targets = Vec::new();
    for section in &options.sections {
        targets.extend(match section {
            Section::Http => http::measure(options)?,
            Section::Decode => decode::measure(options)?,
            Section::Validate => validate::measure(options)?,
        });
    }
    report::print_targets(&targets);
    Ok(())
}
