//! What values are asked for: rules, wire form, money.

use std::borrow::Cow;

use napi::Env;
use napi_derive::napi;
use recallflow::ffi::{self, Field, Form, Json, Kind, MISFIT, Object, REQUESTS, RESPONSES, Request, Shape, Source};
use recallflow::{Error, Fee, Violation};
use recallflow_bridge::failure;
use serde_json::{Map, Value, json};

use crate::failure::{raise, shielded, wrong};
use crate::pack::{Pack, Parcel};
use crate::wire::{self, Direction, pack_request, pack_wire, unwritable};

/// Returns the name of the only member of an object that describes a value that JSON does not have.
#[napi]
pub fn marker() -> &'static str {
    MISFIT
}

/// Returns the position of the type of requests that the names of the fields fit best. Of several such types it is the
/// one of which the request breaks the fewest rules.
#[napi]
pub fn request_of(request: String) -> napi::Result<u32> {
    shielded(None, || {
        let source = Json::parse(request.as_bytes(), Form::Request).map_err(raise)?;
        let object = source.object();
        let names = object.as_ref().map(Object::names).unwrap_or_default();
        let broken = |position: usize| match ffi::read_request(position, &source) {
            Ok(request) => request.violations().len(),
            Err(violations) => violations.len(),
        };
        let rank = |position: usize| (strangers(&REQUESTS[position], &names), broken(position));
        Ok(best((0..REQUESTS.len()).map(rank)))
    })
}

/// Position of the type of responses that the names of the fields fit best.
#[napi]
pub fn response_of(response: String) -> napi::Result<u32> {
    shielded(None, || {
        let response = parse(&response)?;
        let names: Vec<_> = response.as_object().into_iter().flat_map(Map::keys).map(Cow::from).collect();
        // Lists are always there.
        let is_list = |field: &&Field| matches!(field.kind, Kind::List(_));
        let lacking = |shape: &Shape| {
            shape.fields.iter().filter(is_list).filter(|field| response.get(field.wire).is_none()).count()
        };
        Ok(best(RESPONSES.iter().map(|shape| (strangers(shape, &names), lacking(shape)))))
    })
}

/// Returns the number of names that the shape does not have.
fn strangers(shape: &Shape, names: &[Cow<'_, str>]) -> usize {
    names.iter().filter(|name| shape.fields.iter().all(|field| field.wire != **name)).count()
}

/// Position of the first that is least.
fn best(ranks: impl Iterator<Item = impl Ord>) -> u32 {
    let best = ranks.enumerate().min_by(|(_, one), (_, other)| one.cmp(other));
    best.and_then(|(position, _)| u32::try_from(position).ok()).unwrap_or_default()
}

/// Returns every rule that the request of the type at this position breaks.
#[napi]
pub fn validate(env: &Env, position: u32, request: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let violations = match read(position, &request, Form::Request)? {
            Ok(request) => request.violations(),
            Err(violations) => violations,
        };
        Pack::of(&failure::violations(&violations)).parcel(env)
    })
}

/// Returns the warnings about the request; none if it cannot be read.
#[napi]
pub fn warnings(env: &Env, position: u32, request: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let request = read(position, &request, Form::Request)?;
        let warnings = request.map_or_else(|_| Vec::new(), |request| request.warnings());
        let warnings = warnings.iter().map(|warning| json!({"path": warning.path, "message": warning.message}));
        Pack::of(&warnings.collect()).parcel(env)
    })
}

/// Returns the exact JSON of the service for a request of the type at this position.
#[napi]
pub fn request_to_wire(env: &Env, position: u32, request: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let wire = read(position, &request, Form::Request)?.map_err(refuse)?.to_json();
        let mut pack = Pack::default();
        pack_wire(&mut pack, Direction::Request, position as usize, &wire);
        pack.parcel(env)
    })
}

/// Returns a request of the type at this position as users see it, from the exact JSON of the service.
#[napi]
pub fn request_from_wire(env: &Env, position: u32, wire: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let request = read(position, &wire, Form::Wire)?.map_err(refuse)?;
        let mut pack = Pack::default();
        pack_request(&mut pack, position as usize, &request.to_json());
        pack.parcel(env)
    })
}

/// Reads a request of the type at this position, or returns everything that is wrong with it.
fn read(position: u32, request: &str, form: Form) -> napi::Result<Result<Box<dyn Request>, Vec<Violation>>> {
    let source = Json::parse(request.as_bytes(), form).map_err(raise)?;
    Ok(ffi::read_request(position as usize, &source))
}

fn refuse(violations: Vec<Violation>) -> napi::Error {
    raise(Error::from_violations(violations))
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
        if wire.contains(&json!(MISFIT).to_string()) {
            writable(position, &parse(&wire)?)?;
        }
        let record = ffi::read_response(position, wire.into_bytes().into()).map_err(raise)?;
        Pack::of_record(&record).parcel(env)
    })
}

/// Makes the update that changes nothing from a flow that was read.
#[napi]
pub fn to_update(env: &Env, detail: String) -> napi::Result<Parcel<'_>> {
    shielded(None, || {
        let source = Json::parse(detail.as_bytes(), Form::Response).map_err(raise)?;
        if source.object().is_none() {
            return Err(no_object(ffi::responses::RECALL_FLOW_DETAIL, &source.describe()));
        }
        let update = ffi::to_update(&source).map_err(raise)?;
        let mut pack = Pack::default();
        pack_request(&mut pack, ffi::requests::UPDATE_RECALL_FLOW, &update.to_json());
        pack.parcel(env)
    })
}

fn response_wire(position: usize, response: &str) -> napi::Result<Value> {
    let value = parse(response)?;
    if !value.is_object() {
        return Err(no_object(position, &wire::shown(&value)));
    }
    let wire = wire::response(position, value);
    writable(position, &wire)?;
    Ok(wire)
}

/// Parses a response that the package encoded.
fn parse(text: &str) -> napi::Result<Value> {
    serde_json::from_str(text).map_err(|error| wrong(format!("the response is not JSON: {error}")))
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
