//! The fields of a type, its own and the included ones.

use super::symbols::{Symbols, TypeSymbol};
use crate::diagnostic::{At, Sink};
use crate::model::Direction;
use crate::raw::{RawField, RawInclude};

/// A field of a type, its own or an included one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    /// The field in the spec.
    pub(super) raw: &'a RawField,
    /// Sources of the type, which a field without sources inherits.
    pub(super) sources: &'a [String],
    /// Whether it is included. Only the names, kind and doc of an included field count.
    pub(super) included: bool,
}

/// Lists the fields of a type in order, the included ones first. Leaves out invalid ones without a report.
pub(super) fn members<'a>(symbols: &'a Symbols<'a>, symbol: &'a TypeSymbol<'a>) -> Vec<Member<'a>> {
    let mut blocks = Vec::new();
    let mut except: Vec<&str> = Vec::new();
    for (depth, ancestor) in chain(symbols, symbol).into_iter().enumerate() {
        let fields = ancestor.raw.fields.iter().filter(|raw| !except.contains(&raw.wire.as_str()));
        let member = |raw| Member { raw, sources: &symbol.sources, included: depth > 0 };
        blocks.push(fields.map(member).collect::<Vec<_>>());
        except.extend(exceptions(ancestor).map(At::as_str));
    }
    blocks.into_iter().rev().flatten().collect()
}

/// Lists a type, the type that it includes, and so on. A circle ends the list.
fn chain<'a>(symbols: &'a Symbols<'a>, symbol: &'a TypeSymbol<'a>) -> Vec<&'a TypeSymbol<'a>> {
    let mut chain = vec![symbol];
    let mut current = symbol;
    while let Some(next) = included(symbols, current)
        && !chain.iter().any(|seen| std::ptr::eq(*seen, next))
    {
        chain.push(next);
        current = next;
    }
    chain
}

/// Returns the type that a type includes.
fn included<'a>(symbols: &'a Symbols<'a>, symbol: &TypeSymbol<'a>) -> Option<&'a TypeSymbol<'a>> {
    symbols.type_named(symbol.raw.include.as_ref()?.from.as_ref()?.as_str())
}

/// Lists the names in `except`.
fn exceptions<'a>(symbol: &TypeSymbol<'a>) -> impl Iterator<Item = &'a At<String>> {
    let except = symbol.raw.include.as_ref().and_then(|include| include.except.as_ref());
    except.into_iter().flat_map(|except| &except.value)
}

/// Checks the `include` of a type.
pub(super) fn check(symbols: &Symbols<'_>, symbol: &TypeSymbol<'_>, sink: &Sink) {
    let Some(include) = &symbol.raw.include else { return };
    if symbol.direction == Some(Direction::Request) {
        sink.suggest(include.at, "`include` is only for responses", "remove it");
    }
    let Some(from) = &include.from else { return };
    let Some(source) = symbols.find_type(from, sink) else { return };
    let chain = chain(symbols, symbol);
    let last = chain.last().expect("the chain starts with the type itself");
    if included(symbols, last).is_some_and(|next| std::ptr::eq(next, symbol)) {
        let mut circle: Vec<_> = chain.iter().map(|symbol| symbol.name.as_str()).collect();
        circle.push(symbol.name.as_str());
        sink.report(include.at, format!("types include each other in a circle: {}", circle.join(" → ")));
        return;
    }
    check_exceptions(symbol, &members(symbols, source), sink);
    check_objects(symbols, symbol, include, sink);
}

fn check_exceptions(symbol: &TypeSymbol<'_>, available: &[Member<'_>], sink: &Sink) {
    for name in exceptions(symbol) {
        if !available.iter().any(|member| member.raw.wire.value == name.value) {
            sink.unknown("field", name, available.iter().map(|member| member.raw.wire.as_str()));
        }
    }
}

/// Checks that no included field contains a request type.
fn check_objects(symbols: &Symbols<'_>, symbol: &TypeSymbol<'_>, include: &RawInclude, sink: &Sink) {
    for member in members(symbols, symbol).iter().filter(|member| member.included) {
        let Some(kind) = &member.raw.kind else { continue };
        let name = kind.value.trim_matches(['[', ']']);
        if symbols.type_named(name).is_some_and(|object| object.direction == Some(Direction::Request)) {
            let wire = &member.raw.wire.value;
            sink.suggest(
                include.at,
                format!("the included field `{wire}` has the request type `{name}`, which a response cannot contain"),
                format!("add `{wire}` to `except` and define it here"),
            );
        }
    }
}
