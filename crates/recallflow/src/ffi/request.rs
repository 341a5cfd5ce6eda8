//! Requests as JSON in their wire form.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::generated::ffi;
use crate::generated::operations::OPERATIONS;
use crate::request::check::{self, Rules};
use crate::request::lint::{self, Lint};
use crate::request::read::{self, ReadObject, UnknownFields};
use crate::request::violation::{Violation, Warning};
use crate::response::shape::Shape;
use crate::{Error, RecallFlowDetail, client};

pub use crate::request::read::no_json;

/// A request of any type.
pub trait Request: Send {
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
    /// The number of the page that it asks for, to be read and set; `None` if the request has no pages.
    fn page_number(&mut self) -> Option<&mut i32>;
}

/// Where a request keeps the number of its page.
pub(crate) trait PageNumber {
    /// The number; `None` if the request has no pages.
    fn page_number(&mut self) -> Option<&mut i32> {
        None
    }
}

impl<T: Rules + Lint + Serialize + PageNumber + Send> Request for T {
    fn violations(&self) -> Vec<Violation> {
        check::violations(self)
    }

    fn warnings(&self) -> Vec<Warning> {
        lint::warnings(self)
    }

    fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn encode(&self) -> Result<Bytes, Error> {
        client::encode(self)
    }

    fn page_number(&mut self) -> Option<&mut i32> {
        PageNumber::page_number(self)
    }
}

/// Reads the request at this position of [`REQUESTS`](super::REQUESTS), strictly.
///
/// # Errors
///
/// Everything that is wrong with it if it cannot be read, broken rules included.
pub fn read_request(request: usize, json: &Value) -> Result<Box<dyn Request>, Vec<Violation>> {
    ffi::read_request(request, json)
}

/// Reads the request of the operation at this position of [`OPERATIONS`](crate::OPERATIONS), strictly.
///
/// # Errors
///
/// [`Error::InvalidRequest`] with everything that is wrong with it, broken rules included.
pub fn read_for(operation: usize, json: &Value) -> Result<Box<dyn Request>, Error> {
    read_request(ffi::CALLS[operation].request, json)
        .map_err(|violations| Error::invalid_request(violations).in_call(OPERATIONS[operation].name, 0))
}

/// Parses the text of a request.
///
/// # Errors
///
/// [`Error::InvalidRequest`] if it is no JSON.
pub fn parse_request(text: &[u8]) -> Result<Value, Error> {
    read::parse(text)
}

/// The name of these that was probably meant by another one.
#[must_use]
pub fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    read::nearest(name, known)
}

/// Name of the request that edits a recall flow.
pub const UPDATE: &str = "UpdateRecallFlow";

/// Reads a request of one type.
pub(crate) fn read_as<T: ReadObject + Rules + Lint + Serialize + PageNumber + Send + 'static>(
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ffi::REQUESTS;

    fn shape(name: &str) -> (usize, &'static Shape) {
        REQUESTS.iter().enumerate().find(|(_, shape)| shape.name == name).unwrap()
    }

    fn update() -> Value {
        json!({ "keyId": 7, "recallInterval": 30, "recallNum": 1, "recallType": 0 })
    }

    #[test]
    fn a_request_is_checked_and_written_as_its_own_type_is() {
        let (position, _) = shape(UPDATE);
        let mut json = update();
        let request = read_request(position, &json).unwrap();
        assert!(request.violations().is_empty() && request.warnings().is_empty());
        assert_eq!(request.to_json(), json);
        assert_eq!(serde_json::from_slice::<Value>(&request.encode().unwrap()).unwrap(), json);

        json["recallInterval"] = json!(0);
        json["nodeList"] =
            json!([{ "source": 1, "voiceFileId": "a", "hangUpSms": 0, "toSeat": 0, "delayTransfer": 5 }]);
        let request = read_request(position, &json).unwrap();
        assert_eq!(request.violations()[0].path, "recallInterval");
        assert_eq!(request.warnings()[0].path, "nodeList[0].delayTransfer");
        assert!(read_request(position, &json!({ "keyId": "x" })).is_err());
    }

    #[test]
    fn only_json_is_parsed() {
        assert_eq!(parse_request(br#"{"keyId": 1}"#).unwrap(), json!({ "keyId": 1 }));
        assert!(parse_request(b"{").is_err());
    }

    #[test]
    fn fields_that_users_see_flat_take_their_places() {
        let (_, shape) = shape("GroupCallQuery");
        let values = shape.fields.iter().map(|field| (field.wire != "endTime").then(|| json!(field.wire)));
        let json = write_request(shape, values, Map::from_iter([("other".to_owned(), json!(1))]));
        assert_eq!(json["current"], "current");
        assert_eq!(json["params"]["strTime"], "strTime");
        assert_eq!(json["params"].get("endTime"), None);
        assert_eq!(json["other"], 1);
    }

    #[test]
    fn a_flow_that_was_read_becomes_an_update() {
        assert_eq!(to_update(update()).unwrap()["keyId"], 7);
        assert!(to_update(json!([])).is_err());
    }
}
