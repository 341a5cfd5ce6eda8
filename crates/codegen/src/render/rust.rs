//! Renders the Rust crate: types, rules, the table of operations and the methods of the clients.
//!
//! What is rendered lists and calls; everything that decides is hand-written in the crate.

mod enums;
mod ffi;
mod operations;
mod requests;
mod responses;
mod service;
mod tokens;

use proc_macro2::TokenStream;

use crate::model::Api;
use crate::output::File;

/// Renders the folder `generated/` of the crate.
#[must_use]
pub fn render(api: &Api) -> Vec<File> {
    let modules = ["enums", "ffi", "operations", "requests", "responses", "service"];
    let declarations = modules.map(declaration).concat();
    let root = format!("{}//! What the spec says, as Rust.\n\n{declarations}", header(api));
    let files = [
        ("enums", "Numbers with names.", enums::render(api)),
        ("ffi", "What the packages of other languages read of requests and answers.", ffi::render(api)),
        ("operations", "The operations, and the methods of the clients that carry them out.", operations::render(api)),
        ("requests", "What is sent, and the rules it obeys.", requests::render(api)),
        ("responses", "What the service answers.", responses::render(api)),
        ("service", "Hosts, headers, envelope and status codes.", service::render(api)),
    ];
    let mut rendered = vec![File { path: path("mod"), contents: root }];
    rendered.extend(files.map(|(name, doc, items)| File { path: path(name), contents: source(api, doc, &items) }));
    rendered
}

fn declaration(module: &str) -> String {
    let condition = if module == "ffi" { "#[cfg(feature = \"__ffi\")]\n" } else { "" };
    format!("{condition}pub(crate) mod {module};\n")
}

fn path(module: &str) -> String {
    format!("crates/recallflow/src/generated/{module}.rs")
}

fn header(api: &Api) -> String {
    format!("// {}\n\n", super::header(api))
}

/// A file of items, with a blank line between them as a person would leave.
fn source(api: &Api, doc: &str, items: &[TokenStream]) -> String {
    let items = items.iter().map(|item| {
        let file = syn::parse2(item.clone()).unwrap_or_else(|error| panic!("rendered no Rust: {error}\n{item}"));
        spaced(&prettyplease::unparse(&file))
    });
    format!("{}//! {doc}\n\n{}", header(api), items.collect::<Vec<_>>().join("\n"))
}

/// Puts a blank line between the items of a file and the methods of an `impl`.
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
