//! Renders the methods of the clients.

use serde::Serialize;

use super::text::{bracketed, docstring, section, source};
use super::types::{Imports, parameter};
use crate::model::{Api, Direction, Operation, OperationKind, Paging, Required, Type};
use crate::names;
use crate::render::template;

const TEMPLATE: &str = include_str!("operations.py.jinja");

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    imports: String,
    typing_imports: String,
    table: String,
    mixins: Vec<Mixin>,
}

/// A class of methods.
#[derive(Serialize)]
struct Mixin {
    name: &'static str,
    doc: &'static str,
    /// What the methods call, as type checkers see it.
    means: Vec<Method>,
    methods: Vec<Method>,
}

/// A method.
#[derive(Serialize)]
struct Method {
    head: String,
    doc: String,
    body: String,
}

/// Whether methods wait for the answer or are awaited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavour {
    Blocking,
    Async,
}

impl Flavour {
    fn start(self) -> &'static str {
        if self == Self::Async { "async def" } else { "def" }
    }

    fn pages(self) -> &'static str {
        if self == Self::Async { "AsyncPages" } else { "Pages" }
    }
}

pub(super) fn render(api: &Api) -> String {
    let (imports, typing_imports) = imports(api);
    let mixin = |name, doc, flavour: Flavour| Mixin {
        name,
        doc,
        means: means(api, flavour),
        methods: api.operations.iter().enumerate().flat_map(|of| methods(api, of, flavour)).collect(),
    };
    let mixins = vec![
        mixin("Operations", "The operations as methods of `Client`.", Flavour::Blocking),
        mixin("AsyncOperations", "The operations as methods of `AsyncClient`.", Flavour::Async),
    ];
    let names: Vec<_> = api.operations.iter().map(|operation| format!("\"{}\"", operation.name)).collect();
    let page = Page {
        header: crate::render::header(api),
        imports: imports.render(0),
        typing_imports: typing_imports.render(4),
        table: super::text::tuple(0, "OPERATIONS: tuple[str, ...]", &names),
        mixins,
    };
    template::fill(TEMPLATE, page)
}

/// What the methods of a class call; the class that derives from it has them.
fn means(api: &Api, flavour: Flavour) -> Vec<Method> {
    let parameters = ["self", "operation: int", "request: Request", "timeout: float | None", "max_retries: int | None"];
    let method = |start: &str, answer: &str, doc: &str| Method {
        head: bracketed(8, &format!("{start}("), &parameters.map(str::to_owned), &format!(") -> {answer}:")),
        doc: docstring(12, &[doc]),
        body: String::new(),
    };
    let call =
        method(&format!("{} _call", flavour.start()), "Any", "Carries out the operation at this position of the spec.");
    let pages = method(
        "def _pages",
        &format!("{}[Any]", flavour.pages()),
        "Reads all pages of the operation at this position of the spec.",
    );
    let is_paged = api.operations.iter().any(|operation| operation.paging.is_some());
    std::iter::once(call).chain(is_paged.then_some(pages)).collect()
}

/// What the module needs when it is run, and what only type checkers need.
fn imports(api: &Api) -> (Imports, Imports) {
    let (mut imports, mut typing_imports) = (Imports::default(), Imports::default());
    typing_imports.add("typing", "Any");
    typing_imports.add("recallflow._values", "Request");
    for operation in &api.operations {
        let request = api.type_named(&operation.request);
        let into = if operation.arguments.is_empty() { &mut typing_imports } else { &mut imports };
        into.add("recallflow.generated.requests", &request.name);
        for wire in &operation.arguments {
            typing_imports.add_kind(&request.field(wire).kind);
        }
        if let Some(response) = &operation.response {
            typing_imports.add("recallflow.generated.responses", response);
        }
        if let Some(paging) = &operation.paging {
            typing_imports.add("recallflow.generated.responses", &paging.item);
            typing_imports.add("recallflow.generated.requests", &request.name);
            typing_imports.add("recallflow._async_client", "AsyncPages");
            typing_imports.add("recallflow._pages", "Pages");
        }
    }
    (imports, typing_imports)
}

/// The method of an operation, and the one that reads all its pages.
fn methods(api: &Api, (index, operation): (usize, &Operation), flavour: Flavour) -> Vec<Method> {
    let call = call(api, index, operation, flavour);
    std::iter::once(call).chain(operation.paging.as_ref().map(|of| pages(api, index, operation, of, flavour))).collect()
}

