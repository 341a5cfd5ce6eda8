//! Renders the Node package's generated folder: types of requests and responses, what reads the responses, enums and
//! the methods of the client.
//!
//! The files are templates that hold loops and nothing else; these modules prepare the texts that they show, wrapped as
//! the formatter of the package would leave them. What decides is hand-written in the package or in the native core.

mod constructors;
mod enums;
mod operations;
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
        ("enums", enums::render(api)),
        ("operations", operations::render(api)),
        ("requests", requests::render(api)),
        ("responses", responses::render(api)),
        ("service", service::render(api)),
    ];
    let path = |module: &str| format!("bindings/node/ts/generated/{module}.ts");
    files.map(|(module, contents)| File { path: path(module), contents }).into()
}
