//! Renders the generated folder of the Node package: enums, requests, responses with their readers, and the methods of
//! the client.
//!
//! The templates show the output. The modules beside them prepare names, types and sentences; `text` breaks the lines that
//! are too long. Algorithms are hand-written in the package or in the native core.

mod constructors;
mod enums;
mod imports;
mod operations;
mod options;
mod requests;
mod responses;
mod rules;
mod service;
mod text;
mod types;

use crate::model::Api;
use crate::output::File;

/// Renders the folder `generated/` of the package.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let files = [
        ("enums", enums::render_module(api)),
        ("operations", operations::render_module(api)),
        ("options", options::render_module(api)),
        ("requests", requests::render_module(api)),
        ("responses", responses::render_module(api)),
        ("service", service::render_module(api)),
    ];
    let path = |module: &str| format!("bindings/node/ts/generated/{module}.ts");
    files.map(|(module, contents)| File { path: path(module), contents }).into()
}
