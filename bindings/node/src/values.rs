//! The native functions behind values: validation, wire form and fees.

use napi::Env;
use napi_derive::napi;
use recallflow::ffi::{self, Form, Json, MISFIT, RESPONSES, Request, Source};
use recallflow::{Error, Fee, Violation};
use serde_json::{Value, json};

use crate::errors::{catch_panics, config_exception, core_exception};
use crate::pack::{Pack, Parcel};
use crate::wire_form::{Direction, describe_json, find_misfit, pack_request, pack_wire, response_wire_form};

/// Returns the member name of a placeholder, an object that describes a value without a JSON form.
#[napi]
pub fn marker() -> &'static str {
    MISFIT
}

/// Returns every rule that the request of the type at this position breaks.
#[napi]
pub fn validate(env: &Env, position: u32, request: String) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || {
        let violations = match read_request(position, &request, Form::Request)? {
            Ok(request) => request.violations(),
            Err(violations) => violations,
        };
        Pack::of_json(&json!(violations)).into_parcel(env)
    })
}

/// Returns the warnings about the request; none if it cannot be read.
#[napi]
pub fn warnings(env: &Env, position: u32, request: String) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || {
        let request = read_request(position, &request, Form::Request)?;
        let warnings = request.map_or_else(|_| Vec::new(), |request| request.warnings());
        let warnings = warnings.iter().map(|warning| json!({"path": warning.path, "message": warning.message}));
        Pack::of_json(&warnings.collect()).into_parcel(env)
    })
}

/// Refuses a request of the type at this position that breaks a rule.
#[napi]
pub fn check_request(position: u32, request: String) -> napi::Result<()> {
    catch_panics(None, || {
        let violations = match read_request(position, &request, Form::Request)? {
            Ok(request) => request.violations(),
            Err(violations) => violations,
        };
        if violations.is_empty() { Ok(()) } else { Err(invalid_request(violations)) }
    })
}

/// Returns the start and the end of a month.
#[napi]
pub fn span_of_month(month: String) -> napi::Result<Vec<String>> {
    let span = recallflow::span_of_month(&month).map_err(core_exception)?;
    Ok(vec![span.start.to_string(), span.end.to_string()])
}

/// Returns the start and the end of a day.
#[napi]
pub fn span_of_day(day: String) -> napi::Result<Vec<String>> {
    let span = recallflow::span_of_day(&day).map_err(core_exception)?;
    Ok(vec![span.start.to_string(), span.end.to_string()])
}

/// Returns the wire form of a request of the type at this position.
#[napi]
pub fn request_to_wire(env: &Env, position: u32, request: String) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || {
        let wire = read_request(position, &request, Form::Request)?.map_err(invalid_request)?.to_json();
        let mut pack = Pack::default();
        pack_wire(&mut pack, Direction::Request, position as usize, &wire);
        pack.into_parcel(env)
    })
}

/// Reads a request of the type at this position from its wire form, and returns it as users see it.
#[napi]
pub fn request_from_wire(env: &Env, position: u32, wire: String) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || {
        let request = read_request(position, &wire, Form::Wire)?.map_err(invalid_request)?;
        let mut pack = Pack::default();
        pack_request(&mut pack, position as usize, &request.to_json());
        pack.into_parcel(env)
    })
}

/// Reads a request of the type at this position, or returns every violation.
fn read_request(position: u32, request: &str, form: Form) -> napi::Result<Result<Box<dyn Request>, Vec<Violation>>> {
    let source = Json::parse(request.as_bytes(), form).map_err(core_exception)?;
    Ok(ffi::read_request(position as usize, &source))
}

fn invalid_request(violations: Vec<Violation>) -> napi::Error {
    core_exception(Error::from_violations(violations))
}

/// Returns the wire form of a response of the type at this position.
#[napi]
pub fn response_to_wire(env: &Env, position: u32, response: String) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || {
        let position = position as usize;
        let mut pack = Pack::default();
        pack_wire(&mut pack, Direction::Response, position, &response_wire(position, &response)?);
        pack.into_parcel(env)
    })
}

