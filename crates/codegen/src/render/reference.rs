//! Renders the reference page.
//!
//! The template contains the markup. This module formats kinds, limits, rules and lints in words.

mod fields;

use std::collections::BTreeMap;

use serde::Serialize;

use self::fields::{ConstructorView, FieldView};
use super::markdown;
use super::template::{environment, fill_in};
use crate::model::service::Service;
use crate::model::{Api, Direction, Doc, Enum, Operation, Type};
use crate::output::File;

/// The page.
const TEMPLATE: &str = include_str!("reference.md.jinja");

/// Descriptions of the retry permits.
const RETRIES: [(&str, &str); 4] = [
    ("never", "never"),
    ("query", "queries"),
    ("throttled", "any operation, after a longer delay"),
    ("clock", "any operation, with a corrected clock"),
];

/// Renders the reference page.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let mut environment = environment();
    environment.add_filter("cell", |text: &str| markdown::escape_cell(text));
    vec![File {
        path: "docs/generated/reference.md".into(),
        contents: fill_in(&environment, TEMPLATE, ReferencePage::new(api)),
    }]
}

/// The data of the template.
#[derive(Serialize)]
struct ReferencePage<'a> {
    header: String,
    service: &'a Service,
    /// Titles of the documents by name.
    titles: BTreeMap<&'a str, &'a str>,
    operations: &'a [Operation],
    sections: [ReferenceSection<'a>; 2],
    enums: &'a [Enum],
    retries: BTreeMap<&'static str, &'static str>,
}

/// All types of one direction.
#[derive(Serialize)]
struct ReferenceSection<'a> {
    title: &'static str,
    is_request: bool,
    types: Vec<TypeView<'a>>,
}

/// A type.
#[derive(Serialize)]
struct TypeView<'a> {
    name: &'a str,
    doc: &'a Doc,
    fields: Vec<FieldView<'a>>,
    rules: Vec<String>,
    lints: Vec<String>,
    constructors: Vec<ConstructorView<'a>>,
    totals: Option<&'a str>,
    cost: Option<&'a str>,
    state: Option<&'a str>,
}

impl<'a> ReferencePage<'a> {
    fn new(api: &'a Api) -> Self {
        let section = |title, direction| {
            let types = api.types.iter().filter(|item| item.direction == direction).map(TypeView::new);
            ReferenceSection { title, is_request: direction == Direction::Request, types: types.collect() }
        };
        let titles = api.service.documents.iter().map(|document| (document.name.as_str(), document.title.as_str()));
        Self {
            header: super::header::header(api),
            service: &api.service,
            titles: titles.collect(),
            operations: &api.operations,
            sections: [section("Requests", Direction::Request), section("Responses", Direction::Response)],
            enums: &api.enums,
            retries: RETRIES.into(),
        }
    }
}

impl<'a> TypeView<'a> {
    fn new(item: &'a Type) -> Self {
        Self {
            name: &item.name,
            doc: &item.doc,
            fields: item.fields.iter().map(|field| FieldView::new(field, item)).collect(),
            rules: item.rules.iter().map(fields::rule_words).collect(),
            lints: item.lints.iter().map(fields::lint_words).collect(),
            constructors: item.constructors.iter().map(ConstructorView::new).collect(),
            totals: item.totals.as_deref(),
            cost: item.cost.as_deref(),
            state: item.state.as_deref(),
        }
    }
}
