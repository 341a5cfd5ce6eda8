//! Records for other languages.

use bytes::Bytes;

use crate::error::Error;
use crate::generated::shapes::RESPONSES;
use crate::request::violation::{Rule, Violation};
use crate::response::record::{Record, Row};

impl Record {
    /// Returns the objects of the list at a position, each as a record.
    pub(super) fn objects(&self, position: usize) -> Vec<Record> {
        let rows = self.root().objects(position);
        rows.map(|row| {
            let (shape, level, first) = row.place();
            Record { shape, level, first, ..self.clone() }
        })
        .collect()
    }
}

// Compares values, because equal texts may be at different positions of two bodies.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.root().to_json() == other.root().to_json()
    }
}

impl Row<'_> {
    /// Returns the number at a position.
    pub(super) fn number(&self, position: usize) -> Option<i64> {
        self.get(position)
    }
}

/// Reads the object at this position of [`RESPONSES`] from JSON, leniently.
///
/// # Errors
///
/// [`Error::InvalidRequest`] if it is not a JSON object.
pub fn read_response(response: usize, json: Bytes) -> Result<Record, Error> {
    Record::parse(json, &RESPONSES[response])
        .map_err(|message| Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Type, message }]))
}

#[cfg(all(test, feature = "__vectors"))]
#[path = "../../vector_tests/records.rs"]
mod tests;
