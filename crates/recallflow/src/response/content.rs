//! The data that a successful response must have.

use bytes::Bytes;

use super::record::{Record, Row};
use super::shape::Shape;
use super::table::Cell;

/// The data that the response of a call must have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    /// None. The data is not read.
    Nothing,
    /// An object of this shape and content.
    Object(&'static Shape, Content),
    /// Any JSON value. Missing data is `null`.
    Json,
}

/// The data of a successful response.
#[derive(Clone, Debug)]
pub enum ResponseData {
    /// None, because the operation has no response.
    Nothing,
    /// An object.
    Object(Record),
    /// JSON text in UTF-8, without lone surrogates.
    Json(Bytes),
}

impl ResponseData {
    /// Returns the object, if the data is one.
    #[must_use]
    pub fn into_record(self) -> Option<Record> {
        if let Self::Object(record) = self { Some(record) } else { None }
    }
}

/// The content that the response of an operation must have. A success without it is an error of the query, because "no
/// data" would otherwise look like "nothing to report".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// None: the operation has no response, or is an update, which was applied whatever it returned.
    None,
    /// At least one of the fields at these positions.
    AnyOf(&'static [usize]),
    /// The items of a page, or a total of 0.
    Items {
        /// Position of the list.
        records: usize,
        /// Position of the number of items on all pages.
        total: usize,
    },
}

impl Content {
    /// Describes the content that a response lacks, if it lacks any.
    pub(crate) fn missing_in(self, row: Row<'_>) -> Option<String> {
        let field = |position: usize| &row.shape().fields[position];
        let cell = |position: usize| row.cells().get(position).copied().unwrap_or(Cell::Absent);
        // A documented field whose value does not fit, or a list in which some items do not.
        let misfits = |position: usize| row.extra().is_some_and(|extra| extra.has(field(position).wire));
        match self {
            Content::None => None,
            Content::AnyOf(positions) => {
                let is_set = |position: usize| !is_empty(cell(position)) || misfits(position);
                let is_missing = !positions.iter().any(|position| is_set(*position));
                is_missing.then(|| "no documented field has a value".to_owned())
            }
            Content::Items { records, total } => {
                let is_list = matches!(cell(records), Cell::Objects(..) | Cell::Values(..));
                let has_items = if misfits(records) { !is_empty(cell(records)) } else { is_list };
                let is_counted_as_empty = cell(total) == Cell::Int(0) && !misfits(records);
                let is_missing = !has_items && !is_counted_as_empty;
                is_missing
                    .then(|| format!("expected items in `{}` or 0 in `{}`", field(records).wire, field(total).wire))
            }
        }
    }
}

fn is_empty(cell: Cell) -> bool {
    matches!(cell, Cell::Absent | Cell::Objects(_, 0) | Cell::Values(_, 0))
}
