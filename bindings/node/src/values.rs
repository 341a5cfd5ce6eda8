//! What values are asked for: rules, wire form, money.

use napi::Env;
use napi_derive::napi;
use recallflow::ffi::{self, Field, Kind, REQUESTS, RESPONSES, Shape};
use recallflow::{Error, Fee};
use recallflow_bridge::failure;
use serde_json::{Map, Value, json};

use crate::failure::{raise, shielded, wrong};
use crate::pack::{Pack, Parcel};
use crate::request::{self, Direction, pack_request, pack_wire, to_wire, unwritable};

/// The name of the only member of an object that stands for what no JSON can stand for.
#[napi]
pub fn marker() -> String {
    request::marker()
}

/// Position of the type of requests that the names of the fields fit best, and among these the one that it breaks the
/// fewest rules of.
#[napi]
pub fn request_of(request: String) -> napi::Result<u32> {
    shielded(None, || {
        let request = request::parse(&request)?;
        let broken = |position: usize| {
            let wire = to_wire(Direction::Request, position, request.clone());
            ffi::read_request(position, &wire)
                .map_or_else(|violations| violations.len(), |read| read.violations().len())
        };
        Ok(best((0..REQUESTS.len()).map(|position| (strangers(&REQUESTS[position], &request), broken(position)))))
    })
}

/// Position of the type of responses that the names of the fields fit best.
#[napi]
pub fn response_of(response: String) -> napi::Result<u32> {
    shielded(None, || {
        let response = request::parse(&response)?;
        // Lists are always there.
        let is_list = |field: &&Field| matches!(field.kind, Kind::List(_));
        let lacking = |shape: &Shape| {
            shape.fields.iter().filter(is_list).filter(|field| response.get(field.wire).is_none()).count()
        };
        Ok(best(RESPONSES.iter().map(|shape| (strangers(shape, &response), lacking(shape)))))
    })
}

/// Number of fields that the shape does not have.
fn strangers(shape: &Shape, value: &Value) -> usize {
    let fields = value.as_object().into_iter().flat_map(Map::keys);
    fields.filter(|name| shape.fields.iter().all(|field| field.wire != *name)).count()
}

/// Position of the first that is least.
fn best(ranks: impl Iterator<Item = impl Ord>) -> u32 {
    let best = ranks.enumerate().min_by(|(_, one), (_, other)| one.cmp(other));
    best.and_then(|(position, _)| u32::try_from(position).ok()).unwrap_or_default()
}

/// Every rule that the request of the type at this position breaks.
#[napi]
pub fn validate(env: &Env, position: u32, request: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let position = position as usize;
        let wire = to_wire(Direction::Request, position, request::parse(&request)?);
        let violations = match ffi::read_request(position, &wire) {
            Ok(request) => request.violations(),
            Err(violations) => violations,
        };
        Pack::of(&failure::violations(&violations)).parcel(env)
    })
}

/// The advice about the request; none if it cannot be read.
#[napi]
pub fn warnings(env: &Env, position: u32, request: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let position = position as usize;
        let wire = to_wire(Direction::Request, position, request::parse(&request)?);
        let warnings = ffi::read_request(position, &wire).map_or_else(|_| Vec::new(), |request| request.warnings());
        let warnings = warnings.iter().map(|warning| json!({"path": warning.path, "message": warning.message}));
        Pack::of(&warnings.collect()).parcel(env)
    })
}

/// The exact JSON of the service for a request of the type at this position.
#[napi]
pub fn request_to_wire(env: &Env, position: u32, request: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let position = position as usize;
        let wire = to_wire(Direction::Request, position, request::parse(&request)?);
        let mut pack = Pack::default();
        pack_wire(&mut pack, Direction::Request, position, &checked(position, &wire)?);
        pack.parcel(env)
    })
}

