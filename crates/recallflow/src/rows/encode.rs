//! Encodes rows as CSV or as JSON Lines.

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};

use super::{Column, RowValue, TableRow, ToRow};

/// The format of a file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowFormat {
    /// CSV that Excel opens: UTF-8 with a byte order mark, a line with the names of the columns, and CRLF.
    ///
    /// A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe in front, so that a
    /// spreadsheet does not execute it. An amount has all its digits.
    Csv,
    /// JSON Lines: one JSON object for each row, in UTF-8.
    JsonLines,
}

/// The byte order mark, by which Excel recognizes UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Encodes rows of one type as the bytes of a file.
///
/// It is for targets other than files; see [`RowFile`](crate::RowFile) and [`write_csv`](crate::write_csv).
///
/// ```
/// use recallflow::{GroupCallTask, RowEncoder, RowFormat, ToRow as _};
/// let mut encoder = RowEncoder::new::<GroupCallTask>(RowFormat::JsonLines);
/// encoder.add(&GroupCallTask::default().to_row());
/// let bytes = encoder.take(); // write them, and continue
/// assert!(bytes.starts_with(br#"{"task_id":null,"#));
/// ```
#[derive(Debug)]
pub struct RowEncoder {
    columns: Vec<EncodedColumn>,
    output: Output,
}

/// A column of the output.
#[derive(Debug)]
struct EncodedColumn {
    name: &'static String,
    /// Position of its value in a row.
    position: usize,
}

#[derive(Debug)]
enum Output {
    Csv(Box<Writer<Vec<u8>>>),
    JsonLines(Vec<u8>),
}

impl RowEncoder {
    /// Returns an encoder for responses of one type. A CSV file begins with the names of the columns, also without rows.
    #[must_use]
    pub fn new<T: ToRow>(format: RowFormat) -> Self {
        Self::with_columns(format, T::columns(), |column| &column.name)
    }

    /// Returns an encoder for some columns of [`T::columns`](ToRow::columns), in the given order.
    ///
    /// ```
    /// use recallflow::{Column, GroupCallTask, RowEncoder, RowFormat, ToRow as _};
    /// let columns: Vec<_> = GroupCallTask::columns().iter().filter(|column| column.name.ends_with("fee")).collect();
    /// let mut encoder = RowEncoder::with_some_columns::<GroupCallTask>(RowFormat::JsonLines, &columns);
    /// encoder.add(&GroupCallTask::default().to_row());
    /// assert!(encoder.take().starts_with(br#"{"agent_fee":null,"group_call_pay_fee":null,"#));
    /// ```
    #[must_use]
    pub fn with_some_columns<T: ToRow>(format: RowFormat, columns: &[&'static Column]) -> Self {
        let position = |wanted: &Column| T::columns().iter().position(|column| column == wanted);
        let encoded =
            |column: &&'static Column| position(column).map(|position| EncodedColumn { name: &column.name, position });
        Self::with_encoded_columns(format, columns.iter().filter_map(encoded).collect())
    }

    pub(crate) fn with_columns(format: RowFormat, columns: &'static [Column], name_of: fn(&Column) -> &String) -> Self {
        let encoded = |(position, column)| EncodedColumn { name: name_of(column), position };
        Self::with_encoded_columns(format, columns.iter().enumerate().map(encoded).collect())
    }

    fn with_encoded_columns(format: RowFormat, columns: Vec<EncodedColumn>) -> Self {
        let output = match format {
            RowFormat::Csv => {
                let mut writer = csv_writer(BYTE_ORDER_MARK.to_vec());
                write_record(&mut writer, columns.iter().map(|column| Cow::from(column.name)));
                Output::Csv(Box::new(writer))
            }
            RowFormat::JsonLines => Output::JsonLines(Vec::new()),
        };
        Self { columns, output }
    }

    /// Adds a row of the same type.
    pub fn add(&mut self, row: &TableRow) {
        let entries = self.columns.iter().map(|column| (column.name, &row.values()[column.position]));
        match &mut self.output {
            Output::Csv(writer) => write_record(writer, entries.map(|(_, value)| csv_field(value))),
            Output::JsonLines(bytes) => {
                write_object(bytes, entries);
                bytes.push(b'\n');
            }
        }
    }

    /// Returns the number of bytes that can be taken now, approximately.
    #[must_use]
    pub fn pending(&self) -> usize {
        match &self.output {
            Output::Csv(writer) => writer.get_ref().len(),
            Output::JsonLines(bytes) => bytes.len(),
        }
    }

    /// Returns the bytes of the rows that were added since the last call.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        match &mut self.output {
            // Writing to memory does not fail.
            Output::Csv(writer) => {
                std::mem::replace(&mut **writer, csv_writer(Vec::new())).into_inner().unwrap_or_default()
            }
            Output::JsonLines(bytes) => std::mem::take(bytes),
        }
    }
}

