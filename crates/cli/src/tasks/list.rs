//! `recallflow tasks list`.

use clap::Args;
use recallflow::{GroupCallTask, ToRow};

use super::columns;
use super::selection::{Selection, refuse_drift};
use crate::account::Connection;
use crate::failure::Failure;
use crate::output::{Format, Output, print_text};

#[derive(Args)]
pub(crate) struct ListArguments {
    /// Column to sort by, such as cost: largest numbers, earliest times or first texts first
    #[arg(long, value_name = "COLUMN")]
    sort: Option<String>,
    /// Columns to show, separated by commas; by default some in a table, and else all
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Vec<String>,
    /// Number of tasks at most
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

pub(super) async fn run(
    connection: &Connection,
    output: Output,
    selection: Selection,
    options: &ListArguments,
) -> Result<(), Failure> {
    let sort = options.sort.as_deref().map(columns::find).transpose()?;
    let shown = match (options.columns.as_slice(), output.format) {
        ([], Format::Table) => columns::find_all(&columns::SHORT)?,
        ([], _) => GroupCallTask::columns().iter().collect(),
        (names, _) => columns::find_all(names)?,
    };
    let limit = options.limit.unwrap_or(usize::MAX);
    // The first tasks of the service are not the first ones of another order.
    let needed = if sort.is_some() { usize::MAX } else { limit };
    let mut rows = Vec::new();
    let drift = selection
        .read(connection, |task| {
            if rows.len() < needed {
                rows.push(task.to_row());
            }
            Ok(rows.len() < needed)
        })
        .await?;
    let read = rows.len();
    if let Some(column) = sort {
        columns::sort(&mut rows, column);
    }
    rows.truncate(limit);
    let cells: Vec<_> = rows.iter().map(|row| columns::cells(row, &shown)).collect();
    let names: Vec<_> = shown.iter().map(|column| column.name.as_str()).collect();
    super::print_rows(output, &names, cells)?;
    if output.format == Format::Table {
        let more = if read > rows.len() { format!(" of {read}") } else { String::new() };
        print_text(&format!("\n{}{more} tasks, {selection}", rows.len()))?;
    }
    refuse_drift(drift)
}
