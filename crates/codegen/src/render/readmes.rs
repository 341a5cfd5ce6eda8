//! Renders the tables of the READMEs.

use super::markdown::{code, table};
use super::option_text::{PYTHON, RUST, Style, TYPESCRIPT};
use crate::model::Api;
use crate::sections::Section;

/// The README of each language.
const READMES: [(&str, Style); 3] =
    [("README.md", RUST), ("bindings/python/README.md", PYTHON), ("bindings/node/README.md", TYPESCRIPT)];

/// Renders the sections of all pages.
pub(super) fn render(api: &Api) -> Vec<Section> {
    let sections = READMES.iter().map(|(path, style)| Section { path, name: "options", contents: options(api, style) });
    if api.options.is_empty() { Vec::new() } else { sections.collect() }
}

/// Renders the table of a client's options.
fn options(api: &Api, style: &Style) -> String {
    let rows = api.options.iter().map(|option| {
        let default = style.default(option).unwrap_or_else(|| "none".to_owned());
        vec![code(&(style.name)(&option.name)), default, style.summary(option)]
    });
    table(&["option", "default", "meaning"], rows)
}