fn csv_writer(bytes: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(bytes)
}

fn write_record<'a>(writer: &mut Writer<Vec<u8>>, fields: impl Iterator<Item = Cow<'a, str>>) {
    // Writing to memory does not fail, and all rows have the same number of columns.
    for field in fields {
        let _ = writer.write_field(field.as_bytes());
    }
    let _ = writer.write_record(None::<&[u8]>);
}

/// Returns a value as a field of CSV. Null is an empty field.
fn csv_field(value: &RowValue) -> Cow<'_, str> {
    match value {
        RowValue::Null => Cow::default(),
        RowValue::Integer(number) => number.to_string().into(),
        RowValue::Number(number) => number.to_string().into(),
        RowValue::Amount(amount) => amount.to_string().into(),
        RowValue::Boolean(value) => value.to_string().into(),
        RowValue::Time(time) => time.to_string().into(),
        RowValue::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}").into(),
        RowValue::Text(text) => text.into(),
    }
}

fn write_object<'a>(bytes: &mut Vec<u8>, entries: impl Iterator<Item = (&'a String, &'a RowValue)>) {
    use serde::Serializer as _;
    // Writing to memory does not fail, and every value has a JSON form.
    let _ = serde_json::Serializer::new(bytes).collect_map(entries);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GroupCallTask;

    fn encoded(format: RowFormat, names: &[&str]) -> String {
        let mut encoder = RowEncoder::new::<GroupCallTask>(format);
        for name in names {
            let task = GroupCallTask { task_name: Some((*name).to_owned()), ..GroupCallTask::default() };
            encoder.add(&task.to_row());
        }
        String::from_utf8(encoder.take()).unwrap()
    }

    #[test]
    fn a_csv_file_begins_with_a_byte_order_mark_and_the_names_of_the_columns() {
        let text = encoded(RowFormat::Csv, &[]);
        assert!(text.starts_with("\u{feff}task_id,task_name,status,rate,"), "{text}");
        assert!(text.ends_with(",send_sms_num\r\n"), "{text}");
    }

    #[test]
    fn a_text_that_a_spreadsheet_would_execute_is_made_harmless() {
        let names = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a=1", "'x", "", "ä \"b\", c\nd"];
        let text = encoded(RowFormat::Csv, &names);
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let read: Vec<_> = reader.records().map(|record| record.unwrap()[1].to_owned()).collect();
        let expected = ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "a=1", "'x", "", "ä \"b\", c\nd"];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_line_of_json_is_a_row() {
        let text = encoded(RowFormat::JsonLines, &["=1", "b\nc"]);
        let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["task_name"], "=1");
        let task = GroupCallTask { task_name: Some("b\nc".to_owned()), ..GroupCallTask::default() };
        assert_eq!(rows[1], serde_json::to_value(task.to_row()).unwrap());
    }

    #[test]
    fn bytes_are_taken_once() {
        let mut encoder = RowEncoder::new::<GroupCallTask>(RowFormat::Csv);
        assert!(!encoder.take().is_empty());
        assert!(encoder.take().is_empty());
        encoder.add(&GroupCallTask { task_id: Some(7), ..GroupCallTask::default() }.to_row());
        assert!(encoder.take().starts_with(b"7,"));
    }
}
