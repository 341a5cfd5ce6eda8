//! `recallflow tasks report`: one static page without any other file.

use std::io::Write as _;
use std::path::Path;

use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::{Value, json};

use super::columns;
use super::list::{TableArguments, TaskTable};
use super::new_file;
use super::selection::{Selection, refuse_drift};
use super::totals::{Grouping, Sums};
use crate::account::Connection;
use crate::document::{Document, document};
use crate::failure::Failure;
use crate::output::Output;

/// Its values are escaped, because its name ends with `.html`.
const TEMPLATE: &str = include_str!("report.html");

pub(super) async fn run(
    connection: &Connection,
    output: Output,
    selection: Selection,
    options: &TableArguments,
    path: &Path,
) -> Result<(), Failure> {
    if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("html")) {
        return Err(Failure::Usage("the file must end with .html".to_owned()));
    }
    let mut table = TaskTable::new(options, false)?;
    let (mut totals, mut days) = (Sums::new(None), Sums::new(Some(Grouping::Day)));
    let drift = selection
        .read(connection, |task| {
            totals.add(&task);
            days.add(&task);
            // The sums are those of all tasks.
            table.add(&task);
            Ok(true)
        })
        .await?;
    table.finish();
    let rows: Vec<_> = table.rows.iter().map(|row| cells(&columns::cells(row, &table.columns))).collect();
    let total_rows: Vec<_> = totals.rows().iter().map(|row| cells(row)).collect();
    let page = json!({
        "title": "Group-call tasks",
        "span": selection.to_string(),
        "warning": drift.map(|drift| drift.to_string()),
        "totals": { "columns": totals.columns(), "rows": total_rows },
        "bars": bars(&days),
        "tasks": { "columns": table.names(), "rows": rows },
    });
    let html = Environment::new()
        .render_named_str("report.html", TEMPLATE, Serde(page))
        .map_err(|error| Failure::Local(format!("could not write the report: {error}")))?;
    let failed = |error| Failure::io(path.display(), &error);
    new_file::write(path, |file| file.write_all(html.as_bytes()).map_err(failed))?;
    output.print_object(&document! { "file": path.to_string_lossy(), "rows": rows_of(&totals) })?;
    refuse_drift(drift)
}

/// Returns the number of tasks in all sums.
fn rows_of(totals: &Sums) -> u64 {
    totals.rows().iter().filter_map(|row| row[0].as_u64()).sum()
}

/// Returns the cells of a row: their texts, and whether they are numbers.
fn cells(row: &[Value]) -> Vec<Value> {
    row.iter().map(|value| json!({ "text": text_of(value), "is_number": value.is_number() })).collect()
}

fn text_of(value: &Value) -> String {
    Document::from(value.clone()).text()
}

/// Returns a bar for the cost of each day, in percent of the largest one of its currency.
fn bars(days: &Sums) -> Vec<Value> {
    let columns = days.columns();
    let position = |name: &str| columns.iter().position(|column| *column == name).unwrap_or_default();
    let (cost, currency) = (position("cost"), position("currency"));
    let rows = days.rows();
    let cost_of = |row: &Vec<Value>| row[cost].as_f64().unwrap_or_default();
    let bar = |row: &Vec<Value>| {
        let largest = rows.iter().filter(|other| other[currency] == row[currency]).map(cost_of).fold(0.0, f64::max);
        let percent = if largest > 0.0 { 100.0 * cost_of(row) / largest } else { 0.0 };
        json!({
            "day": text_of(&row[0]),
            "percent": format!("{percent:.1}"),
            "cost": format!("{} {}", text_of(&row[cost]), text_of(&row[currency])),
        })
    };
    rows.iter().filter(|row| row[cost].is_number()).map(bar).collect()
}
