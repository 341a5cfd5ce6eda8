//! Renders the options of clients.

use serde::Serialize;

use super::text::fill;
use crate::model::Api;
use crate::model::options::{ClientOption, OptionKind};
use crate::render::header::header;
use crate::render::option_text::PYTHON;

/// What the template shows.
#[derive(Serialize)]
struct Page {
    header: String,
    options: Vec<Shown>,
}

/// An option, also of a call.
#[derive(Serialize)]
pub(super) struct Shown {
    name: String,
    /// Type of a value.
    of: &'static str,
    /// Description of a call's argument.
    summary: String,
    /// Description of a client's option.
    doc: String,
}

pub(super) fn render_module(api: &Api) -> String {
    let page = Page { header: header(api), options: api.options.iter().map(shown).collect() };
    fill(include_str!("options.py.jinja"), page)
}

/// Returns the options that each call can have.
pub(super) fn for_calls(api: &Api) -> Vec<Shown> {
    api.options.iter().filter(|option| option.is_for_calls).map(shown).collect()
}

fn shown(option: &ClientOption) -> Shown {
    Shown {
        name: option.name.clone(),
        of: match option.kind {
            OptionKind::Text => "str | None",
            OptionKind::Duration { .. } => "float",
            OptionKind::Count { .. } | OptionKind::Size { .. } => "int",
            OptionKind::Flag { .. } => "bool",
            OptionKind::Path => "str | PathLike[str] | None",
            OptionKind::Proxy => "str | Literal[False] | None",
        },
        summary: PYTHON.summary(option),
        doc: PYTHON.paragraphs(option).join("\n\n"),
    }
}
