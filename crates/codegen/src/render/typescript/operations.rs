//! Renders the methods of the client.

use serde::Serialize;

use super::text::{bracketed, comment, source};
use super::types::{Imports, asked, is_optional, requested};
use crate::model::{Api, Operation, OperationKind, Paging, Type};
use crate::names;
use crate::render::template;

const TEMPLATE: &str = include_str!("operations.ts.jinja");

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    imports: String,
    is_paged: bool,
    methods: Vec<Method>,
}

/// A method.
#[derive(Serialize)]
struct Method {
    doc: String,
    head: String,
    body: String,
}

pub(super) fn render(api: &Api) -> String {
    let page = Page {
        header: crate::render::header(api),
        imports: imports(api).render(),
        is_paged: api.operations.iter().any(|operation| operation.paging.is_some()),
        methods: api.operations.iter().enumerate().flat_map(|of| methods(api, of)).collect(),
    };
    template::fill(TEMPLATE, page)
}

fn imports(api: &Api) -> Imports {
    let mut imports = Imports::default();
    imports.add_type("../options.js", "CallOptions");
    imports.add_type("../reader.js", "Reader");
    for operation in &api.operations {
        let request = api.type_named(&operation.request);
        imports.add_fields(operation.arguments.iter().map(|wire| request.field(wire)));
        if operation.arguments.is_empty() || operation.paging.is_some() {
            imports.add_type("./requests.js", &request.name);
        }
        if let Some(response) = &operation.response {
            imports.add_type("./responses.js", response);
            imports.add_value("./responses.js", format!("read{response}"));
        }
        if let Some(paging) = &operation.paging {
            imports.add_type("../pages.js", "Pages");
            imports.add_type("./responses.js", &paging.item);
            imports.add_value("./responses.js", format!("read{}", paging.item));
        }
    }
    imports
}

/// The method of an operation, and the one that reads all its pages.
fn methods(api: &Api, (index, operation): (usize, &Operation)) -> Vec<Method> {
    let call = call(api, index, operation);
    std::iter::once(call).chain(operation.paging.as_ref().map(|paging| pages(api, index, operation, paging))).collect()
}

fn call(api: &Api, index: usize, operation: &Operation) -> Method {
    let of = api.type_named(&operation.request);
    let (mut parameters, request, mut documented) = if operation.arguments.is_empty() {
        let documented = vec![format!("@param request - {}", of.doc.text)];
        (vec![format!("request: {}", of.name)], "request".to_owned(), documented)
    } else {
        arguments(of, operation)
    };
    parameters.push("options?: CallOptions".to_owned());
    let kind = match operation.kind {
        OperationKind::Query => "It changes nothing, so that it is tried again after a failure that may pass.",
        OperationKind::Update => {
            "It is tried again only if the service provably did not carry it out. `OutcomeUnknownError` tells that \
             nobody knows."
        }
    };
    documented.push(options("the whole call"));
    documented.push("@throws {@link InvalidRequestError} if the request breaks a rule; nothing was sent.".to_owned());
    if operation.kind == OperationKind::Update {
        let text = "@throws {@link OutcomeUnknownError} if the update may or may not have been carried out.";
        documented.push(text.to_owned());
    }
    documented.push("@throws {@link RecallFlowError} for any other failure, each of which is a subclass.".to_owned());
    let method = names::typescript_method(&operation.name);
    let (answer, read) = match &operation.response {
        Some(response) => (response.as_str(), format!("read{response}")),
        None => ("void", "undefined".to_owned()),
    };
    let given = [index.to_string(), request, "options".to_owned(), read, itself(&method)];
    Method {
        doc: doc(api, &operation.doc.text, kind, operation, &documented),
        head: bracketed(2, &format!("{method}("), &parameters, &format!("): Promise<{answer}> {{")),
        body: bracketed(4, "return this._call(", &given, ");"),
    }
}

/// The parameters for the fields that a method takes, the request that is made of them, and what is said about them.
fn arguments(of: &Type, operation: &Operation) -> (Vec<String>, String, Vec<String>) {
    // What may be left out comes last.
    let fields = operation.arguments.iter().map(|wire| of.field(wire));
    let (optional, required): (Vec<_>, Vec<_>) = fields.partition(|field| is_optional(field));
    let parameters = required.iter().chain(&optional).map(|field| {
        let mark = if is_optional(field) { "?" } else { "" };
        format!("{}{mark}: {}", names::typescript_argument(&field.wire), requested(field))
    });
    let documented = required
        .iter()
        .chain(&optional)
        .map(|field| format!("@param {} - {}", names::typescript_argument(&field.wire), asked(field)));
    let given = operation.arguments.iter().map(|wire| {
        let name = names::typescript_argument(wire);
        if name == *wire { name } else { format!("{wire}: {name}") }
    });
    let request = format!("{{ {} }}", given.collect::<Vec<_>>().join(", "));
    (parameters.collect(), request, documented.collect())
}

fn pages(api: &Api, index: usize, operation: &Operation, paging: &Paging) -> Method {
    let start = format!(
        "It begins with the page that `{}` names, and reads the next one when it is asked for more. A query that breaks \
         a rule is refused at once; nothing is sent before the first item is asked for, so that every other error is \
         thrown by the iteration, which ends with it.",
        paging.page
    );
    let documented = [
        format!("@param query - {}", api.type_named(&operation.request).doc.text),
        options("each page"),
        "@throws {@link InvalidRequestError} if the query breaks a rule; nothing is sent.".to_owned(),
    ];
    let method = names::typescript_method(&paging.name);
    let parameters = [format!("query: {}", operation.request), "options?: CallOptions".to_owned()];
    let read = format!("read{}", paging.item);
    let given = [index.to_string(), "query".to_owned(), "options".to_owned(), read, itself(&method)];
    Method {
        doc: doc(api, &paging.doc, &start, operation, &documented),
        head: bracketed(2, &format!("{method}("), &parameters, &format!("): Pages<{}> {{", paging.item)),
        body: bracketed(4, "return this._pages(", &given, ");"),
    }
}

/// The method as its own callee is told of it.
fn itself(method: &str) -> String {
    format!("this.{method}")
}

/// What is said about a method.
fn doc(api: &Api, text: &str, more: &str, operation: &Operation, tags: &[String]) -> String {
    let origin = format!("`POST {}`. {}", operation.path, source(api, &operation.doc));
    let paragraphs: Vec<_> = [text, more, &origin].into_iter().chain(tags.iter().map(String::as_str)).collect();
    comment(2, &paragraphs)
}

/// What is said about the options of a call.
fn options(what: &str) -> String {
    format!(
        "@param options - `timeout`: milliseconds that {what} may take, pauses between its attempts included; \
         `maxRetries`: how many more attempts {what} may have after the first; `signal`: ends it when it is aborted. \
         What is left out is as the client has it."
    )
}
