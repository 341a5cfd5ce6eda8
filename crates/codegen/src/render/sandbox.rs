//! Renders the data of the sandbox: status codes, and operations with request schemas, examples and paging.

use std::collections::BTreeSet;

use super::json::{Json, JsonObject};
use super::schemas::self_contained;
use crate::model::service::Code;
use crate::model::{Api, Direction, Example, Field, FieldKind, Notation, Operation, Paging};
use crate::output::File;

/// Renders the file that the sandbox embeds.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let operations = api.by_path().into_iter().flatten().map(|operation| self::operation(api, operation));
    let service = JsonObject::new()
        .set("$comment", super::header::header(api))
        .set("codes", api.service.codes.iter().map(code).collect::<Vec<_>>())
        .set("response_fields", response_fields(api))
        .set("operations", operations.collect::<Vec<_>>());
    vec![File { path: "crates/sandbox/src/generated/service.json".into(), contents: service.pretty() }]
}

/// Returns the wire names of all response fields, by which the sandbox recognizes misspelt ones.
fn response_fields(api: &Api) -> Vec<String> {
    let responses = api.types.iter().filter(|object| object.direction == Direction::Response);
    let names: BTreeSet<_> = responses.flat_map(|object| &object.fields).map(|field| field.wire.clone()).collect();
    names.into_iter().collect()
}

/// Returns a status code.
fn code(code: &Code) -> JsonObject {
    JsonObject::new().set("name", &code.name).set("number", code.number).set("wordings", &code.wordings)
}

/// Returns an operation with the self-contained schema of its request. Without an example, it has the invented data of a
/// response.
fn operation(api: &Api, operation: &Operation) -> JsonObject {
    let response = operation.response.as_ref().filter(|_| operation.examples.is_empty());
    JsonObject::new()
        .set("name", &operation.name)
        .set("kind", operation.kind)
        .set("path", &operation.path)
        .set("request", self_contained(api, &operation.request))
        .set_any("own_fields", own_fields(api, &operation.request, &[]))
        .set("examples", operation.examples.iter().map(example).collect::<Vec<_>>())
        .set_some("paging", operation.paging.as_ref().map(|paging| self::paging(api, operation, paging)))
        .set_some("data", response.map(|response| invented_object(api, response, &[])))
}

/// Returns the JSON pointers of the fields that distinguish a request from the other requests of its path. `*` is any item of
/// a list.
fn own_fields(api: &Api, name: &str, around: &[&str]) -> Vec<String> {
    if around.contains(&name) {
        return Vec::new();
    }
    let around = [around, &[name]].concat();
    let item = api.type_named(name);
    let is_foreign = |field: &Field| {
        let others = api.types.iter().flat_map(|other| &other.foreign);
        others.into_iter().any(|(path, owner)| *owner == item.name && *path == field.wire_path())
    };
    let mut own = Vec::new();
    for field in &item.fields {
        let path = format!("/{}", field.wire_path().replace('.', "/"));
        match &field.kind {
            _ if is_foreign(field) => own.push(path),
            FieldKind::Object(inner) => {
                own.extend(own_fields(api, inner, &around).iter().map(|rest| format!("{path}{rest}")));
            }
            FieldKind::List(inner) => {
                if let FieldKind::Object(inner) = &**inner {
                    own.extend(own_fields(api, inner, &around).iter().map(|rest| format!("{path}/*{rest}")));
                }
            }
            _ => {}
        }
    }
    own
}

/// Returns where requests and responses of an operation hold the parts of a page.
fn paging(api: &Api, operation: &Operation, paging: &Paging) -> JsonObject {
    let within = api.type_named(&operation.request).field(&paging.page).within.as_deref();
    JsonObject::new()
        .set("within", within)
        .set("page", &paging.page)
        .set("records", &paging.records)
        .set("pages", &paging.pages)
        .set("total", &paging.total)
        .set("id", &paging.id)
}

/// Returns an object of a response with a value in each field. Texts are the names of their fields.
fn invented_object(api: &Api, name: &str, around: &[&str]) -> JsonObject {
    let around = [around, &[name]].concat();
    let fields = api.type_named(name).fields.iter();
    fields.map(|field| (field.wire.clone(), invented_value(api, &field.kind, &field.wire, &around))).collect()
}

/// Returns a value of this kind, or null for an object that would contain itself.
fn invented_value(api: &Api, kind: &FieldKind, wire: &str, around: &[&str]) -> Json {
    match kind {
        FieldKind::Int32 | FieldKind::Int64 | FieldKind::Flag => Json::new(1),
        FieldKind::Float => Json::new(1.5),
        FieldKind::String => Json::new(wire),
        FieldKind::Bool => Json::Bool(true),
        FieldKind::DateTime => Json::new("2024-01-01 00:00:00"),
        FieldKind::Base64 => Json::new("Zm9v"),
        FieldKind::Written(Notation::Fee) => Json::new("0.125000(USD)"),
        FieldKind::Written(Notation::Percent) => Json::new("80"),
        FieldKind::Written(Notation::Duration) => Json::new("60s"),
        FieldKind::Enum(name) => Json::new(api.enum_named(name).values.first().map(|value| value.number)),
        FieldKind::Object(name) if around.contains(&name.as_str()) => Json::Null,
        FieldKind::Object(name) => Json::Object(invented_object(api, name, around)),
        FieldKind::List(item) => match invented_value(api, item, wire, around) {
            Json::Null => Json::Array(Vec::new()),
            item => Json::Array(vec![item]),
        },
    }
}

/// Returns an example, verbatim.
fn example(example: &Example) -> JsonObject {
    JsonObject::new().set("source", &example.source).set("request", &example.request).set("response", &example.response)
}
