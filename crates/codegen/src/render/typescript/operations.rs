//! Renders the methods of the client.

use serde::Serialize;

use super::imports::Imports;
use super::text;
use super::types::{asked, is_optional, requested};
use crate::model::{Api, Operation, OperationKind, Paging};
use crate::names;

/// What the template shows.
#[derive(Serialize)]
struct TypeScriptMethods<'a> {
    header: String,
    imports: String,
    operations: Vec<Methods<'a>>,
}

/// The method of an operation, and the one that reads all its pages.
#[derive(Serialize)]
struct Methods<'a> {
    /// Name of the operation's position.
    constant: String,
    name: String,
    doc: &'a str,
    path: &'a str,
    is_query: bool,
    request: &'a str,
    request_doc: &'a str,
    /// The parameter for the only field; `None` if the method takes the whole request.
    parameter: Option<MethodParameter>,
    response: Option<&'a str>,
    pages: Option<TypeScriptPagesMethod<'a>>,
}

/// The method that reads all pages.
#[derive(Serialize)]
struct TypeScriptPagesMethod<'a> {
    name: String,
    doc: &'a str,
    /// Name of the field with the first page's number.
    first: &'a str,
    item: &'a str,
}

/// A parameter for one field of the request.
#[derive(Serialize)]
struct MethodParameter {
    /// The name, with `?` if it may be left out.
    head: String,
    name: String,
    of: String,
    doc: String,
    /// The member of the request that is made of it.
    member: String,
}

pub(super) fn render_module(api: &Api) -> String {
    let page = TypeScriptMethods {
        header: crate::render::header::header(api),
        imports: imports(api).statements(),
        operations: api.operations.iter().map(|operation| methods(api, operation)).collect(),
    };
    text::fill(include_str!("operations.ts.jinja"), page)
}

fn imports(api: &Api) -> Imports {
    let mut imports = Imports::default();
    imports.add_type("../options.js", "CallOptions");
    imports.add_type("../promise.js", "CallPromise");
    imports.add_type("../options.js", "PagingOptions");
    imports.add_type("../reader.js", "Reader");
    imports.add_type("../pages.js", "Pages");
    for operation in &api.operations {
        let request = api.type_named(&operation.request);
        imports.add_enums(operation.single_argument().map(|wire| request.field(wire)));
        if operation.single_argument().is_none() || operation.paging.is_some() {
            imports.add_type("./requests.js", &request.name);
        }
        let items = operation.paging.iter().map(|paging| &paging.item);
        for response in operation.response.iter().chain(items) {
            imports.add_type("./responses.js", response);
            imports.add_value("./responses.js", format!("read{response}"));
        }
    }
    imports
}

fn methods<'a>(api: &'a Api, operation: &'a Operation) -> Methods<'a> {
    let request = api.type_named(&operation.request);
    let parameter = operation.single_argument().map(|wire| {
        let (field, name) = (request.field(wire), names::typescript_argument(operation.argument_name(wire)));
        let mark = if is_optional(field) { "?" } else { "" };
        let member = if name == *wire { name.clone() } else { format!("{wire}: {name}") };
        MethodParameter { head: format!("{name}{mark}"), name, of: requested(field), doc: asked(field), member }
    });
    Methods {
        constant: names::pascal(&operation.name),
        name: names::typescript_method(&operation.name),
        doc: &operation.doc.text,
        path: &operation.path,
        is_query: operation.kind == OperationKind::Query,
        request: &request.name,
        request_doc: &request.doc.text,
        parameter,
        response: operation.response.as_deref(),
        pages: operation.paging.as_ref().map(pages),
    }
}

fn pages(paging: &Paging) -> TypeScriptPagesMethod<'_> {
    TypeScriptPagesMethod {
        name: names::typescript_method(&paging.name),
        doc: &paging.doc,
        first: &paging.page,
        item: &paging.item,
    }
}
