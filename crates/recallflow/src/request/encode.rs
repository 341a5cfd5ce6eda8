//! Encodes a request of any type, after a check of its rules.

use bytes::Bytes;
use serde::Serialize;

use super::check::{self, Rules};
use super::violation::{Rule, Violation};
use crate::error::Error;

/// A request that can be checked and encoded.
pub trait Encode {
    /// Returns every rule that the request breaks.
    fn violations(&self) -> Vec<Violation>;
    /// Returns the wire form as the bytes of a request body.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the request has no wire form. Every request of this version has one.
    fn encode(&self) -> Result<Bytes, Error>;
}

impl<T: Rules + Serialize> Encode for T {
    fn violations(&self) -> Vec<Violation> {
        check::violations(self)
    }

    fn encode(&self) -> Result<Bytes, Error> {
        to_json_bytes(self)
    }
}

/// Serializes a value as JSON.
pub(crate) fn to_json_bytes(value: &(impl Serialize + ?Sized)) -> Result<Bytes, Error> {
    // Enough for an update with two nodes, so that most requests need one allocation.
    let mut json = Vec::with_capacity(512);
    match serde_json::to_writer(&mut json, value) {
        Ok(()) => Ok(Bytes::from(json)),
        Err(error) => {
            let message = format!("the request has no JSON form: {error}");
            Err(Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Type, message }]))
        }
    }
}
