//! `options.toml`: the options of a client.

use super::RawLiteral;
use super::table::{Node, Source, Table};
use crate::diagnostic::At;

/// `[name]`.
#[derive(Debug)]
pub(crate) struct RawOption {
    pub(crate) name: At<String>,
    pub(crate) kind: Option<At<String>>,
    pub(crate) default: Option<At<RawLiteral>>,
    pub(crate) unset: Option<At<String>>,
    pub(crate) environment: Option<At<String>>,
    pub(crate) positive: Option<At<bool>>,
    pub(crate) call: Option<At<bool>>,
    pub(crate) doc: Option<At<String>>,
    pub(crate) details: Option<At<Vec<At<String>>>>,
}

/// Reads `options.toml`.
pub(crate) fn read_options(source: &Source<'_>) -> Vec<RawOption> {
    source.table().into_items(option)
}

fn option(name: At<String>, mut table: Table<'_>) -> RawOption {
    let option = RawOption {
        name,
        kind: table.required("type", Node::string),
        default: table.optional("default", Node::literal),
        unset: table.optional("unset", Node::string),
        environment: table.optional("environment", Node::string),
        positive: table.optional("positive", Node::bool),
        call: table.optional("call", Node::bool),
        doc: table.required("doc", Node::string),
        details: table.optional("details", Node::strings),
    };
    table.finish();
    option
}
