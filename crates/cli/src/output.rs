//! Data on stdout: as a table, JSON, JSON Lines or CSV.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use indexmap::IndexMap;
use serde::Serialize;

use crate::arguments::Global;
use crate::document::{Document, unwritable};
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
    pub(crate) fn print_rows(self, columns: &[&str], rows: &[Vec<Document>]) -> Result<(), Failure> {
        let object = |row: &Vec<Document>| -> IndexMap<String, Document> {
            columns.iter().map(|&name| name.to_owned()).zip(row.iter().cloned()).collect()
        };
        match self.format {
            Format::Table => print_text(&render_table(columns, rows)),
            Format::Csv => print_csv(columns, rows),
            Format::Json => print_json(&rows.iter().map(object).collect::<Vec<_>>(), true),
            Format::Jsonl => rows.iter().try_for_each(|row| print_json(&object(row), false)),
        }
    }

    /// Prints one object. A table has a line for each of its values, and lists of objects as tables below.
    pub(crate) fn print_object(self, object: &Document) -> Result<(), Failure> {
        match self.format {
            Format::Table => print_text(&render_object(object)),
            Format::Json => print_json(object, true),
            Format::Jsonl => print_json(object, false),
            Format::Csv => {
                let fields = object.fields().filter(|(_, value)| !is_list_of_objects(value));
                let (names, values): (Vec<_>, Vec<_>) = fields.map(|(name, value)| (name, value.clone())).unzip();
                print_csv(&names, &[values])
            }
        }
    }
}

/// Prints text for readers.
pub(crate) fn print_text(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    writeln!(stdout, "{}", text.trim_end())?;
    Ok(stdout.flush()?)
}

/// Prints a JSON value, over several lines if it is `pretty`.
pub(crate) fn print_json(value: &impl Serialize, pretty: bool) -> Result<(), Failure> {
    let text = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", text.map_err(unwritable)?)?;
    Ok(stdout.flush()?)
}

fn print_csv(columns: &[&str], rows: &[Vec<Document>]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(io::stdout().lock());
    let to_failure = |error: csv::Error| Failure::Local(format!("the output: {error}"));
    writer.write_record(columns).map_err(to_failure)?;
    for row in rows {
        writer.write_record(row.iter().map(Document::text)).map_err(to_failure)?;
    }
    Ok(writer.flush()?)
}

/// Renders a table with right-aligned numbers.
pub(crate) fn render_table(columns: &[&str], rows: &[Vec<Document>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(Cell::new));
    for row in rows {
        table.add_row(row.iter().map(|value| {
            let alignment = if value.is_number() { CellAlignment::Right } else { CellAlignment::Left };
            Cell::new(value.text()).set_alignment(alignment)
        }));
    }
    let text = table.to_string();
    // The library fills each line with blanks, which wrap in a narrower terminal.
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn render_object(object: &Document) -> String {
    let width = object.fields().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    // Writing to a string cannot fail.
    for (name, value) in object.fields().filter(|(_, value)| !is_list_of_objects(value)) {
        let _ = writeln!(text, "{}", format!("{name:width$}  {}", value.text()).trim_end());
    }
    for (name, value) in object.fields().filter(|(_, value)| is_list_of_objects(value)) {
        let _ = writeln!(text, "\n{name}\n{}", render_list(value.items()));
    }
    text
}

fn is_list_of_objects(value: &Document) -> bool {
    matches!(value.items().first(), Some(Document::Object(_)))
}

/// Renders objects side by side: a line for each name that any of them has, because a node has many fields.
fn render_list(items: &[Document]) -> String {
    let mut lines: IndexMap<&str, Vec<Document>> = IndexMap::new();
    for (position, item) in items.iter().enumerate() {
        for (name, value) in item.fields() {
            let line = lines.entry(name).or_insert_with(|| vec![Document::from(()); items.len()]);
            line[position] = value.clone();
        }
    }
    let numbers: Vec<_> = (1..=items.len()).map(|number| number.to_string()).collect();
    let columns: Vec<_> = std::iter::once("").chain(numbers.iter().map(String::as_str)).collect();
    let row = |(name, values): (&str, Vec<Document>)| std::iter::once(Document::from(name)).chain(values).collect();
    render_table(&columns, &lines.into_iter().map(row).collect::<Vec<_>>())
}
