//! Renders the Python package's generated folder: value classes, enums and the methods of the clients.
//!
//! The files are templates that hold loops and nothing else; these modules prepare the texts that they show, wrapped as
//! the formatter of the package would leave them. What decides is hand-written in the package or in the native core.

mod enums;
mod operations;
mod requests;
mod responses;
mod service;
mod text;
mod types;
mod values;

use crate::model::Api;
use crate::output::File;

/// Renders the folder `generated/` of the package.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let package = format!("# {}\n\n\"\"\"What the spec says, as Python.\"\"\"\n", super::header(api));
    let files = [
        ("__init__", package),
        ("enums", enums::render(api)),
        ("operations", operations::render(api)),
        ("requests", requests::render(api)),
        ("responses", responses::render(api)),
        ("service", service::render(api)),
    ];
    let path = |module: &str| format!("bindings/python/python/recallflow/generated/{module}.py");
    files.map(|(module, contents)| File { path: path(module), contents }).into()
}
