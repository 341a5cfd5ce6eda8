//! `recallflow tasks`: group-call tasks are listed, summed, exported, reported and watched.

mod columns;
mod export;
mod list;
mod new_file;
mod report;
mod selection;
mod totals;
mod watch;
mod workbook;

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use serde_json::Value;

use self::columns::ColumnArguments;
use self::list::TableArguments;
use self::selection::SelectionArguments;
use self::totals::Grouping;
use crate::account::Connection;
use crate::arguments::Global;
use crate::document::Document;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum TaskCommand {
    /// List the tasks in a time span
    List {
        #[command(flatten)]
        selection: SelectionArguments,
        #[command(flatten)]
        options: TableArguments,
    },
    /// Sum calls and cost, by currency
    Totals {
        #[command(flatten)]
        selection: SelectionArguments,
        /// Sum each group by itself
        #[arg(long, value_enum)]
        by: Option<Grouping>,
    },
    /// Write all tasks to a CSV, JSON Lines or Excel file
    Export {
        #[command(flatten)]
        selection: SelectionArguments,
        #[command(flatten)]
        columns: ColumnArguments,
        /// File that ends with .csv, .jsonl or .xlsx
        file: PathBuf,
    },
    /// Write a page for a browser with totals, bars and a table, to be mailed
    Report {
        #[command(flatten)]
        selection: SelectionArguments,
        #[command(flatten)]
        options: TableArguments,
        /// File that ends with .html
        file: PathBuf,
    },
    /// Wait until all tasks have ended, and show their progress
    Watch {
        #[command(flatten)]
        selection: SelectionArguments,
        /// Time to wait, such as 90s, 30m or 2h
        #[arg(long, value_name = "TIME", default_value = "2h", value_parser = crate::selection::parse_duration)]
        timeout: Duration,
        /// Fail if a task ended in another state than finished
        #[arg(long)]
        exit_status: bool,
    },
}

/// Prints rows of a table.
fn print_rows(output: Output, columns: &[&str], rows: Vec<Vec<Value>>) -> Result<(), Failure> {
    let rows: Vec<Vec<Document>> = rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect();
    output.print_rows(columns, &rows)
}

pub(crate) async fn run(global: &Global, command: TaskCommand) -> Result<(), Failure> {
    let output = Output::new(global);
    let connection = Connection::open(global)?;
    match command {
        TaskCommand::List { selection, options } => {
            list::run(&connection, output, selection.resolve(&connection)?, &options).await
        }
        TaskCommand::Totals { selection, by } => {
            totals::run(&connection, output, selection.resolve(&connection)?, by).await
        }
        TaskCommand::Export { selection, columns, file } => {
            export::run(&connection, output, selection.resolve(&connection)?, columns.resolve(true)?, &file).await
        }
        TaskCommand::Report { selection, options, file } => {
            report::run(&connection, output, selection.resolve(&connection)?, &options, &file).await
        }
        TaskCommand::Watch { selection, timeout, exit_status } => {
            watch::run(&connection, output, &selection.resolve(&connection)?, timeout, exit_status).await
        }
    }
}
