//! Requests of any type, read from JSON text or from objects of another language.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::client::Encode;
use crate::error::Error;
use crate::generated::ffi::read_updates;
use crate::generated::shapes::RESPONSES;
use crate::request::check::Rules;
use crate::request::lint::{self, Lint};
use crate::request::read::{self, Carried, ReadObject, UnknownFields};
use crate::request::source::Source;
use crate::request::violation::{Violation, Warning};
use crate::request::wording;
use crate::response::shape::Shape;
use crate::updates::choose_update;

/// The types of an operation.
#[derive(Debug)]
pub struct CallShape {
    /// Position of its request in `REQUESTS`.
    pub request: usize,
    /// Position of its response in `RESPONSES`, if it has one.
    pub response: Option<usize>,
    /// The fields for paging, if the operation returns a page of a list.
    pub paging: Option<PagingShape>,
}

/// The fields of a page.
#[derive(Debug)]
pub struct PagingShape {
    /// Position of the items in the response.
    pub records: usize,
    /// Position of the number of pages in the response.
    pub pages: usize,
    /// Position of the number of items in the response.
    pub total: usize,
    /// Position of the unique key in an item.
    pub id: usize,
}

/// A request of any type.
pub trait Request: Encode + Send {
    /// Returns every warning about the request.
    fn warnings(&self) -> Vec<Warning>;
    /// Returns the wire form as a tree of values.
    fn to_json(&self) -> Value;
    /// Returns the number of the requested page, to be read and set; `None` if the operation has no pages.
    fn page_number(&mut self) -> Option<&mut i32>;
}

/// Access to the page number of a request.
pub(crate) trait PageNumber {
    /// Returns the page number; `None` if the operation has no pages.
    fn page_number(&mut self) -> Option<&mut i32> {
        None
    }
}

impl<T: Rules + Lint + Serialize + PageNumber + Send> Request for T {
    fn warnings(&self) -> Vec<Warning> {
        lint::warnings(self)
    }

    fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn page_number(&mut self) -> Option<&mut i32> {
        PageNumber::page_number(self)
    }
}

/// Returns the `extra` of a request of this shape, from its wire form.
#[must_use]
pub fn undocumented(shape: &Shape, wire: &Value) -> Map<String, Value> {
    let unknown = |object: &Value, within: Option<&str>| -> Map<String, Value> {
        let is_field = |name: &str| shape.fields.iter().any(|field| field.within == within && field.wire == name);
        let members = object.as_object().into_iter().flatten().filter(|(name, _)| !is_field(name));
        members.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let mut extra = unknown(wire, None);
    extra.retain(|name, value| {
        if shape.fields.iter().all(|field| field.within != Some(name)) {
            return true;
        }
        let inner = unknown(value, Some(name));
        let has_fields = !inner.is_empty();
        *value = Value::Object(inner);
        has_fields
    });
    extra
}

/// Returns the known name that the caller probably meant.
#[must_use]
pub fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    read::nearest(name, known)
}

/// Returns a text as messages show it: quoted as in JSON, or its length if it is long.
#[must_use]
pub fn describe_text(text: &str) -> String {
    wording::describe_text(text)
}

/// Reads a request of one type.
pub(crate) fn read_as<T: ReadObject + Rules + Lint + Serialize + PageNumber + Send + 'static>(
    source: &impl Source,
) -> Result<Box<dyn Request>, Vec<Violation>> {
    read::read::<T>(source, UnknownFields::Refuse).map(|request| Box::new(request) as Box<dyn Request>)
}

/// A response that was read as one of the requests that write it back.
pub(crate) struct UpdateCandidate {
    /// Position of the request in `REQUESTS`.
    request: usize,
    carried: Carried<Box<dyn Request>>,
}

/// Reads a response as a request of one type, at this position of `REQUESTS`.
pub(crate) fn candidate<T: ReadObject + Rules + Lint + Serialize + PageNumber + Send + 'static>(
    request: usize,
    source: &impl Source,
    shape: &'static Shape,
) -> UpdateCandidate {
    let Carried { foreign, read } = read::read_response::<T>(source, shape);
    let read = read.map(|request| Box::new(request) as Box<dyn Request>);
    UpdateCandidate { request, carried: Carried { foreign, read } }
}

