//! Renders the options of clients.

use serde::Serialize;

use super::text::fill;
use crate::model::Api;
use crate::model::options::{ClientOption, OptionKind};
use crate::render::header::header;
use crate::render::option_text::PYTHON;

/// What the template shows.
#[derive(Serialize)]
struct PythonOptions {
    header: String,
    options: Vec<PythonOption>,
    adjustable: Vec<PythonOption>,
}

/// An option, also of a call.
#[derive(Serialize)]
pub(super) struct PythonOption {
    name: String,
    /// Type of a value.
    of: &'static str,
    /// Description of a call's argument.
    summary: String,
    /// Description of a client's option.
    doc: String,
}

pub(super) fn render_module(api: &Api) -> String {
    let adjustable = api.options.iter().filter(|option| option.is_adjustable);
    let page = PythonOptions {
        header: header(api),
        options: api.options.iter().map(shown).collect(),
        adjustable: adjustable.map(shown).collect(),
    };
    fill(include_str!("options.py.jinja"), page)
}

/// Returns the options that each call can have.
pub(super) fn for_calls(api: &Api) -> Vec<PythonOption> {
    api.options.iter().filter(|option| option.is_for_calls).map(shown).collect()
}

fn shown(option: &ClientOption) -> PythonOption {
    PythonOption {
        name: option.name.clone(),
        of: match option.kind {
            OptionKind::Text => "str | None",
            OptionKind::Headers => "Mapping[str, str]",
            OptionKind::Duration { .. } => "float",
            OptionKind::Count { .. } | OptionKind::Size { .. } => "int",
            OptionKind::Rate => "float | None",
            OptionKind::Flag { .. } => "bool",
            OptionKind::Path => "str | PathLike[str] | None",
            OptionKind::Proxy => "str | Literal[False] | None",
        },
        summary: PYTHON.summary(option),
        doc: PYTHON.paragraphs(option).join("\n\n"),
    }
}
