//! Renders the options of clients and calls.

use serde::Serialize;

use super::text::{self, literals};
use crate::model::Api;
use crate::model::options::{ClientOption, OptionKind};
use crate::names;
use crate::render::header::header;
use crate::render::option_text::TYPESCRIPT;

/// What the template shows.
#[derive(Serialize)]
struct TypeScriptOptions {
    header: String,
    client: Vec<TypeScriptOption>,
    adjustable: Vec<TypeScriptOption>,
    call: Vec<TypeScriptOption>,
    paths: String,
}

/// An option.
#[derive(Serialize)]
struct TypeScriptOption {
    name: String,
    /// Type of a value.
    of: &'static str,
    doc: String,
}

pub(super) fn render_module(api: &Api) -> String {
    let adjustable = api.options.iter().filter(|option| option.is_adjustable);
    let call = api.options.iter().filter(|option| option.is_for_calls);
    let override_of =
        |option: &ClientOption| shown(option, format!("{}. Default: the client's.", TYPESCRIPT.summary(option)));
    let paths = api.options.iter().filter(|option| option.kind == OptionKind::Path);
    let page = TypeScriptOptions {
        header: header(api),
        client: api.options.iter().map(|option| shown(option, TYPESCRIPT.paragraphs(option).join("\n\n"))).collect(),
        adjustable: adjustable.map(override_of).collect(),
        call: call.map(override_of).collect(),
        paths: literals(&paths.map(|option| names::camel(&option.name)).collect::<Vec<_>>()),
    };
    text::fill(include_str!("options.ts.jinja"), page)
}

fn shown(option: &ClientOption, doc: String) -> TypeScriptOption {
    TypeScriptOption {
        name: names::camel(&option.name),
        of: match option.kind {
            OptionKind::Text => "string",
            OptionKind::Headers => "Readonly<Record<string, string>>",
            OptionKind::Duration { .. } | OptionKind::Count { .. } | OptionKind::Size { .. } | OptionKind::Rate => {
                "number"
            }
            OptionKind::Flag { .. } => "boolean",
            OptionKind::Path => "string | URL",
            OptionKind::Proxy => "string | false",
        },
        doc,
    }
}