/// Reads a response of the type at this position from its wire form.
#[napi]
pub fn response_from_wire(env: &Env, position: u32, wire: String) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || {
        let position = position as usize;
        // JSON that `encode` wrote may contain placeholders for values without a JSON form. Other JSON has none.
        if wire.contains(&json!(MISFIT).to_string()) {
            check_writable(position, &parse_response(&wire)?)?;
        }
        let record = ffi::read_response(position, wire.into_bytes().into()).map_err(core_exception)?;
        Pack::of_record(&record).into_parcel(env)
    })
}

/// Returns the request that writes back a response of the type at this position. `wanted` is the position of its type.
#[napi]
pub fn to_update(env: &Env, position: u32, response: String, wanted: Option<u32>) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || {
        let position = position as usize;
        let source = Json::parse(response.as_bytes(), Form::Response).map_err(core_exception)?;
        if source.object().is_none() {
            return Err(not_an_object(position, &source.describe()));
        }
        let wanted = wanted.map(|wanted| wanted as usize);
        let (request, update) = ffi::to_update(position, &source, wanted).map_err(core_exception)?;
        let mut pack = Pack::default();
        pack_request(&mut pack, request, &update.to_json());
        pack.into_parcel(env)
    })
}

/// Refuses a flow with this status for an edit, unless it is pending.
#[napi]
pub fn check_pending(status: Option<i64>) -> napi::Result<()> {
    catch_panics(None, || ffi::check_pending(status).map_err(core_exception))
}

/// Returns the wire form of a response that `encode` wrote.
pub(crate) fn response_wire(position: usize, response: &str) -> napi::Result<Value> {
    let value = parse_response(response)?;
    if !value.is_object() {
        return Err(not_an_object(position, &describe_json(&value)));
    }
    let wire = response_wire_form(position, value);
    check_writable(position, &wire)?;
    Ok(wire)
}

/// Parses a response that `encode` wrote.
fn parse_response(text: &str) -> napi::Result<Value> {
    serde_json::from_str(text).map_err(|error| config_exception(format!("the response is not JSON: {error}")))
}

/// Refuses a response that contains a value without a JSON form.
fn check_writable(position: usize, wire: &Value) -> napi::Result<()> {
    match find_misfit(wire, "") {
        Some((path, got)) if path.is_empty() => Err(not_an_object(position, &got)),
        Some((path, got)) => Err(config_exception(format!("`{path}` is {got}, which cannot be written as JSON"))),
        None => Ok(()),
    }
}

fn not_an_object(position: usize, got: &str) -> napi::Error {
    config_exception(format!("expected an object for a `{}`, got {got}", RESPONSES[position].name))
}

/// An amount of money.
#[napi(object, object_from_js = false)]
pub struct Money {
    /// The amount as decimal text.
    pub amount: String,
    /// The currency in parentheses.
    pub currency: Option<String>,
}

/// Parses an amount of money.
#[napi(catch_unwind)]
pub fn parse_fee(text: String) -> Option<Money> {
    Fee::parse(&text).map(|fee| Money { amount: fee.amount.to_string(), currency: fee.currency })
}

/// Adds amounts as decimal text; `null` if the sum has too many digits.
#[napi(catch_unwind)]
pub fn add_amounts(one: String, other: String) -> Option<String> {
    ffi::add_amounts(&one, &other)
}

/// Compares amounts as decimal text: -1, 0 or 1; `null` if one is not an amount.
#[napi(catch_unwind)]
pub fn compare_amounts(one: String, other: String) -> Option<i32> {
    ffi::compare_amounts(&one, &other).map(|order| order as i32)
}

/// Sums fees. `fees` is a list as JSON text: a string for each fee, `null` for a missing fee, and any other value for an
/// unreadable one.
#[napi]
pub fn total_fees(env: &Env, fees: String) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || {
        let fees: Vec<Value> = serde_json::from_str(&fees)
            .map_err(|error| config_exception(format!("could not read the fees: {error}")))?;
        let fees = fees.iter().map(|fee| (fee.as_str(), !matches!(fee, Value::String(_) | Value::Null)));
        let total = ffi::total_fees(fees);
        let amounts = total.amounts.iter().map(|(currency, amount)| json!([currency, amount.to_string()]));
        let total = json!({
            "amounts": amounts.collect::<Vec<_>>(),
            "counted": total.counted,
            "unreadable": total.unreadable,
            "missing": total.missing,
        });
        Pack::of_json(&total).into_parcel(env)
    })
}
