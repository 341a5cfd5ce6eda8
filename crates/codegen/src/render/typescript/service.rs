//! Renders the base URLs.

use serde::Serialize;

use super::text::{self, literal};
use crate::model::Api;

/// What the template shows.
#[derive(Serialize)]
struct TypeScriptBaseUrls<'a> {
    header: String,
    base_urls: Vec<TypeScriptBaseUrl<'a>>,
}

/// A base URL.
#[derive(Serialize)]
struct TypeScriptBaseUrl<'a> {
    name: &'a str,
    url: String,
    doc: &'a str,
}

pub(super) fn render_module(api: &Api) -> String {
    let base_urls = api.service.base_urls.iter();
    let base_urls =
        base_urls.map(|base| TypeScriptBaseUrl { name: &base.name, url: literal(&base.url), doc: &base.doc.text });
    let page = TypeScriptBaseUrls { header: crate::render::header::header(api), base_urls: base_urls.collect() };
    text::fill(include_str!("service.ts.jinja"), page)
}