/// A request of the type at this position as users see it, from the exact JSON of the service.
#[napi]
pub fn request_from_wire(env: &Env, position: u32, wire: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let position = position as usize;
        let mut pack = Pack::default();
        pack_request(&mut pack, position, &checked(position, &request::parse(&wire)?)?);
        pack.parcel(env)
    })
}

/// The wire form of a request as the core writes it.
fn checked(position: usize, wire: &Value) -> napi::Result<Value> {
    let request = ffi::read_request(position, wire);
    Ok(request.map_err(|violations| raise(Error::from_violations(violations)))?.to_json())
}

/// The exact JSON of the service for a response of the type at this position.
#[napi]
pub fn response_to_wire(env: &Env, position: u32, response: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let position = position as usize;
        let mut pack = Pack::default();
        pack_wire(&mut pack, Direction::Response, position, &response_wire(position, &response)?);
        pack.parcel(env)
    })
}

/// A response of the type at this position, from JSON of the service.
#[napi]
pub fn response_from_wire(env: &Env, position: u32, wire: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let position = position as usize;
        // Within what was written for us, something may stand for what has no JSON. Text of others has no such thing.
        if wire.contains(&json!(request::marker()).to_string()) {
            writable(position, &request::parse(&wire)?)?;
        }
        let record = ffi::read_response(position, wire.into_bytes().into()).map_err(raise)?;
        Pack::of_record(&record).parcel(env)
    })
}

/// The update that changes nothing, from a flow that was read.
#[napi]
pub fn to_update(env: &Env, position: u32, detail: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let update = ffi::to_update(response_wire(position as usize, &detail)?).map_err(raise)?;
        let position = REQUESTS.iter().position(|shape| shape.name == ffi::UPDATE);
        let position = position.ok_or_else(|| wrong("there is no update"))?;
        let mut pack = Pack::default();
        pack_request(&mut pack, position, &update);
        pack.parcel(env)
    })
}

fn response_wire(position: usize, response: &str) -> napi::Result<Value> {
    let value = request::parse(response)?;
    if !value.is_object() {
        return Err(no_object(position, &request::shown(&value)));
    }
    let wire = to_wire(Direction::Response, position, value);
    writable(position, &wire)?;
    Ok(wire)
}

/// Refuses a response that holds something without JSON.
fn writable(position: usize, wire: &Value) -> napi::Result<()> {
    match unwritable(wire, "") {
        Some((path, what)) if path.is_empty() => Err(no_object(position, &what)),
        Some((path, what)) => Err(wrong(format!("`{path}` is {what}, which cannot be written as JSON"))),
        None => Ok(()),
    }
}

fn no_object(position: usize, what: &str) -> napi::Error {
    wrong(format!("a {} is an object, not {what}", RESPONSES[position].name))
}

/// An amount of money.
#[napi(object, object_from_js = false)]
pub struct Money {
    /// Decimal text.
    pub amount: String,
    /// The name in parentheses.
    pub currency: Option<String>,
}

/// Reads an amount of money.
#[napi(catch_unwind)]
pub fn parse_fee(text: String) -> Option<Money> {
    Fee::parse(&text).map(|fee| Money { amount: fee.amount.to_string(), currency: fee.currency })
}

/// Sums fees: JSON text of a list with a text, `null` where there is none, or anything else for what is odd.
#[napi]
pub fn total_fees(env: &Env, fees: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let fees: Vec<Value> = serde_json::from_str(&fees).map_err(|error| wrong(format!("the fees: {error}")))?;
        let fees = fees.iter().map(|fee| (fee.as_str(), !matches!(fee, Value::String(_) | Value::Null)));
        let total = ffi::total_fees(fees);
        let amounts = total.amounts.iter().map(|(currency, amount)| json!([currency, amount.to_string()]));
        let total = json!({
            "amounts": amounts.collect::<Vec<_>>(),
            "counted": total.counted,
            "unreadable": total.unreadable,
            "missing": total.missing,
        });
        Pack::of(&total).parcel(env)
    })
}
