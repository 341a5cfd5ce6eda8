//! Renders the data of the sandbox: status codes, and operations with request schemas and examples.

use std::collections::BTreeSet;

use super::json::Object;
use super::json_schema::self_contained;
use crate::model::service::Code;
use crate::model::{Api, Direction, Example, Operation};
use crate::output::File;

/// Renders the file that the sandbox embeds.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let service = Object::new()
        .with("$comment", super::header(api))
        .with("codes", api.service.codes.iter().map(code).collect::<Vec<_>>())
        .with("response_fields", response_fields(api))
        .with("operations", api.operations.iter().map(|operation| self::operation(api, operation)).collect::<Vec<_>>());
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
    Object::new().with("name", &code.name).with("number", code.number).with("wordings", &code.wordings)
}

/// Returns an operation with the self-contained schema of its request.
fn operation(api: &Api, operation: &Operation) -> Object {
    Object::new()
        .with("name", &operation.name)
        .with("kind", operation.kind)
        .with("path", &operation.path)
        .with("request", self_contained(api, &operation.request))
        .with("examples", operation.examples.iter().map(example).collect::<Vec<_>>())
}

/// Returns an example, verbatim.
fn example(example: &Example) -> Object {
    Object::new().with("source", &example.source).with("request", &example.request).with("response", &example.response)
}
