//! Requests as JSON in their wire form.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::shape::Shape;
use crate::generated::host;
use crate::request::check::{self, Rules};
use crate::request::read::{self, ReadObject, UnknownFields};
use crate::request::violation::{Violation, Warning};
use crate::request::warn::{self, Advice};
use crate::{Error, RecallFlowDetail, client};

pub use crate::request::read::no_json;

/// A request that could be read.
pub trait Request {
    /// Every rule that it breaks.
    fn violations(&self) -> Vec<Violation>;
    /// The advice about it.
    fn warnings(&self) -> Vec<Warning>;
    /// Its wire form.
    fn to_json(&self) -> Value;
    /// Its wire form as it is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if it has none, which requests of this version always have.
    fn encode(&self) -> Result<Bytes, Error>;
}

impl<T: Rules + Advice + Serialize> Request for T {
    fn violations(&self) -> Vec<Violation> {
        check::violations(self)
    }

    fn warnings(&self) -> Vec<Warning> {
        warn::warnings(self)
    }

    fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn encode(&self) -> Result<Bytes, Error> {
        client::encode(self)
    }
}

/// Reads the request at this position of [`REQUESTS`](super::REQUESTS), strictly.
///
/// # Errors
///
/// Everything that is wrong with it if it cannot be read, broken rules included.
pub fn read_request(request: usize, json: &Value) -> Result<Box<dyn Request>, Vec<Violation>> {
    host::read_request(request, json)
}

/// Parses the text of a request.
///
/// # Errors
///
/// [`Error::InvalidRequest`] if it is no JSON.
pub fn parse_request(text: &[u8]) -> Result<Value, Error> {
    read::parse(text)
}

/// Name of the request that edits a recall flow.
pub const UPDATE: &str = "UpdateRecallFlow";

/// Reads a request of one type.
pub(crate) fn read_as<T: ReadObject + Rules + Advice + Serialize + 'static>(
    json: &Value,
) -> Result<Box<dyn Request>, Vec<Violation>> {
    read::read::<T>(json, UnknownFields::Refuse).map(|request| Box::new(request) as Box<dyn Request>)
}

/// The wire form of an object of a request, from its values in the order of the fields. Fields that users see flat
/// take their places, and `unknown` is what else they gave.
pub fn write_request(
    shape: &Shape,
    values: impl IntoIterator<Item = Option<Value>>,
    unknown: Map<String, Value>,
) -> Value {
    let mut object = unknown;
    for (field, value) in shape.fields.iter().zip(values) {
        let Some(value) = value else { continue };
        match field.within {
            None => drop(object.insert(field.wire.to_owned(), value)),
            Some(within) => {
                let inner = object.entry(within).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(inner) = inner {
                    inner.insert(field.wire.to_owned(), value);
                }
            }
        }
    }
    Value::Object(object)
}

/// The wire form of the update that changes nothing, from that of a flow that was read.
///
/// # Errors
///
/// As [`RecallFlowDetail::to_update`].
pub fn to_update(detail: Value) -> Result<Value, Error> {
    let detail: RecallFlowDetail = serde_json::from_value(detail).map_err(|error| Error::config(error.to_string()))?;
    Ok(detail.to_update()?.to_json())
}
