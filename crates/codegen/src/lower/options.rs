//! Lowers the options of a client.

use super::docs;
use super::naming::{Case, Taken, check_case};
use crate::diagnostic::{At, Sink};
use crate::model::options::{ClientOption, OptionKind};
use crate::raw::{RawLiteral, RawOption};

/// The names of the kinds.
const KINDS: [&str; 9] = ["text", "duration", "count", "size", "rate", "flag", "path", "proxy", "headers"];

/// Lowers the options in their order.
pub(super) fn lower_options(raw: &[RawOption], sink: &Sink) -> Vec<ClientOption> {
    let mut taken = Taken::default();
    for option in raw {
        check_case("an option", &option.name, Case::Snake, sink);
        taken.take("option", &option.name, sink);
    }
    raw.iter().filter_map(|option| lower_option(option, raw, sink)).collect()
}

fn lower_option(raw: &RawOption, all: &[RawOption], sink: &Sink) -> Option<ClientOption> {
    let not_empty = |value: &Option<At<String>>, key| value.as_ref().map(|it| docs::not_empty(Some(it), key, sink));
    let is_set = |flag: &Option<At<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    Some(ClientOption {
        name: raw.name.value.clone(),
        kind: kind(raw, sink)?,
        unset: not_empty(&raw.unset, "unset"),
        environment: not_empty(&raw.environment, "environment"),
        is_for_calls: is_set(&raw.call),
        is_adjustable: is_set(&raw.call) || is_set(&raw.adjustable),
        doc: docs::sentence(raw.doc.as_ref(), sink),
        details: details(raw, all, sink),
    })
}

/// Lowers the kind with its default and its limit.
fn kind(raw: &RawOption, sink: &Sink) -> Option<OptionKind> {
    let word = raw.kind.as_ref()?;
    let positive = || raw.positive.as_ref().is_some_and(|positive| positive.value);
    if let Some(positive) = &raw.positive
        && !matches!(word.as_str(), "count" | "size")
    {
        sink.suggest(positive.at, "`positive` is only for `count` and `size`", "remove it");
    }
    match word.as_str() {
        "duration" => Some(OptionKind::Duration { default: number(raw, sink)? }),
        "count" => Some(OptionKind::Count { default: number(raw, sink)?, positive: positive() }),
        "size" => Some(OptionKind::Size { default: number(raw, sink)?, positive: positive() }),
        "flag" => Some(OptionKind::Flag { default: flag(raw, sink)? }),
        "text" | "rate" | "path" | "proxy" | "headers" => {
            if let Some(default) = &raw.default {
                sink.suggest(default.at, "`default` is only for numbers and flags", "describe it in `unset`");
            }
            Some(match word.as_str() {
                "text" => OptionKind::Text,
                "rate" => OptionKind::Rate,
                "path" => OptionKind::Path,
                "headers" => OptionKind::Headers,
                _ => OptionKind::Proxy,
            })
        }
        _ => {
            sink.unknown("type", word, KINDS);
            None
        }
    }
}

fn number(raw: &RawOption, sink: &Sink) -> Option<u32> {
    default(raw, "an integer from 0 to 4294967295", sink, |literal| match literal {
        RawLiteral::Int(number) => u32::try_from(*number).ok(),
        _ => None,
    })
}

fn flag(raw: &RawOption, sink: &Sink) -> Option<bool> {
    default(raw, "true or false", sink, |literal| match literal {
        RawLiteral::Bool(flag) => Some(*flag),
        _ => None,
    })
}

/// Reads the default of a kind that needs one.
fn default<T>(raw: &RawOption, expected: &str, sink: &Sink, read: impl Fn(&RawLiteral) -> Option<T>) -> Option<T> {
    let Some(literal) = &raw.default else {
        sink.report(raw.name.at, "missing key `default`");
        return None;
    };
    let value = read(&literal.value);
    if value.is_none() {
        sink.report(literal.at, format!("expected {expected} for `default`"));
    }
    value
}

/// Lowers the details, and checks the names of options in them.
fn details(raw: &RawOption, all: &[RawOption], sink: &Sink) -> Vec<String> {
    let paragraphs = raw.details.iter().flat_map(|details| &details.value);
    let lower = |paragraph: &At<String>| {
        let names = paragraph.value.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
        for name in names.filter(|name| all.iter().all(|option| option.name.value != *name)) {
            let name = At { value: name.to_owned(), at: paragraph.at };
            sink.unknown("option", &name, all.iter().map(|option| option.name.as_str()));
        }
        docs::sentence(Some(paragraph), sink)
    };
    paragraphs.map(lower).collect()
}
