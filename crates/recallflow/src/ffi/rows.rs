//! Rows for other languages.

use crate::generated::ffi::CALLS;
use crate::generated::shapes::RESPONSES;
use crate::response::record::Record;
use crate::response::shape::Kind;
use crate::rows::encode::{RowEncoder, RowFormat};
use crate::rows::{Column, TableRow, columns_of};

/// Returns the position in `RESPONSES` of the items that a paged operation reads.
#[must_use]
pub fn item_response(operation: usize) -> Option<usize> {
    let call = &CALLS[operation];
    match &RESPONSES[call.response?].fields[call.paging.as_ref()?.records].kind {
        Kind::List(Kind::Object(position)) => Some(*position),
        _ => None,
    }
}

/// Returns the names of the columns of a row in `camelCase`.
pub fn camel_names(row: &TableRow) -> impl Iterator<Item = &'static str> + use<> {
    row.columns().iter().map(|column| column.camel_name.as_str())
}

/// Returns a response as a row.
#[must_use]
pub fn to_row(record: &Record) -> TableRow {
    TableRow::of_record(record.root())
}

/// Returns an encoder for rows of the response at this position, with columns in `snake_case` or in `camelCase`.
#[must_use]
pub fn encoder(format: RowFormat, response: usize, is_camel: bool) -> RowEncoder {
    let name_of: fn(&Column) -> &String = if is_camel { |column| &column.camel_name } else { |column| &column.name };
    RowEncoder::with_columns(format, columns_of(&RESPONSES[response]), name_of)
}
