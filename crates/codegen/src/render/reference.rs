//! Renders the reference page.
//!
//! The page is a template that holds loops and nothing else; this module prepares the texts that it shows.

mod fields;

use serde::Serialize;

use super::markdown::{code, codes, table};
use super::{template, words};
use crate::model::service::{Code, Document, EnvelopePart, Header, HeaderValue, RetryPermit, Service};
use crate::model::{Api, Direction, Doc, Enum, Operation, OperationKind, Paging, Type};
use crate::output::File;

/// The page.
const TEMPLATE: &str = include_str!("reference.md.jinja");

/// Renders the reference page.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    vec![File { path: "docs/generated/reference.md".into(), contents: template::fill(TEMPLATE, Page::new(api)) }]
}

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    doc: String,
    contents: Vec<Entry>,
    operations: Vec<OperationSection>,
    types: Vec<Group>,
    base_urls: String,
    headers: String,
    signing: SigningSection,
    envelope: String,
    codes: String,
    documents: String,
}

/// A line of the table of contents.
#[derive(Serialize)]
struct Entry {
    title: &'static str,
    anchor: String,
    items: Vec<Link>,
}

/// A place on the page.
#[derive(Serialize)]
struct Link {
    name: String,
    anchor: String,
}

/// An operation.
#[derive(Serialize)]
struct OperationSection {
    name: String,
    anchor: String,
    doc: String,
    facts: Vec<String>,
    examples: Vec<ExampleBlock>,
}

/// An example of the documents.
#[derive(Serialize)]
struct ExampleBlock {
    source: String,
    request: String,
    response: String,
}

/// A chapter of types or enums.
#[derive(Serialize)]
struct Group {
    title: &'static str,
    items: Vec<TypeSection>,
}

/// A type or an enum.
#[derive(Serialize)]
struct TypeSection {
    name: String,
    anchor: String,
    doc: String,
    table: String,
    lists: Vec<FactList>,
}

/// A titled list of sentences.
#[derive(Serialize)]
struct FactList {
    title: &'static str,
    facts: Vec<String>,
}

/// The signature.
#[derive(Serialize)]
struct SigningSection {
    doc: String,
    facts: Vec<String>,
    vector: String,
}

impl Page {
    fn new(api: &Api) -> Self {
        let operations: Vec<_> = api.operations.iter().map(operation_section).collect();
        let types = vec![
            types_of(api, "Requests", Direction::Request),
            types_of(api, "Responses", Direction::Response),
            Group { title: "Enums", items: api.enums.iter().map(enum_section).collect() },
        ];
        Self {
            header: super::header(api),
            doc: with_source(&api.service.doc),
            contents: contents(&operations, &types),
            operations,
            types,
            base_urls: base_urls(&api.service),
            headers: headers(&api.service.headers),
            signing: signing(&api.service),
            envelope: envelope(&api.service),
            codes: status_codes(&api.service.codes),
            documents: documents(&api.service.documents),
        }
    }
}

/// The table of contents.
fn contents(operations: &[OperationSection], types: &[Group]) -> Vec<Entry> {
    let entry = |title: &'static str, items| Entry { title, anchor: title.to_lowercase().replace(' ', "-"), items };
    let operations = operations.iter().map(|item| Link { name: item.name.clone(), anchor: item.anchor.clone() });
    let types = types.iter().map(|group| {
        let links = group.items.iter().map(|item| Link { name: item.name.clone(), anchor: item.anchor.clone() });
        entry(group.title, links.collect())
    });
    let service = ["Base URLs", "Headers", "Signature", "Envelope", "Status codes", "Sources"]
        .map(|title| entry(title, Vec::new()));
    std::iter::once(entry("Operations", operations.collect())).chain(types).chain(service).collect()
}

/// The documents that an item is from.
fn sources(doc: &Doc) -> String {
    doc.source.join(", ")
}

/// The anchor of a type or an enum.
fn anchor(name: &str) -> String {
    format!("type-{}", name.to_lowercase())
}

/// A link to a type or an enum.
fn type_link(name: &str) -> String {
    format!("[`{name}`](#{})", anchor(name))
}

/// The sentence of an item and where it is from.
fn with_source(doc: &Doc) -> String {
    if doc.source.is_empty() { doc.text.clone() } else { format!("{} (Source: {}.)", doc.text, sources(doc)) }
}

/// What there is to say of an operation.
fn operation_section(operation: &Operation) -> OperationSection {
    let repetition = match operation.kind {
        OperationKind::Query => "it changes nothing, so that it may be repeated",
        OperationKind::Update => "it must not be repeated unless it was provably not carried out",
    };
    let mut facts = vec![
        format!("Path: {}", code(&format!("POST /{}", operation.path))),
        format!("Kind: {}; {repetition}.", words::kind(operation.kind)),
        format!("Request: {}", type_link(&operation.request)),
        match &operation.response {
            Some(name) => format!("Response: {}", type_link(name)),
            None => "Response: nothing but the envelope".to_owned(),
        },
    ];
    if !operation.arguments.is_empty() {
        facts.push(format!("The client's method takes {} instead of the whole request.", codes(&operation.arguments)));
    }
    facts.extend(operation.paging.as_ref().map(paging));
    let examples = operation.examples.iter().map(|example| ExampleBlock {
        source: example.source.clone(),
        request: example.request.trim().to_owned(),
        response: example.response.trim().to_owned(),
    });
    OperationSection {
        name: operation.name.clone(),
        anchor: format!("operation-{}", operation.name),
        doc: with_source(&operation.doc),
        facts,
        examples: examples.collect(),
    }
}

