//! `recallflow tasks list`, and the tables of reports.

use clap::Args;
use recallflow::{Column, Drift, GroupCallTask, TableRow, ToRow};

use super::columns::{self, ColumnArguments};
use super::selection::{Selection, refuse_drift};
use crate::account::Connection;
use crate::failure::Failure;
use crate::output::{Format, Output, print_text};

#[derive(Args)]
pub(crate) struct TableArguments {
    #[command(flatten)]
    columns: ColumnArguments,
    /// Column to sort by, such as cost: largest numbers, earliest times or first texts first
    #[arg(long, value_name = "COLUMN")]
    sort: Option<String>,
    /// Number of tasks at most
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// A table of tasks.
pub(super) struct TaskTable {
    pub(super) columns: Vec<&'static Column>,
    sort: Option<&'static Column>,
    limit: usize,
    pub(super) rows: Vec<TableRow>,
    /// Number of tasks before the limit.
    read: usize,
}

impl TaskTable {
    /// Checks the arguments. `all` shows all columns if none is named.
    pub(super) fn new(options: &TableArguments, all: bool) -> Result<Self, Failure> {
        let sort = options.sort.as_deref().map(columns::find).transpose()?;
        let limit = options.limit.unwrap_or(usize::MAX);
        Ok(Self { columns: options.columns.resolve(all)?, sort, limit, rows: Vec::new(), read: 0 })
    }

    /// Adds a task, and returns whether more are needed.
    pub(super) fn add(&mut self, task: &GroupCallTask) -> bool {
        // The first tasks of the service are not the first ones of another order.
        let needed = |rows: usize| self.sort.is_some() || rows < self.limit;
        if needed(self.rows.len()) {
            self.rows.push(task.to_row());
        }
        self.read += 1;
        needed(self.rows.len())
    }

    /// Sorts and limits the rows.
    pub(super) fn finish(&mut self) {
        if let Some(column) = self.sort {
            columns::sort(&mut self.rows, column);
        }
        self.rows.truncate(self.limit);
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }
}

pub(super) async fn run(
    connection: &Connection,
    output: Output,
    selection: Selection,
    options: &TableArguments,
) -> Result<(), Failure> {
    let mut table = TaskTable::new(options, output.format != Format::Table)?;
    let drift: Option<Drift> = match table.limit {
        0 => None,
        _ => selection.read(connection, |task| Ok(table.add(&task))).await?,
    };
    table.finish();
    let rows: Vec<_> = table.rows.iter().map(|row| columns::cells(row, &table.columns)).collect();
    super::print_rows(output, &table.names(), rows)?;
    if output.format == Format::Table {
        let shown = table.rows.len();
        let more = if table.read > shown { format!(" of {}", table.read) } else { String::new() };
        print_text(&format!("\n{shown}{more} tasks, {selection}"))?;
    }
    refuse_drift(drift)
}
