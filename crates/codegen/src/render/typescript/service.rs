//! Renders the base URLs.

use serde::Serialize;

use super::text::{comment, literal, source};
use crate::model::Api;
use crate::render::template;

const TEMPLATE: &str = include_str!("service.ts.jinja");

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    constants: Vec<Constant>,
}

/// A base URL.
#[derive(Serialize)]
struct Constant {
    name: String,
    url: String,
    doc: String,
}

pub(super) fn render(api: &Api) -> String {
    let constants = api.service.base_urls.iter().map(|base| Constant {
        name: base.name.clone(),
        url: literal(&base.url),
        doc: comment(0, &[&format!("Base URL: {}", base.doc.text), &source(api, &base.doc)]),
    });
    template::fill(TEMPLATE, Page { header: crate::render::header(api), constants: constants.collect() })
}
