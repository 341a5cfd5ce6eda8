//! The fields of a type, its own and the included ones.

use super::symbols::{Symbols, TypeSymbol};
use crate::diagnostic::{At, Sink};
use crate::model::Direction;
use crate::raw::{RawConditions, RawField, RawInclude, RawRule, RawWarning};

/// A field of a type, its own or an included one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    /// The field in the spec.
    pub(super) raw: &'a RawField,
    /// Sources of the type, which a field without sources inherits.
    pub(super) sources: &'a [String],
    /// How the type has the field.
    pub(super) origin: Origin,
}

/// How a type has a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The type defines it.
    Own,
    /// A request includes it from another request, with its rules.
    WithRules,
    /// A response includes it. Only its names, kind and doc count.
    WithoutRules,
}

/// Lists the fields of a type in order. Leaves out invalid ones without a report.
pub(super) fn members<'a>(symbols: &'a Symbols<'a>, symbol: &'a TypeSymbol<'a>) -> Vec<Member<'a>> {
    let included = match symbol.direction {
        Some(Direction::Request) => Origin::WithRules,
        _ => Origin::WithoutRules,
    };
    let mut members: Vec<Member<'a>> = Vec::new();
    let mut except: Vec<&str> = Vec::new();
    // Where the fields of the next included type go.
    let mut position = 0;
    for (depth, ancestor) in chain(symbols, symbol).into_iter().enumerate() {
        let origin = if depth == 0 { Origin::Own } else { included };
        let fields = ancestor.raw.fields.iter().filter(|raw| !except.contains(&raw.wire.as_str()));
        let fields: Vec<_> = fields.map(|raw| Member { raw, sources: &symbol.sources, origin }).collect();
        let after = ancestor.raw.include.as_ref().and_then(|include| include.after.as_ref());
        let before = after.and_then(|after| fields.iter().position(|field| field.raw.wire.value == after.value));
        members.splice(position..position, fields);
        position += before.map_or(0, |before| before + 1);
        except.extend(exceptions(ancestor).map(At::as_str));
    }
    members
}

/// Lists the rules that a request includes. Leaves out a rule if all its fields are left out.
pub(super) fn included_rules<'a>(symbols: &'a Symbols<'a>, symbol: &'a TypeSymbol<'a>) -> Vec<&'a At<RawRule>> {
    let is_kept = |rule: &&At<RawRule>, except: &[&str]| {
        let RawRule::AtLeastOne { fields, .. } = &rule.value;
        fields.as_ref().is_none_or(|fields| !fields.value.iter().all(|field| except.contains(&field.as_str())))
    };
    included_parts(symbols, symbol, |ancestor| &ancestor.raw.rules, is_kept)
}

/// Lists the warnings that a request includes. Leaves out a warning if one of its fields is left out.
pub(super) fn included_warnings<'a>(symbols: &'a Symbols<'a>, symbol: &'a TypeSymbol<'a>) -> Vec<&'a At<RawWarning>> {
    let is_kept = |warning: &&At<RawWarning>, except: &[&str]| {
        let fields = match &warning.value {
            RawWarning::NoEffect { field, .. }
            | RawWarning::UnknownVariable { field, .. }
            | RawWarning::Empty { field, .. } => [field, &None],
            RawWarning::Reversed { start, end, .. } => [start, end],
        };
        !fields.into_iter().flatten().any(|field| except.contains(&field.as_str()))
    };
    included_parts(symbols, symbol, |ancestor| &ancestor.raw.warnings, is_kept)
}

