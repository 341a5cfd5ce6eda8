//! `options.toml`: the options of a client.

use super::RawLiteral;
use super::table::{KeyedValue, SpecTable, TomlSource};
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
    pub(crate) adjustable: Option<At<bool>>,
    pub(crate) doc: Option<At<String>>,
    pub(crate) details: Option<At<Vec<At<String>>>>,
}

/// Reads `options.toml`.
pub(crate) fn read_options(source: &TomlSource<'_>) -> Vec<RawOption> {
    source.table().into_items(option)
}

fn option(name: At<String>, mut table: SpecTable<'_>) -> RawOption {
    let option = RawOption {
        name,
        kind: table.required("type", KeyedValue::string),
        default: table.optional("default", KeyedValue::literal),
        unset: table.optional("unset", KeyedValue::string),
        environment: table.optional("environment", KeyedValue::string),
        positive: table.optional("positive", KeyedValue::bool),
        call: table.optional("call", KeyedValue::bool),
        adjustable: table.optional("adjustable", KeyedValue::bool),
        doc: table.required("doc", KeyedValue::string),
        details: table.optional("details", KeyedValue::strings),
    };
    table.finish();
    option
}
