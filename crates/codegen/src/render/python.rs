//! Renders the folder `generated/` of the Python package: requests, responses, enums and the methods of the clients.
//!
//! The templates show the files as they become; these modules prepare names and types for them. What acts is written by
//! hand, in the package or in the native module.

mod enums;
mod operations;
mod options;
mod service;
mod text;
mod types;
mod values;

use crate::model::Api;
use crate::output::File;

/// Renders the folder.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let package =
        format!("# {}\n\n\"\"\"Modules that are generated from the spec.\"\"\"\n", super::header::header(api));
    let files = [
        ("__init__", package),
        ("async_methods", operations::methods(api, true)),
        ("async_raw_methods", operations::raw_methods(api, true)),
        ("changes", values::changes(api)),
        ("enums", enums::render_module(api)),
        ("methods", operations::methods(api, false)),
        ("operations", operations::positions(api)),
        ("options", options::render_module(api)),
        ("raw_methods", operations::raw_methods(api, false)),
        ("requests", values::requests(api)),
        ("responses", values::responses(api)),
        ("service", service::render_module(api)),
    ];
    let path = |module: &str| format!("bindings/python/python/recallflow/generated/{module}.py");
    files.map(|(module, contents)| File { path: path(module), contents }).into()
}
