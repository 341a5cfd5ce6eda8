//! The fields of a type together with those that it includes.

use super::symbols::{Symbols, TypeSymbol};
use crate::diagnostic::{At, Sink};
use crate::model::Direction;
use crate::raw::{RawField, RawInclude};

/// A field of a type, its own or an included one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    /// The field as it is written.
    pub(super) raw: &'a RawField,
    /// The documents of the type that has it, from which it is unless it names its own.
    pub(super) sources: &'a [String],
    /// Whether it is included: of such a field only what it holds and what it is called counts.
    pub(super) included: bool,
}

/// The fields of a type in order, the included ones first. Reports nothing; what cannot be included is left out.
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

/// A type, the type that it includes, the type that that one includes and so on, each once.
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

/// The type that a type includes.
fn included<'a>(symbols: &'a Symbols<'a>, symbol: &TypeSymbol<'a>) -> Option<&'a TypeSymbol<'a>> {
    symbols.type_named(symbol.raw.include.as_ref()?.from.as_ref()?.as_str())
}

/// The fields that a type does not want to include.
fn exceptions<'a>(symbol: &TypeSymbol<'a>) -> impl Iterator<Item = &'a At<String>> {
    let except = symbol.raw.include.as_ref().and_then(|include| include.except.as_ref());
    except.into_iter().flat_map(|except| &except.value)
}

/// Reports what is wrong with a type's `include`.
pub(super) fn check(symbols: &Symbols<'_>, symbol: &TypeSymbol<'_>, sink: &Sink) {
    let Some(include) = &symbol.raw.include else { return };
    if symbol.direction == Some(Direction::Request) {
        sink.report(include.at, "only a response can include the fields of another type");
    }
    let Some(from) = &include.from else { return };
    let Some(source) = symbols.find_type(from, sink) else { return };
    let chain = chain(symbols, symbol);
    let last = chain.last().expect("a chain begins with the type itself");
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

/// A request cannot be part of a response, not even by inclusion.
fn check_objects(symbols: &Symbols<'_>, symbol: &TypeSymbol<'_>, include: &RawInclude, sink: &Sink) {
    for member in members(symbols, symbol).iter().filter(|member| member.included) {
        let Some(kind) = &member.raw.kind else { continue };
        let name = kind.value.trim_matches(['[', ']']);
        if symbols.type_named(name).is_some_and(|object| object.direction == Some(Direction::Request)) {
            let wire = &member.raw.wire.value;
            sink.suggest(
                include.at,
                format!(
                    "the included field `{wire}` holds `{name}`, a request type, which cannot be part of a response"
                ),
                format!("name `{wire}` in `except` and define it here"),
            );
        }
    }
}