/// How an operation is paged.
fn paging(paging: &Paging) -> String {
    format!(
        "Paging: {}. {} The request's {} counts up to the response's {}; {} holds the items of a page, {} counts all of \
         them, and each is a {} known by its {}.",
        code(&paging.name),
        paging.doc,
        code(&paging.page),
        code(&paging.pages),
        code(&paging.records),
        code(&paging.total),
        type_link(&paging.item),
        code(&paging.id),
    )
}

/// The types that travel one way.
fn types_of(api: &Api, title: &'static str, direction: Direction) -> Group {
    let items = api.types.iter().filter(|item| item.direction == direction).map(type_section);
    Group { title, items: items.collect() }
}

/// What there is to say of a type.
fn type_section(item: &Type) -> TypeSection {
    let constructors = item.constructors.iter().map(fields::constructor).collect();
    let totals = item.totals.iter().map(|name| format!("{} sums the fees of a list of these.", code(name))).collect();
    let lists = [
        ("Rules", item.rules.iter().map(fields::rule).collect()),
        ("Warnings", item.lints.iter().map(fields::lint).collect()),
        ("Constructors", constructors),
        ("Totals", totals),
    ];
    let filled = lists.into_iter().filter(|(_, facts): &(_, Vec<String>)| !facts.is_empty());
    TypeSection {
        name: item.name.clone(),
        anchor: anchor(&item.name),
        doc: with_source(&item.doc),
        table: fields::table_of(item),
        lists: filled.map(|(title, facts)| FactList { title, facts }).collect(),
    }
}

/// What there is to say of an enum.
fn enum_section(item: &Enum) -> TypeSection {
    let rows = item.values.iter().map(|value| vec![value.number.to_string(), code(&value.name), value.doc.clone()]);
    TypeSection {
        name: item.name.clone(),
        anchor: anchor(&item.name),
        doc: with_source(&item.doc),
        table: table(&["Number", "Name", "Meaning"], rows),
        lists: Vec::new(),
    }
}

/// The base URLs.
fn base_urls(service: &Service) -> String {
    let rows = service
        .base_urls
        .iter()
        .map(|base| vec![code(&base.name), code(&base.url), base.doc.text.clone(), sources(&base.doc)]);
    table(&["Name", "URL", "Meaning", "Source"], rows)
}

/// The headers.
fn headers(headers: &[Header]) -> String {
    let rows = headers.iter().map(|header| {
        let value = match &header.value {
            HeaderValue::Fixed(text) => code(text),
            HeaderValue::Input(name) => format!("the call's {}", code(name)),
        };
        let secret = if header.secret { "yes" } else { "no" };
        vec![code(&header.name), value, secret.to_owned(), header.doc.text.clone(), sources(&header.doc)]
    });
    table(&["Header", "Value", "Secret", "Meaning", "Source"], rows)
}

/// The signature.
fn signing(service: &Service) -> SigningSection {
    let signing = &service.signing;
    let vector = &signing.vector;
    let rows = [
        ("API key", code(&vector.api_key)),
        ("API secret", code(&vector.api_secret)),
        ("Timestamp", code(&vector.timestamp.to_string())),
        ("Signature", code(&vector.sign)),
    ];
    SigningSection {
        doc: with_source(&signing.doc),
        facts: vec![
            format!("Algorithm: {}", code(&signing.algorithm)),
            format!("Inputs, in this order: {}", codes(&signing.inputs)),
            format!("Encoding: {}", code(&signing.encoding)),
        ],
        vector: table(&["Part", "Value"], rows.into_iter().map(|(part, value)| vec![part.to_owned(), value])),
    }
}

/// The parts of the envelope.
fn envelope(service: &Service) -> String {
    let row = |title: &str, part: &EnvelopePart| {
        vec![title.to_owned(), codes(&part.names), part.doc.text.clone(), sources(&part.doc)]
    };
    let parts = &service.envelope;
    let rows = [row("code", &parts.code), row("message", &parts.message), row("data", &parts.data)];
    table(&["Part", "Names, the first found counts", "Meaning", "Source"], rows)
}

/// The status codes.
fn status_codes(codes: &[Code]) -> String {
    let rows = codes.iter().map(|item| {
        vec![
            item.number.to_string(),
            code(&item.name),
            item.doc.text.clone(),
            item.wordings.join(", "),
            item.error.as_deref().map(code).unwrap_or_default(),
            permit(item).to_owned(),
            item.remedy.clone().unwrap_or_default(),
            sources(&item.doc),
        ]
    });
    table(&["Code", "Name", "Meaning", "Wordings", "Error", "Repetition", "What to do", "Source"], rows)
}

/// The documents that everything is from.
fn documents(documents: &[Document]) -> String {
    let rows = documents.iter().map(|document| {
        vec![document.name.clone(), document.title.clone(), document.publisher.clone(), document.doc.clone()]
    });
    table(&["Source", "Title", "Publisher", "Meaning"], rows)
}

/// What a failure with a code permits.
fn permit(item: &Code) -> &'static str {
    match item.retry {
        _ if item.error.is_none() => "",
        RetryPermit::Never => "none",
        RetryPermit::Query => "of queries",
        RetryPermit::Throttled => "of any operation, after a longer pause",
        RetryPermit::Clock => "of any operation, with a corrected clock",
    }
}
