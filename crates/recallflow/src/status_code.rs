//! Documented status codes of the service.

use crate::error::kind::ErrorKind;
use crate::retry::RetryClass;

/// A documented status code.
#[derive(Debug)]
pub(crate) struct DocumentedCode {
    /// The code.
    pub(crate) number: i64,
    /// The kind of its error.
    pub(crate) kind: ErrorKind,
    /// The retries that it permits.
    pub(crate) class: RetryClass,
    /// The meaning, in the words of the documents.
    pub(crate) meaning: &'static str,
    /// The remedy.
    pub(crate) remedy: &'static str,
}