/// Reads the response at this position of `RESPONSES` as the request that writes it back. Returns the position of that
/// request, too. If several types fit equally, because the response has only their common fields, the first one is taken.
/// `wanted` limits them to the type at this position of `REQUESTS`.
///
/// # Errors
///
/// [`Error::InvalidRequest`] with everything that is wrong with it, or if it has fields of several types.
/// [`Error::Config`] if this request does not write such a response back.
pub fn to_update(
    response: usize,
    source: &impl Source,
    wanted: Option<usize>,
) -> Result<(usize, Box<dyn Request>), Error> {
    let shape = &RESPONSES[response];
    let mut candidates = read_updates(response, source, shape);
    let position = wanted.map(|wanted| candidates.iter().position(|it| it.request == wanted));
    if position == Some(None) || candidates.is_empty() {
        return Err(Error::config(format!("this request does not write a `{}` back", shape.name)));
    }
    let foreign: Vec<_> = candidates.iter().map(|it| &*it.carried.foreign).collect();
    let chosen = choose_update(&foreign, position.flatten())?;
    let UpdateCandidate { request, carried } = candidates.swap_remove(chosen);
    Ok((request, carried.read.map_err(Error::invalid_request)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generated::ffi::{REQUESTS, read_request};
    use crate::generated::positions::requests::{GROUP_CALL_QUERY, RECALL_FLOW_DETAIL_QUERY, UPDATE_RECALL_FLOW};
    use crate::generated::positions::responses::RECALL_FLOW_DETAIL;
    use crate::request::json::{Json, MISFIT};
    use crate::request::source::Form;

    fn read(request: usize, json: &Value, form: Form) -> Result<Box<dyn Request>, Vec<Violation>> {
        read_request(request, &Json::parse(json.to_string().as_bytes(), form).unwrap())
    }

    fn update() -> Value {
        json!({ "keyId": 7, "recallInterval": 30, "recallNum": 1, "recallType": 0 })
    }

    #[test]
    fn a_request_is_checked_and_written_like_its_rust_type() {
        let mut json = update();
        let request = read(UPDATE_RECALL_FLOW, &json, Form::Wire).unwrap();
        assert!(request.violations().is_empty() && request.warnings().is_empty());
        assert_eq!(request.to_json(), json);
        assert_eq!(serde_json::from_slice::<Value>(&request.encode().unwrap()).unwrap(), json);

        json["recallInterval"] = json!(0);
        json["nodeList"] =
            json!([{ "source": 1, "voiceFileId": "a", "hangUpSms": 0, "toSeat": 0, "delayTransfer": 5 }]);
        let request = read(UPDATE_RECALL_FLOW, &json, Form::Wire).unwrap();
        assert_eq!(request.violations()[0].path, "recallInterval");
        assert_eq!(request.warnings()[0].path, "nodeList[0].delayTransfer");
        assert!(read(UPDATE_RECALL_FLOW, &json!({ "keyId": "x" }), Form::Wire).is_err());
    }

    #[test]
    fn only_a_paged_query_has_a_page_number() {
        let json = json!({ "strTime": "2024-01-01 00:00:00", "endTime": "2024-01-02 00:00:00" });
        let mut query = read(GROUP_CALL_QUERY, &json, Form::Request).unwrap();
        assert_eq!(query.page_number(), Some(&mut 1));
        *query.page_number().unwrap() = 7;
        assert_eq!(query.to_json()["current"], 7);
        let mut query = read(RECALL_FLOW_DETAIL_QUERY, &json!({ "keyId": 1 }), Form::Request).unwrap();
        assert_eq!(query.page_number(), None);
    }

    #[test]
    fn a_request_as_users_write_it_is_flat_and_has_defaults_and_booleans() {
        let json = json!({ "strTime": "2024-01-01 00:00:00", "endTime": "2024-01-02 00:00:00", "size": 5 });
        let wire = read(GROUP_CALL_QUERY, &json, Form::Request).unwrap().to_json();
        assert_eq!((&wire["current"], &wire["size"], &wire["params"]["taskType"]), (&json!(1), &json!(5), &json!(3)));
        assert_eq!(wire["params"]["strTime"], json["strTime"]);

        let mut json = update();
        json["nodeList"] = json!([{ "source": 1, "voiceFileId": "a", "toSeat": false }]);
        let wire = read(UPDATE_RECALL_FLOW, &json, Form::Request).unwrap().to_json();
        assert_eq!((&wire["nodeList"][0]["toSeat"], &wire["nodeList"][0]["hangUpSms"]), (&json!(0), &json!(0)));
        let violations = read(UPDATE_RECALL_FLOW, &json, Form::Wire).map(drop).unwrap_err();
        assert_eq!(violations.len(), 2, "{violations:?}");
    }

    #[test]
    fn extra_fields_are_sent_and_found_again() {
        let extra = json!({ "new": [1, { "a": null }], "params": { "inner": 1.5 } });
        let json =
            json!({ "strTime": "2024-01-01 00:00:00", "endTime": "2024-01-02 00:00:00", "extra": extra.clone() });
        let query = read(GROUP_CALL_QUERY, &json, Form::Request).unwrap();
        let wire = query.to_json();
        assert_eq!((&wire["new"], &wire["params"]["inner"]), (&extra["new"], &json!(1.5)));
        assert_eq!(Value::Object(undocumented(&REQUESTS[GROUP_CALL_QUERY], &wire)), extra);
        let warned: Vec<_> = query.warnings().into_iter().map(|warning| warning.path).collect();
        assert_eq!(warned, ["new", "params.inner"]);

        let wire = read(GROUP_CALL_QUERY, &wire, Form::Wire).map(drop).unwrap_err();
        assert_eq!(wire.iter().map(|violation| &*violation.path).collect::<Vec<_>>(), ["params.inner", "new"]);
    }

    #[test]
    fn extra_is_an_object_without_documented_fields() {
        let mut json = update();
        for (extra, path) in [
            (json!(5), "extra"),
            (json!({ "recallNum": 5 }), "extra.recallNum"),
            (json!({ "new": { MISFIT: "a `Map`" } }), "extra.new"),
        ] {
            json["extra"] = extra;
            let violations = read(UPDATE_RECALL_FLOW, &json, Form::Request).map(drop).unwrap_err();
            let [violation] = violations.as_slice() else { panic!("{violations:?}") };
            assert_eq!((&*violation.path, violation.rule), (path, crate::Rule::Type));
        }
    }

    #[test]
    fn a_wire_object_among_flat_fields_is_one_violation() {
        let json = json!({ "params": { "strTime": 1 } });
        let violations = read(GROUP_CALL_QUERY, &json, Form::Request).map(drop).unwrap_err();
        assert_eq!(violations.len(), 1, "{violations:?}");
        assert_eq!((&*violations[0].path, violations[0].rule), ("params", crate::Rule::Type));
    }

    #[test]
    fn a_flow_of_a_response_becomes_an_update() {
        let to_update = |json: Value| {
            let text = json.to_string();
            let source = Json::parse(text.as_bytes(), Form::Response).unwrap();
            super::to_update(RECALL_FLOW_DETAIL, &source, None).map(|(_, update)| update)
        };
        let mut flow = update();
        flow["nodeList"] = json!([]);
        flow["extra"] = json!({ "unknown": 1 });
        let request = to_update(flow.clone()).unwrap();
        let mut expected = update();
        expected["unknown"] = json!(1);
        assert_eq!(request.to_json(), expected);
        assert!(to_update(json!([])).is_err());

        // A value of an unexpected type is refused, not silently left out.
        flow["extra"] = json!({ "nodeList": "x" });
        flow.as_object_mut().unwrap().remove("nodeList");
        let error = to_update(flow).map(drop).unwrap_err();
        assert_eq!(error.violations()[0].path, "nodeList");
    }
}
