//! Lowers operations.

use std::collections::HashMap;

use super::constructors::{check_complete, lower_arguments, lower_names};
use super::docs;
use super::examples::{self, Expected};
use super::fields;
use super::limits::is_integer;
use super::naming::{Case, Taken, check_case};
use super::scope::{Scope, Shape};
use super::symbols::{Symbols, TypeSymbol};
use super::variants;
use crate::diagnostic::{At, Place, Sink};
use crate::model::{Direction, FieldKind, Operation, OperationKind, Paging};
use crate::names;
use crate::raw::{RawBody, RawEnvelope, RawOperation, RawOption, RawPaging, RawSpec};

/// Lowers all operations, in the order of their files.
pub(super) fn lower_operations(spec: &RawSpec, symbols: &Symbols<'_>, sink: &Sink) -> Vec<Operation> {
    check_methods(&spec.operations, sink);
    check_paths(&spec.operations, sink);
    variants::check_variants(&spec.operations, sink);
    check_requests(&spec.operations, sink);
    let envelope = spec.service.as_ref().and_then(|service| service.envelope.as_ref());
    spec.operations.iter().filter_map(|raw| lower_operation(raw, envelope, &spec.options, symbols, sink)).collect()
}

fn lower_operation(
    raw: &RawOperation,
    envelope: Option<&RawEnvelope>,
    options: &[RawOption],
    symbols: &Symbols<'_>,
    sink: &Sink,
) -> Option<Operation> {
    docs::check_about(&raw.about, sink);
    let kind = raw.kind.as_ref().and_then(|kind| lower_kind(kind, sink));
    let request = raw.request.as_ref().and_then(|request| body(request, Direction::Request, symbols, sink));
    let response = raw.response.as_ref().map(|response| body(response, Direction::Response, symbols, sink));
    let (arguments, names) = request.map(|request| arguments(raw, request, symbols, sink)).unwrap_or_default();
    if let Some(request) = request {
        check_keywords(&Scope::new(symbols, request), &arguments, &names, options, sink);
    }
    let expected = Expected { request, response: response.flatten(), envelope };
    let examples = examples::lower_examples(&raw.examples, expected, symbols, sink);
    let paging = raw.paging.as_ref().map(|paging| {
        if kind == Some(OperationKind::Update) {
            sink.suggest(paging.at, "`paging` is only for queries", "remove it");
        }
        lower_paging(paging, request, response.flatten(), symbols, sink)
    });
    Some(Operation {
        name: raw.name.as_ref()?.value.clone(),
        kind: kind?,
        path: raw.path.as_ref()?.value.clone(),
        variant_of: raw.variant_of.as_ref().map(|name| name.value.clone()),
        doc: docs::about(&raw.about, &[]),
        request: request?.name.value.clone(),
        response: match response {
            Some(response) => Some(response?.name.value.clone()),
            None => None,
        },
        arguments,
        names,
        paging: match paging {
            Some(paging) => Some(paging?),
            None => None,
        },
        examples,
    })
}

fn lower_kind(raw: &At<String>, sink: &Sink) -> Option<OperationKind> {
    match raw.as_str() {
        "query" => Some(OperationKind::Query),
        "update" => Some(OperationKind::Update),
        _ => {
            sink.unknown("kind of operation", raw, ["query", "update"]);
            None
        }
    }
}

/// Checks the names of operations and of their paging, which are methods of one client.
fn check_methods(operations: &[RawOperation], sink: &Sink) {
    let mut taken = Taken::default();
    for raw in operations {
        let paging = raw.paging.as_ref().and_then(|paging| paging.name.as_ref());
        for name in raw.name.iter().chain(paging) {
            check_case("an operation", name, Case::Snake, sink);
            taken.take("operation", name, sink);
            if names::reserved::reserved_method(&name.value) {
                let message = format!("the client already has a method `{}`", name.value);
                sink.suggest(name.at, message, "choose a more specific name");
            }
        }
        if let Some(name) = &raw.name
            && name.value != raw.file_name
        {
            let message = format!("expected the name of the file, `{}`, got `{}`", raw.file_name, name.value);
            sink.suggest(name.at, message, "rename one of them");
        }
    }
}

/// Checks that each path is valid.
fn check_paths(operations: &[RawOperation], sink: &Sink) {
    for path in operations.iter().filter_map(|raw| raw.path.as_ref()) {
        if path.value.starts_with('/') {
            let without = path.value.trim_start_matches('/');
            sink.suggest(path.at, "expected a path without a leading slash", format!("write `{without}`"));
        } else if !is_path(&path.value) {
            sink.report(path.at, format!("expected a path of words separated by `/`, got `{}`", path.value));
        }
    }
}

/// Returns whether a path consists of words that need no escaping in a URL.
fn is_path(path: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    path.split('/').all(|word| !word.is_empty() && !matches!(word, "." | "..") && word.chars().all(allowed))
}

/// Checks that each request type belongs to one operation, because `execute` selects the operation by the type.
fn check_requests(operations: &[RawOperation], sink: &Sink) {
    let mut taken: HashMap<&str, Place> = HashMap::new();
    let requests = || operations.iter().filter_map(|raw| raw.request.as_ref());
    // A type that an operation defines is its own request, even if another operation refers to it first.
    let defined = requests().filter_map(|request| match request {
        RawBody::Defined(raw) => raw.name.as_ref(),
        RawBody::Named(_) => None,
    });
    taken.extend(defined.map(|name| (name.as_str(), name.at)));
    for request in requests() {
        let RawBody::Named(name) = request else { continue };
        match taken.get(name.as_str()) {
            Some(at) => {
                let message = format!("`{}` is already the request of the operation at {}", name.value, sink.show(*at));
                sink.suggest(name.at, message, "define another request type");
            }
            None => drop(taken.insert(name.as_str(), name.at)),
        }
    }
}

