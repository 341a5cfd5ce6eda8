//! Renders the base URLs.

use serde::Serialize;

use super::text::{fill, sorted};
use crate::model::Api;

#[derive(Serialize)]
struct Page {
    header: String,
    exports: Vec<String>,
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
        url: base.url.clone(),
        doc: format!("Base URL: {}", base.doc.text),
    });
    let page = Page {
        header: crate::render::header(api),
        exports: sorted(api.service.base_urls.iter().map(|base| base.name.clone())),
        constants: constants.collect(),
    };
    fill(include_str!("service.py.jinja"), page)
}