fn call(api: &Api, index: usize, operation: &Operation, flavour: Flavour) -> Method {
    let of = api.type_named(&operation.request);
    let (given, request, documented) = if operation.arguments.is_empty() {
        let given = (vec![format!("request: {}", of.name)], Vec::new());
        (given, "request".to_owned(), vec![("request".to_owned(), of.doc.text.clone())])
    } else {
        let documented = operation
            .arguments
            .iter()
            .map(|wire| (names::python_argument(wire), of.field(wire).doc.text.clone()))
            .collect();
        (arguments(of, operation), made_of_arguments(operation), documented)
    };
    let (positional, keywords) = given;
    let answer = operation.response.as_deref().unwrap_or("None");
    let kind = match operation.kind {
        OperationKind::Query => "It changes nothing, so that it is tried again after a failure that may pass.",
        OperationKind::Update => {
            "It is tried again only if the service provably did not carry it out. `OutcomeUnknownError` tells that \
             nobody knows."
        }
    };
    let mut errors =
        vec![("InvalidRequestError".to_owned(), "The request breaks a rule; nothing was sent.".to_owned())];
    if operation.kind == OperationKind::Update {
        let text = "The update may or may not have been carried out.";
        errors.push(("OutcomeUnknownError".to_owned(), text.to_owned()));
    }
    errors.push(("RecallFlowError".to_owned(), "Any other failure, each of which is a subclass.".to_owned()));
    let doc = docstring(
        8,
        &[
            &operation.doc.text,
            kind,
            &origin(operation),
            &section("Args", &with_options(documented, "the whole call")),
            &section("Raises", &errors),
        ],
    );
    let wait = if flavour == Flavour::Async { "await " } else { "" };
    let call = bracketed(
        8,
        &format!("{wait}self._call("),
        &[index.to_string(), request, "timeout".to_owned(), "max_retries".to_owned()],
        ")",
    );
    let body = match &operation.response {
        Some(response) => format!("response: {response} = {call}\n        return response"),
        None => call,
    };
    let name = names::python_field(&operation.name);
    Method { head: head(&format!("{} {name}", flavour.start()), positional, keywords, answer), doc, body }
}

/// The parameters by position and those by name. What may be left out is given by name.
fn arguments(of: &Type, operation: &Operation) -> (Vec<String>, Vec<String>) {
    let (mut positional, mut keywords) = (Vec::new(), Vec::new());
    for wire in &operation.arguments {
        let field = of.field(wire);
        let (name, kind) = (names::python_argument(wire), parameter(&field.kind, Direction::Request));
        match &field.default {
            Some(value) => keywords.push(format!("{name}: {kind} = {}", super::types::literal(value, &field.kind))),
            None if field.required == Required::Always => positional.push(format!("{name}: {kind}")),
            None => keywords.push(format!("{name}: {kind} | None = None")),
        }
    }
    (positional, keywords)
}

/// The request that is made of the parameters.
fn made_of_arguments(operation: &Operation) -> String {
    let given = |wire: &String| format!("{}={}", names::python_field(wire), names::python_argument(wire));
    let given: Vec<_> = operation.arguments.iter().map(given).collect();
    format!("{}({})", operation.request, given.join(", "))
}

fn pages(api: &Api, index: usize, operation: &Operation, paging: &Paging, flavour: Flavour) -> Method {
    let start = format!(
        "It begins with the page that `{}` names, and reads the next one when it is asked for more. A query that breaks \
         a rule is refused at once; nothing is sent before the first item is asked for, so that every other error is \
         raised by the iteration, which ends with it.",
        names::python_field(&paging.page)
    );
    let documented = vec![("query".to_owned(), api.type_named(&operation.request).doc.text.clone())];
    let errors = [("InvalidRequestError".to_owned(), "The query breaks a rule; nothing is sent.".to_owned())];
    let doc = docstring(
        8,
        &[
            &paging.doc,
            &start,
            &origin(operation),
            &section("Args", &with_options(documented, "each page")),
            &section("Raises", &errors),
        ],
    );
    let name = names::python_field(&paging.name);
    let answer = format!("{}[{}]", flavour.pages(), paging.item);
    Method {
        head: head(&format!("def {name}"), vec![format!("query: {}", operation.request)], Vec::new(), &answer),
        doc,
        body: format!("return self._pages({index}, query, timeout, max_retries)"),
    }
}

/// Where a call goes, and where that comes from.
fn origin(operation: &Operation) -> String {
    format!("`POST {}`. {}", operation.path, source(&operation.doc))
}

/// What a method takes, with the options of a call.
fn with_options(mut documented: Vec<(String, String)>, what: &str) -> Vec<(String, String)> {
    let options = [
        (
            "timeout",
            format!("Seconds that {what} may take, pauses between its attempts included; `None`: the client's."),
        ),
        ("max_retries", format!("How many more attempts {what} may have after the first; `None`: the client's.")),
    ];
    documented.extend(options.map(|(name, text)| (name.to_owned(), text)));
    documented
}

/// The first line of a method, or lines.
fn head(start: &str, positional: Vec<String>, keywords: Vec<String>, answer: &str) -> String {
    let mut parameters = vec!["self".to_owned()];
    parameters.extend(positional);
    parameters.push("*".to_owned());
    parameters.extend(keywords);
    parameters.extend(["timeout: float | None = None", "max_retries: int | None = None"].map(str::to_owned));
    bracketed(4, &format!("{start}("), &parameters, &format!(") -> {answer}:"))
}
