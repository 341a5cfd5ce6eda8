//! Renderers: pure functions from the model to files.

mod comments;
mod header;
mod json;
pub mod json_schema;
mod markdown;
pub mod openapi;
mod option_text;
pub mod protocol;
pub mod python;
mod readmes;
pub mod reference;
pub mod rust;
pub mod sandbox;
mod schemas;
mod template;
pub mod typescript;

use crate::model::Api;
use crate::output::File;
use crate::sections::PageSection;

/// Renders every generated file.
///
/// # Panics
///
/// If two renderers return the same file, which is a bug.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let renderers = [
        json_schema::render,
        json_schema::render_for_command,
        openapi::render,
        protocol::render,
        python::render,
        reference::render,
        rust::render,
        sandbox::render,
        typescript::render,
    ];
    let mut files: Vec<File> = renderers.iter().flat_map(|render| render(api)).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    for pair in files.windows(2) {
        assert_ne!(pair[0].path, pair[1].path, "two renderers return the same file");
    }
    files
}

/// Renders the generated sections of hand-written pages.
#[must_use]
pub fn sections(api: &Api) -> Vec<PageSection> {
    readmes::render(api)
}
