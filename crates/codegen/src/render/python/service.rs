//! Renders the base URLs.

use serde::Serialize;

use super::text::{fill, sorted};
use crate::model::Api;

#[derive(Serialize)]
struct PythonConstants {
    header: String,
    exports: Vec<String>,
    constants: Vec<PythonConstant>,
}

/// A base URL.
#[derive(Serialize)]
struct PythonConstant {
    name: String,
    url: String,
    doc: String,
}

pub(super) fn render_module(api: &Api) -> String {
    let constants = api.service.base_urls.iter().map(|base| PythonConstant {
        name: base.name.clone(),
        url: base.url.clone(),
        doc: format!("Base URL: {}", base.doc.text),
    });
    let page = PythonConstants {
        header: crate::render::header::header(api),
        exports: sorted(api.service.base_urls.iter().map(|base| base.name.clone())),
        constants: constants.collect(),
    };
    fill(include_str!("service.py.jinja"), page)
}