/// Lists the rules or warnings that a request includes, in order.
fn included_parts<'a, T>(
    symbols: &'a Symbols<'a>,
    symbol: &'a TypeSymbol<'a>,
    parts: impl Fn(&TypeSymbol<'a>) -> &'a [T],
    is_kept: impl Fn(&&'a T, &[&str]) -> bool,
) -> Vec<&'a T> {
    let mut blocks = Vec::new();
    let mut except: Vec<&str> = exceptions(symbol).map(At::as_str).collect();
    let is_request = symbol.direction == Some(Direction::Request);
    for ancestor in chain(symbols, symbol).into_iter().skip(1).filter(|_| is_request) {
        blocks.push(parts(ancestor).iter().filter(|part| is_kept(part, &except)).collect::<Vec<_>>());
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
    if let Some(after) = &include.after
        && !symbol.raw.fields.iter().any(|field| field.wire.value == after.value)
    {
        sink.unknown("field", after, symbol.raw.fields.iter().map(|field| field.wire.as_str()));
    }
    let Some(from) = &include.from else { return };
    let source = match symbol.direction {
        Some(Direction::Request) => symbols.find_type_of(from, Direction::Request, sink),
        _ => symbols.find_type(from, sink),
    };
    let Some(source) = source else { return };
    let chain = chain(symbols, symbol);
    let last = chain.last().expect("the chain starts with the type itself");
    if included(symbols, last).is_some_and(|next| std::ptr::eq(next, symbol)) {
        let mut circle: Vec<_> = chain.iter().map(|symbol| symbol.name.as_str()).collect();
        circle.push(symbol.name.as_str());
        sink.report(include.at, format!("types include each other in a circle: {}", circle.join(" → ")));
        return;
    }
    check_exceptions(symbol, &members(symbols, source), sink);
    match symbol.direction {
        Some(Direction::Request) => check_conditions(symbols, symbol, include, sink),
        _ => check_objects(symbols, symbol, include, sink),
    }
}

fn check_exceptions(symbol: &TypeSymbol<'_>, available: &[Member<'_>], sink: &Sink) {
    for name in exceptions(symbol) {
        if !available.iter().any(|member| member.raw.wire.value == name.value) {
            sink.unknown("field", name, available.iter().map(|member| member.raw.wire.as_str()));
        }
    }
}

/// Checks that a response includes no field that contains a request type.
fn check_objects(symbols: &Symbols<'_>, symbol: &TypeSymbol<'_>, include: &RawInclude, sink: &Sink) {
    for member in members(symbols, symbol).iter().filter(|member| member.origin != Origin::Own) {
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

/// Checks that a request has every field on which an included field, rule or warning depends.
fn check_conditions(symbols: &Symbols<'_>, symbol: &TypeSymbol<'_>, include: &RawInclude, sink: &Sink) {
    let members = members(symbols, symbol);
    let excepted: Vec<_> = exceptions(symbol).map(At::as_str).collect();
    let is_missing =
        |name: &str| excepted.contains(&name) && !members.iter().any(|member| member.raw.wire.value == name);
    let check = |owner: &str, needed: Vec<&At<String>>| {
        if let Some(missing) = needed.into_iter().find(|name| is_missing(name.as_str())) {
            let message = format!("{owner} depends on `{}`, which is in `except`", missing.value);
            sink.suggest(include.at, message, "include both or neither");
        }
    };
    for member in members.iter().filter(|member| member.origin == Origin::WithRules) {
        check(&format!("the included field `{}`", member.raw.wire.value), names(member.raw.required_when.as_ref()));
    }
    for rule in included_rules(symbols, symbol) {
        let RawRule::AtLeastOne { when, fields, .. } = &rule.value;
        let flags = fields.iter().flat_map(|fields| &fields.value);
        check("an included rule", names(when.as_ref()).into_iter().chain(flags).collect());
    }
    for warning in included_warnings(symbols, symbol) {
        if let RawWarning::NoEffect { unless, .. } = &warning.value {
            check("an included warning", names(unless.as_ref()));
        }
    }
}

/// Lists the fields of conditions.
fn names(conditions: Option<&At<RawConditions>>) -> Vec<&At<String>> {
    conditions.iter().flat_map(|conditions| &conditions.value).map(|(name, _)| name).collect()
}
