//! Renders the tables of the READMEs.

use super::markdown::{code, table};
use super::option_text::{PYTHON, RUST, Style, TYPESCRIPT};
use crate::model::{Api, Operation, Paging, Required};
use crate::names;
use crate::sections::PageSection;

/// A README, and how its language writes options and calls.
struct Readme {
    path: &'static str,
    style: Style,
    /// Writes the call of an operation.
    call: fn(&Api, &Operation) -> String,
    /// Writes the result of an operation.
    result: fn(&Operation) -> String,
    /// Writes the call that reads all pages, and its result.
    pages: fn(&Api, &Operation, &Paging) -> [String; 2],
}

const READMES: [Readme; 3] = [
    Readme {
        path: "README.md",
        style: RUST,
        call: |_, operation| match operation.single_argument() {
            Some(wire) => format!("{}({})", operation.name, names::rust_field(operation.argument_name(wire))),
            None => format!("{}(&{})", operation.name, operation.request),
        },
        result: |operation| operation.response.clone().unwrap_or_else(|| "()".to_owned()),
        pages: |_, operation, paging| {
            [format!("{}({})", paging.name, operation.request), format!("Pages<{}>", operation.request)]
        },
    },
    Readme {
        path: "bindings/python/README.md",
        style: PYTHON,
        call: |api, operation| {
            let name = names::python_field(&operation.name);
            if operation.arguments.is_empty() {
                return format!("{name}({})", required_keywords(api, operation));
            }
            let arguments = operation.arguments.iter().map(|wire| names::python_field(operation.argument_name(wire)));
            format!("{name}({})", arguments.collect::<Vec<_>>().join(", "))
        },
        result: |operation| operation.response.clone().unwrap_or_else(|| "None".to_owned()),
        pages: |api, operation, paging| {
            let name = names::python_field(&paging.name);
            [format!("{name}({})", required_keywords(api, operation)), format!("Pages[{}]", paging.item)]
        },
    },
    Readme {
        path: "bindings/node/README.md",
        style: TYPESCRIPT,
        call: |_, operation| {
            let argument = operation.single_argument();
            let argument = argument.map(|wire| names::typescript_argument(operation.argument_name(wire)));
            format!("{}({})", names::typescript_method(&operation.name), argument.as_deref().unwrap_or("{ … }"))
        },
        result: |operation| format!("Promise<{}>", operation.response.as_deref().unwrap_or("void")),
        pages: |_, _, paging| {
            [format!("{}({{ … }})", names::typescript_method(&paging.name)), format!("Pages<{}>", paging.item)]
        },
    },
];

/// Returns the keyword arguments in Python that have no default.
fn required_keywords(api: &Api, operation: &Operation) -> String {
    let fields = api.type_named(&operation.request).fields.iter();
    let required = fields.filter(|field| field.required == Required::Always && field.default.is_none());
    required.map(|field| format!("{}=…", names::python_field(&field.wire))).collect::<Vec<_>>().join(", ")
}

/// Renders the sections of all pages.
pub(super) fn render(api: &Api) -> Vec<PageSection> {
    let sections = READMES.iter().flat_map(|readme| {
        let section = |name, contents| PageSection { path: readme.path, name, contents };
        [section("operations", operations(api, readme)), section("options", options(api, &readme.style))]
    });
    sections.collect()
}

/// Renders the table of the operations.
fn operations(api: &Api, readme: &Readme) -> String {
    let rows = api.operations.iter().flat_map(|operation| {
        let row = |call: String, result: String, doc: &str| {
            let first_sentence = doc.split_once(". ").map_or(doc.trim_end_matches('.'), |(first, _)| first);
            vec![code(&call), code(&result), first_sentence.to_owned()]
        };
        let one = row((readme.call)(api, operation), (readme.result)(operation), &operation.doc.text);
        let all = operation.paging.as_ref().map(|paging| {
            let [call, result] = (readme.pages)(api, operation, paging);
            row(call, result, &paging.doc)
        });
        std::iter::once(one).chain(all)
    });
    table(&["method", "returns", "meaning"], rows)
}

/// Renders the table of a client's options.
fn options(api: &Api, style: &Style) -> String {
    let rows = api.options.iter().map(|option| {
        let default = style.default(option).unwrap_or_else(|| "none".to_owned());
        vec![code(&(style.name)(&option.name)), default, style.summary(option)]
    });
    table(&["option", "default", "meaning"], rows)
}