/// Resolves the type of a request or a response.
fn body<'s, 'a>(
    raw: &RawBody,
    direction: Direction,
    symbols: &'s Symbols<'a>,
    sink: &Sink,
) -> Option<&'s TypeSymbol<'a>> {
    match raw {
        RawBody::Named(name) => symbols.find_type_of(name, direction, sink),
        RawBody::Defined(raw) => symbols.type_named(raw.name.as_ref()?.as_str()),
    }
}

/// Lowers the fields that the client's method takes instead of the whole request, and their argument names.
fn arguments<'a>(
    raw: &RawOperation,
    request: &'a TypeSymbol<'a>,
    symbols: &'a Symbols<'a>,
    sink: &Sink,
) -> (Vec<String>, Vec<(String, String)>) {
    let scope = Scope::new(symbols, request);
    let arguments = raw.arguments.as_ref().map(|given| lower_arguments(given, &scope, sink)).unwrap_or_default();
    let names = lower_names(&raw.names, &arguments, &scope, sink);
    let Some(given) = &raw.arguments else { return (arguments, names) };
    // Lowering of the type reports problems of its fields.
    let quiet = sink.silenced();
    let lower = |shape| fields::lower_field(shape, &scope, symbols, Direction::Request, &quiet);
    let fields: Vec<_> = scope.shapes.iter().filter_map(lower).collect();
    check_complete("the method", given.at, &[], &arguments, &fields, sink);
    (arguments, names)
}

/// Checks that no field that is passed by keyword has the name of another argument of the method.
fn check_keywords(
    request: &Scope<'_>,
    arguments: &[String],
    names: &[(String, String)],
    options: &[RawOption],
    sink: &Sink,
) {
    let fields = request.shapes.iter().map(|shape| &shape.member.raw.wire);
    for wire in fields.filter(|wire| arguments.is_empty() || arguments.contains(&wire.value)) {
        let renamed = names.iter().find(|(field, _)| *field == wire.value);
        let name = names::python_field(renamed.map_or(wire.as_str(), |(_, name)| name));
        let is_option =
            |option: &RawOption| option.name.value == name && option.call.as_ref().is_some_and(|call| call.value);
        if names::reserved::reserved_keyword(&name) || options.iter().any(is_option) {
            let message = format!("the methods of Python's clients already have an argument `{name}`");
            sink.suggest(wire.at, message, "choose another name for that argument");
        }
    }
}

fn lower_paging(
    raw: &RawPaging,
    request: Option<&TypeSymbol<'_>>,
    response: Option<&TypeSymbol<'_>>,
    symbols: &Symbols<'_>,
    sink: &Sink,
) -> Option<Paging> {
    let doc = docs::sentence(raw.doc.as_ref(), sink);
    if let (Some(request), Some(page)) = (request, &raw.page) {
        check_page(page, &Scope::new(symbols, request), sink);
    }
    let item = response.and_then(|response| item(raw, response, symbols, sink));
    if let (Some(item), Some(id)) = (item, &raw.id) {
        Scope::new(symbols, item).expect(id, "an `int32` or `int64` field of the item", is_integer, sink);
    }
    if response.is_none() {
        sink.report(raw.at, "`paging` needs a `response`");
    }
    let text = |raw: &Option<At<String>>| raw.as_ref().map(|text| text.value.clone());
    Some(Paging {
        name: text(&raw.name)?,
        doc,
        page: text(&raw.page)?,
        records: text(&raw.records)?,
        item: item?.name.value.clone(),
        pages: text(&raw.pages)?,
        total: text(&raw.total)?,
        id: text(&raw.id)?,
    })
}

/// Checks that the page number is a required field, because every page is requested by its number.
fn check_page(page: &At<String>, scope: &Scope<'_>, sink: &Sink) {
    let is_number = |kind: &FieldKind| *kind == FieldKind::Int32;
    if scope.expect(page, "an `int32` field of the request", is_number, sink).is_none() {
        return;
    }
    let is_required = |shape: &Shape<'_>| shape.member.raw.required.as_ref().is_some_and(|required| required.value);
    if !scope.find(page, sink).is_some_and(is_required) {
        let message = format!("the page number `{}` is not required", page.value);
        sink.suggest(page.at, message, "set `required = true`");
    }
}

/// Resolves the type of a page's items. Also checks the counts of the page.
fn item<'s, 'a>(
    raw: &RawPaging,
    response: &'s TypeSymbol<'a>,
    symbols: &'s Symbols<'a>,
    sink: &Sink,
) -> Option<&'s TypeSymbol<'a>> {
    let scope = Scope::new(symbols, response);
    for count in raw.pages.iter().chain(&raw.total) {
        scope.expect(count, "an `int32` or `int64` field of the response", is_integer, sink);
    }
    let is_objects = |kind: &FieldKind| matches!(kind, FieldKind::List(item) if matches!(**item, FieldKind::Object(_)));
    let records = scope.expect(raw.records.as_ref()?, "a list of objects in the response", is_objects, sink)?;
    match records.item() {
        FieldKind::Object(name) => symbols.type_named(name),
        _ => None,
    }
}
