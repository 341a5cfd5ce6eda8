//! Finds the types that fit a value, by the names of its properties. A JavaScript object does not say which request it is.

use napi_derive::napi;
use recallflow::OPERATIONS;
use recallflow::ffi::{self, CALLS, Form, Json, Kind, REQUESTS, RESPONSES, Shape, Source as _, UPDATES};
use serde_json::{Map, Value};

use crate::errors::{catch_panics, config_exception, core_exception};

/// How badly a type fits a value: the number of unknown names, then the number of other faults.
type Misfit = (usize, usize);

/// Returns the positions of all types that fit a value equally well, and better than any other type.
///
/// The types are those of requests and, for a value that may be a response, after them those of responses. Any value but an
/// object gets the first type, whose violation says that it must be an object.
#[napi]
pub fn fitting_types(value: String, may_be_response: bool) -> napi::Result<Vec<u32>> {
    catch_panics(None, || {
        let source = Json::parse(value.as_bytes(), Form::Request).map_err(core_exception)?;
        if source.object().is_none() {
            return Ok(vec![0]);
        }
        let value: Value = serde_json::from_str(&value)
            .map_err(|error| config_exception(format!("the value is not JSON: {error}")))?;
        let requests = (0..REQUESTS.len()).map(|position| request_misfit(position, &source, &value));
        let responses =
            (0..RESPONSES.len()).filter(|_| may_be_response).map(|position| response_misfit(position, &value));
        let misfits: Vec<Misfit> = requests.chain(responses).collect();
        let least = misfits.iter().min();
        Ok((0..).zip(&misfits).filter(|(_, misfit)| Some(*misfit) == least).map(|(position, _)| position).collect())
    })
}

/// Returns whether an operation writes back a response, and responses have a field of this name.
#[napi]
pub fn is_field_to_write_back(operation: String, field: String) -> bool {
    let request = OPERATIONS.iter().zip(CALLS).find(|(info, _)| info.name == operation).map(|(_, call)| call.request);
    UPDATES.iter().any(|(_, requests)| request.is_some_and(|request| requests.contains(&request)))
        && RESPONSES.iter().flat_map(|shape| shape.fields).any(|known| known.wire == field)
}

fn request_misfit(position: usize, source: &Json<'_>, value: &Value) -> Misfit {
    let violations = match ffi::read_request(position, source) {
        Ok(request) => request.violations(),
        Err(violations) => violations,
    };
    (count_nested(REQUESTS, position, value, &unknown_names), violations.len())
}

fn response_misfit(position: usize, value: &Value) -> Misfit {
    let count = |count| count_nested(RESPONSES, position, value, count);
    (count(&unknown_names), count(&missing_parts))
}

/// Counts the names that are not fields.
fn unknown_names(shape: &Shape, fields: &Map<String, Value>) -> usize {
    let is_known = |name: &str| name == "extra" || shape.fields.iter().any(|field| field.wire == name);
    fields.keys().filter(|name| !is_known(name)).count()
}

/// Counts what an object of a response lacks although each has it: `extra`, and all lists, even empty ones.
fn missing_parts(shape: &Shape, fields: &Map<String, Value>) -> usize {
    let lists = shape.fields.iter().filter(|field| matches!(field.kind, Kind::List(_))).map(|field| field.wire);
    lists.chain(["extra"]).filter(|name| !fields.contains_key(*name)).count()
}

/// Returns the sum of the counts of an object and of the objects that its fields hold.
fn count_nested(
    shapes: &[Shape],
    position: usize,
    value: &Value,
    count: &dyn Fn(&Shape, &Map<String, Value>) -> usize,
) -> usize {
    let Value::Object(fields) = value else { return 0 };
    let shape = &shapes[position];
    let held = shape.fields.iter().map(|field| match (&field.kind, fields.get(field.wire)) {
        (Kind::Object(inner), Some(value)) => count_nested(shapes, *inner, value, count),
        (Kind::List(Kind::Object(inner)), Some(Value::Array(items))) => {
            items.iter().map(|item| count_nested(shapes, *inner, item, count)).sum()
        }
        _ => 0,
    });
    count(shape, fields) + held.sum::<usize>()
}
