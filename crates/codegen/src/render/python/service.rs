//! Renders the base URLs.

use serde::Serialize;

use super::text::{docstring, exports, literal, source};
use crate::model::Api;
use crate::render::template;

const TEMPLATE: &str = include_str!("service.py.jinja");

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    exports: String,
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
        doc: docstring(0, &[&format!("Base URL: {}", base.doc.text), &source(&base.doc)]),
    });
    let names: Vec<_> = api.service.base_urls.iter().map(|base| base.name.clone()).collect();
    let page = Page { header: crate::render::header(api), exports: exports(&names), constants: constants.collect() };
    template::fill(TEMPLATE, page)
}
