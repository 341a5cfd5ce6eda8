//! Data on stdout: as a table, JSON, JSON Lines or CSV.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use serde_json::Value;

use crate::arguments::Global;
use crate::failure::Failure;

/// A form of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns that are aligned for reading
    Table,
    /// One JSON document
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a head line
    Csv,
}

/// Prints data in the form that the command line or the terminal asks for.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    pub(crate) format: Format,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        let default = || if io::stdout().is_terminal() { Format::Table } else { Format::Jsonl };
        Self { format: global.output.unwrap_or_else(default) }
    }

    /// Prints rows. `columns` are the names of their values, and the heads of a table and of CSV.
    pub(crate) fn print_rows(self, columns: &[&str], rows: &[Vec<Value>]) -> Result<(), Failure> {
        match self.format {
            Format::Table => print_text(&render_table(columns, rows)),
            Format::Csv => print_csv(columns, rows),
            Format::Json => print_json(&rows.iter().map(|row| object_of(columns, row)).collect::<Value>(), true),
            Format::Jsonl => rows.iter().try_for_each(|row| print_json(&object_of(columns, row), false)),
        }
    }

    /// Prints one object. A table has a line for each of its values, and lists of objects as tables below.
    pub(crate) fn print_object(self, object: &Value) -> Result<(), Failure> {
        match self.format {
            Format::Table => print_text(&render_object(object)),
            Format::Json => print_json(object, true),
            Format::Jsonl => print_json(object, false),
            Format::Csv => {
                let fields = object.as_object().into_iter().flatten().filter(|(_, value)| !value.is_array());
                let (names, values): (Vec<_>, Vec<_>) =
                    fields.map(|(name, value)| (name.as_str(), value.clone())).unzip();
                print_csv(&names, &[values])
            }
        }
    }
}

fn object_of(columns: &[&str], row: &[Value]) -> Value {
    columns.iter().map(|&name| name.to_owned()).zip(row.iter().cloned()).collect()
}

/// Prints text for readers.
pub(crate) fn print_text(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    writeln!(stdout, "{}", text.trim_end())?;
    Ok(stdout.flush()?)
}

/// Prints a JSON value, over several lines if it is `pretty`.
pub(crate) fn print_json(value: &Value, pretty: bool) -> Result<(), Failure> {
    let text = if pretty { format!("{value:#}") } else { value.to_string() };
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    Ok(stdout.flush()?)
}

fn print_csv(columns: &[&str], rows: &[Vec<Value>]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(io::stdout().lock());
    let to_failure = |error: csv::Error| Failure::Local(format!("the output: {error}"));
    writer.write_record(columns).map_err(to_failure)?;
    for row in rows {
        writer.write_record(row.iter().map(text_of)).map_err(to_failure)?;
    }
    Ok(writer.flush()?)
}

/// Returns a value as a reader expects it in a cell.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Renders a table with right-aligned numbers.
pub(crate) fn render_table(columns: &[&str], rows: &[Vec<Value>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(Cell::new));
    for row in rows {
        table.add_row(row.iter().map(|value| {
            let alignment = if value.is_number() { CellAlignment::Right } else { CellAlignment::Left };
            Cell::new(text_of(value)).set_alignment(alignment)
        }));
    }
    table.to_string()
}

fn render_object(object: &Value) -> String {
    let fields = || object.as_object().into_iter().flatten();
    let width = fields().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    // Writing to a string cannot fail.
    for (name, value) in fields().filter(|(_, value)| !is_list_of_objects(value)) {
        let _ = writeln!(text, "{name:width$}  {}", text_of(value));
    }
    for (name, value) in fields().filter(|(_, value)| is_list_of_objects(value)) {
        let _ = writeln!(text, "\n{name}\n{}", render_list(value));
    }
    text
}

fn is_list_of_objects(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.first().is_some_and(Value::is_object))
}

/// Renders objects side by side: a line for each name that any of them has, because a node has many fields.
fn render_list(list: &Value) -> String {
    let items: Vec<_> = list.as_array().into_iter().flatten().collect();
    let mut names: Vec<&str> = Vec::new();
    for name in items.iter().filter_map(|item| item.as_object()).flat_map(|object| object.keys()) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let numbers: Vec<_> = (1..=items.len()).map(|number| number.to_string()).collect();
    let columns: Vec<_> = std::iter::once("").chain(numbers.iter().map(String::as_str)).collect();
    let row = |name: &&str| {
        let values = items.iter().map(|item| item.get(*name).cloned().unwrap_or_default());
        std::iter::once(Value::from(*name)).chain(values).collect()
    };
    render_table(&columns, &names.iter().map(row).collect::<Vec<_>>())
}
