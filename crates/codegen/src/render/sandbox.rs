//! Renders the data of the sandbox: status codes, and operations with request schemas and examples.

use std::collections::BTreeSet;

use super::json::Object;
use super::schemas::self_contained;
use crate::model::service::Code;
use crate::model::{Api, Direction, Example, Operation};
use crate::output::File;

/// Renders the file that the sandbox embeds.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let service = Object::new()
        .set("$comment", super::header::header(api))
        .set("codes", api.service.codes.iter().map(code).collect::<Vec<_>>())
        .set("response_fields", response_fields(api))
        .set("operations", api.operations.iter().map(|operation| self::operation(api, operation)).collect::<Vec<_>>());
    vec![File { path: "crates/sandbox/src/generated/service.json".into(), contents: service.pretty() }]
}

/// Returns the wire names of all response fields, by which the sandbox recognizes misspelt ones.
fn response_fields(api: &Api) -> Vec<String> {
    let responses = api.types.iter().filter(|object| object.direction == Direction::Response);
    let names: BTreeSet<_> = responses.flat_map(|object| &object.fields).map(|field| field.wire.clone()).collect();
    names.into_iter().collect()
}

/// Returns a status code.
fn code(code: &Code) -> Object {
    Object::new().set("name", &code.name).set("number", code.number).set("wordings", &code.wordings)
}

/// Returns an operation with the self-contained schema of its request.
fn operation(api: &Api, operation: &Operation) -> Object {
    Object::new()
        .set("name", &operation.name)
        .set("kind", operation.kind)
        .set("path", &operation.path)
        .set("request", self_contained(api, &operation.request))
        .set("examples", operation.examples.iter().map(example).collect::<Vec<_>>())
}

/// Returns an example, verbatim.
fn example(example: &Example) -> Object {
    Object::new().set("source", &example.source).set("request", &example.request).set("response", &example.response)
}
