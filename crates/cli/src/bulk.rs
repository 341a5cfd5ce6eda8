//! `recallflow bulk`: the same kind of change to many flows, planned first and then applied, with a journal.

mod apply;
mod changes;
mod journal;
mod plan;

use std::path::{Path, PathBuf};

use crate::account::Connection;
use crate::arguments::{BulkCommand, Global};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) async fn run(global: &Global, command: BulkCommand) -> Result<(), Failure> {
    let output = Output::new(global);
    let connection = Connection::open(global)?;
    match command {
        BulkCommand::Plan { changes, plan } => plan::run(&connection, output, &changes, &plan).await,
        BulkCommand::Apply(options) => apply::run(&connection, output, options).await,
    }
}

/// Returns the path of the journal of a plan, beside the plan.
fn journal_path(plan: &Path) -> PathBuf {
    plan.with_extension("journal.jsonl")
}
