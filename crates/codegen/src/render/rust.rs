//! Renders the Rust crate: types, rules, the table of operations and the methods of the clients.
//!
//! The rendered code holds data and calls. All algorithms are hand-written in the crate.

mod enums;
mod ffi;
mod methods;
mod operations;
mod options;
mod positions;
mod requests;
mod responses;
mod service;
mod shapes;
mod tokens;
mod updates;

use proc_macro2::TokenStream;

use crate::model::Api;
use crate::output::File;

/// Renders the modules of `generated/` in the crate.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let modules = [
        ("enums", "Enums: named integers.", enums::render_module(api)),
        ("ffi", "Requests and operations for the bindings of other languages.", ffi::render_module(api)),
        ("ffi_options", "Options for the bindings of other languages.", options::tables(api)),
        ("methods", "The methods of the clients that call the operations.", methods::render_module(api)),
        ("operations", "The operations.", operations::render_module(api)),
        ("options", "The options of a client, with defaults and limits.", options::data(api)),
        ("positions", "Positions of operations, types and enums in their tables.", positions::render_module(api)),
        ("requests", "Requests and their rules.", requests::render_module(api)),
        ("responses", "Responses.", responses::render_module(api)),
        ("service", "Base URLs, headers, envelope and status codes.", service::render_module(api)),
        ("setters", "The methods that set the options of a client.", options::setters(api)),
        ("shapes", "The objects of responses, as data.", shapes::render_module(api)),
    ];
    let file = |(name, doc, items): (&str, &str, Vec<TokenStream>)| File {
        path: format!("crates/recallflow/src/generated/{name}.rs"),
        contents: source(api, doc, &items),
    };
    modules.into_iter().map(file).collect()
}

/// Formats a file of items, with blank lines between them.
fn source(api: &Api, doc: &str, items: &[TokenStream]) -> String {
    let items = items.iter().map(|item| {
        let file = syn::parse2(item.clone()).unwrap_or_else(|error| panic!("rendered invalid Rust: {error}\n{item}"));
        spaced(&prettyplease::unparse(&file))
    });
    format!("// {}\n\n//! {doc}\n\n{}", super::header::header(api), items.collect::<Vec<_>>().join("\n"))
}

/// Inserts blank lines between the items of a file and the methods of an `impl`.
fn spaced(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut previous = "";
    for line in source.lines() {
        let starts =
            ["///", "#[", "pub ", "fn ", "impl", "const ", "crate::"].iter().any(|s| line.trim_start().starts_with(s));
        let indent = |line: &str| line.len() - line.trim_start().len();
        let ends = previous.trim() == "}"
            || (previous.ends_with(';') && !["use ", "///"].iter().any(|s| previous.trim_start().starts_with(s)));
        if starts && ends && indent(line) == indent(previous) {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
        previous = line;
    }
    out
}
