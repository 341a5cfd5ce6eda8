//! Turns a response into a request that writes it back.

use serde::Serialize;

use crate::client::to_json_bytes;
use crate::error::Error;
use crate::request::check::Rules;
use crate::request::json::Json;
use crate::request::read::{self, Carried, ReadObject};
use crate::request::source::Form;
use crate::request::violation::{Rule, Violation};
use crate::response::record::FromRow;
use crate::response::shape::Shape;

/// A field that only other requests of the same path have, with the type of such a request.
pub(crate) type ForeignField = (String, &'static str);

/// Returns the fields of a response that the request `T` does not have, but another one of its path has.
pub(crate) fn foreign_fields<T: ReadObject + Rules>(source: &Json<'_>, shape: &'static Shape) -> Vec<ForeignField> {
    read::read_response::<T>(source, shape).foreign
}

/// Reads a response as the request `T`, unless it has fields that only other requests have. `others` has
/// [`foreign_fields`] of each other request that writes the response back.
pub(crate) fn read_update<T: ReadObject + Rules, R: FromRow + Serialize>(
    response: &R,
    others: &[fn(&Json<'_>, &'static Shape) -> Vec<ForeignField>],
) -> Result<T, Error> {
    // The wire form also contains the values of unexpected types from `extra`.
    let json = to_json_bytes(response)?;
    let source = Json::parse(&json, Form::Wire)?;
    let Carried { foreign, read } = read::read_response::<T>(&source, R::SHAPE);
    let all: Vec<_> = std::iter::once(foreign).chain(others.iter().map(|find| find(&source, R::SHAPE))).collect();
    choose_update(&all.iter().map(Vec::as_slice).collect::<Vec<_>>(), Some(0))?;
    read.map_err(Error::invalid_request)
}

/// Chooses among the requests that write a response back: the one at the position `wanted`, or the first one that fits.
/// `foreign` has, for each request, the fields of the response that it lacks, each with the type that has it.
///
/// # Errors
///
/// [`Error::InvalidRequest`] if the request lacks a field, or no request has all fields.
pub(crate) fn choose_update(foreign: &[&[(String, &str)]], wanted: Option<usize>) -> Result<usize, Error> {
    let refuse = |path: &str, message| {
        Err(Error::invalid_request(vec![Violation { path: path.to_owned(), rule: Rule::Type, message }]))
    };
    if let [[one, ..], [other, ..], ..] = foreign
        && foreign.iter().all(|lacking| !lacking.is_empty())
    {
        let message = format!(
            "the response mixes two kinds of updates: `{}` is a field of `{}`, and `{}` is a field of `{}`",
            one.0, one.1, other.0, other.1
        );
        return refuse("", message);
    }
    let chosen = wanted.or_else(|| foreign.iter().position(|lacking| lacking.is_empty())).unwrap_or(0);
    match foreign[chosen] {
        [] => Ok(chosen),
        [(path, owner), ..] => {
            refuse(path, format!("`{path}` is a field of `{owner}`, so the response is of another kind"))
        }
    }
}
