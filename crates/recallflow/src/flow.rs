//! Nodes that play a voice file from disk.

use std::path::Path;

use crate::error::Error;
use crate::generated::requests::RecallNode;
use crate::request::violation::{Rule, Violation};

impl RecallNode {
    /// Reads a voice file from disk, and returns a node that uploads and plays it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the file cannot be read.
    pub fn reupload_file(upload_name: impl Into<String>, path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let audio = std::fs::read(path).map_err(|error| {
            let message = format!("`baseFile` cannot be read from {}: {error}", path.display());
            Error::invalid_request(vec![Violation { path: "baseFile".to_owned(), rule: Rule::Required, message }])
        })?;
        Ok(Self::reupload(upload_name, audio))
    }
}
