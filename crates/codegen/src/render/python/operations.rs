//! Renders the methods of the clients, and the positions of the operations in the native module's table.

use serde::Serialize;

use super::options::{self, PythonOption};
use super::text::{fill, sorted};
use super::types::{annotation, enums_of, literal, objects_of};
use super::values::{PythonMember, member};
use crate::model::{Api, Direction, Field, FieldKind, Operation, OperationKind, Required};
use crate::names;

#[derive(Serialize)]
struct PythonMethods {
    header: String,
    is_async: bool,
    has_pages: bool,
    /// Whether an argument is a time.
    has_times: bool,
    enums: Vec<String>,
    requests: Vec<String>,
    responses: Vec<String>,
    operations: Vec<Call>,
    /// The options that each call can have.
    options: Vec<PythonOption>,
}

/// An operation, as the templates see it.
#[derive(Serialize)]
struct Call {
    name: String,
    constant: String,
    doc: String,
    path: String,
    is_update: bool,
    request: String,
    request_doc: String,
    /// Name of the argument that is the request.
    argument: &'static str,
    /// The fields of the request, which can be passed by keyword instead. Empty if the method has `arguments`.
    fields: Vec<PythonMember>,
    response: Option<String>,
    /// What the method takes in place of the request; empty if it takes the request.
    arguments: Vec<Argument>,
    has_keywords: bool,
    pages: Option<PythonPagesMethod>,
}

#[derive(Serialize)]
struct Argument {
    name: String,
    /// Name of the request's field.
    field: String,
    of: String,
    default: Option<String>,
    doc: String,
}

/// The method that returns the items of all pages.
#[derive(Serialize)]
struct PythonPagesMethod {
    name: String,
    doc: String,
    item: String,
    /// Name of the request's page number.
    page: String,
}

/// Renders the positions.
pub(super) fn positions(api: &Api) -> String {
    fill(include_str!("operations.py.jinja"), page(api, false))
}

/// Renders the methods of `Client` or `AsyncClient`.
pub(super) fn methods(api: &Api, is_async: bool) -> String {
    fill(include_str!("methods.py.jinja"), page(api, is_async))
}

/// Renders the methods of `with_raw_response`.
pub(super) fn raw_methods(api: &Api, is_async: bool) -> String {
    fill(include_str!("raw_methods.py.jinja"), page(api, is_async))
}

fn page(api: &Api, is_async: bool) -> PythonMethods {
    let operations = &api.operations;
    let items = operations.iter().filter_map(|operation| Some(operation.paging.as_ref()?.item.clone()));
    let arguments = || operations.iter().flat_map(|operation| arguments_of(api, operation)).map(|field| &field.kind);
    PythonMethods {
        header: crate::render::header::header(api),
        is_async,
        has_pages: operations.iter().any(|operation| operation.paging.is_some()),
        has_times: arguments().any(|kind| *kind.item() == FieldKind::DateTime),
        enums: enums_of(arguments()),
        requests: sorted(operations.iter().map(|operation| operation.request.clone()).chain(objects_of(arguments()))),
        responses: sorted(operations.iter().filter_map(|operation| operation.response.clone()).chain(items)),
        operations: operations.iter().map(|operation| call(api, operation)).collect(),
        options: options::for_calls(api),
    }
}

/// Returns the fields of the request that the method takes: those that the spec names, or else all.
fn arguments_of<'a>(api: &'a Api, operation: &Operation) -> Vec<&'a Field> {
    let request = api.type_named(&operation.request);
    match operation.arguments.as_slice() {
        [] => request.fields.iter().collect(),
        wires => wires.iter().map(|wire| request.field(wire)).collect(),
    }
}

fn call(api: &Api, operation: &Operation) -> Call {
    let fields = if operation.arguments.is_empty() { arguments_of(api, operation) } else { Vec::new() };
    let arguments = arguments(api, operation);
    let is_update = operation.kind == OperationKind::Update;
    Call {
        name: names::python_field(&operation.name),
        constant: names::screaming(&operation.name),
        doc: operation.doc.text.clone(),
        path: operation.path.clone(),
        is_update,
        request: operation.request.clone(),
        request_doc: api.type_named(&operation.request).doc.text.clone(),
        argument: if is_update { "request" } else { "query" },
        fields: fields.into_iter().map(|field| member(field, Direction::Request)).collect(),
        response: operation.response.clone(),
        has_keywords: arguments.iter().any(|argument| argument.default.is_some()),
        arguments,
        pages: operation.paging.as_ref().map(|paging| PythonPagesMethod {
            name: names::python_field(&paging.name),
            doc: paging.doc.clone(),
            item: paging.item.clone(),
            page: names::python_field(&paging.page),
        }),
    }
}

fn arguments(api: &Api, operation: &Operation) -> Vec<Argument> {
    let request = api.type_named(&operation.request);
    let arguments = operation.arguments.iter().map(|wire| {
        let field = request.field(wire);
        let is_optional = field.default.is_none() && field.required != Required::Always;
        let default = field.default.as_ref().map(|value| literal(value, &field.kind));
        Argument {
            name: names::python_field(operation.argument_name(wire)),
            field: names::python_field(wire),
            of: annotation(&field.kind, Direction::Request) + if is_optional { " | None" } else { "" },
            default: default.or_else(|| is_optional.then(|| "None".to_owned())),
            doc: field.doc.text.clone(),
        }
    });
    arguments.collect()
}
