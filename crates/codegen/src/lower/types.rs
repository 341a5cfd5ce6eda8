//! Lowers types.

use std::collections::{BTreeMap, BTreeSet};

use super::docs;
use super::include::{self, Member, Origin, members};
use super::naming::Taken;
use super::scope::Scope;
use super::symbols::{Symbols, TypeSymbol};
use super::{constructors, fields, lints, rules};
use crate::diagnostic::{At, Place, Sink};
use crate::model::{Direction, Field, FieldKind, Notation, Type};
use crate::names;

/// Lowers all types.
pub(super) fn lower_types(symbols: &Symbols<'_>, sink: &Sink) -> Vec<Type> {
    symbols.types.iter().filter_map(|symbol| lower_type(symbols, symbol, sink)).collect()
}

fn lower_type(symbols: &Symbols<'_>, symbol: &TypeSymbol<'_>, sink: &Sink) -> Option<Type> {
    let direction = symbol.direction?;
    let raw = symbol.raw;
    docs::check_about(&raw.about, sink);
    include::check(symbols, symbol, sink);
    let scope = Scope::new(symbols, symbol);
    check_names(&scope, symbol, sink);
    check_fields(symbol, direction, sink);
    check_size(symbols, symbol, sink);
    let lower_field = |shape| fields::lower_field(shape, &scope, symbols, direction, sink);
    let fields: Vec<Field> = scope.shapes.iter().filter_map(lower_field).collect();
    if direction == Direction::Response {
        check_response_keys(symbol, sink);
    }
    // Lowering of the included type reports problems of its rules.
    let quiet = sink.silenced();
    let mut rules = rules::lower_rules(include::included_rules(symbols, symbol), &scope, &quiet);
    rules.extend(rules::lower_rules(&raw.rules, &scope, sink));
    let mut lints = lints::lower_lints(include::included_warnings(symbols, symbol), &scope, &quiet);
    lints.extend(lints::lower_lints(&raw.warnings, &scope, sink));
    Some(Type {
        name: symbol.name.value.clone(),
        direction,
        doc: docs::about(&raw.about, &symbol.sources),
        rules,
        lints,
        constructors: constructors::lower_constructors(&raw.constructors, &fields, &scope, sink),
        totals: totals(symbol, &fields, sink),
        cost: named_field(symbol.raw.cost.as_ref(), symbol, &fields, sink, "cost", |kind| {
            *kind == FieldKind::Written(Notation::Fee)
        }),
        state: named_field(
            symbol.raw.state.as_ref(),
            symbol,
            &fields,
            sink,
            "state",
            |kind| matches!(kind, FieldKind::Enum(name) if symbols.is_state(name)),
        ),
        updates: updates(symbols, symbol, sink),
        foreign: Vec::new(),
        fields,
    })
}

/// Checks that the names of fields and constructors are unique in every language and on the wire.
fn check_names(scope: &Scope<'_>, symbol: &TypeSymbol<'_>, sink: &Sink) {
    let mut taken = Taken::default();
    for (index, shape) in scope.shapes.iter().enumerate() {
        let name = &shape.member.raw.wire;
        let again = scope.shapes[..index].iter().any(|before| before.member.raw.wire.value == name.value);
        if names::reserved::reserved_property(&name.value) {
            let message = format!("`{}` is reserved, because requests or responses have this property", name.value);
            sink.report(name.at, message);
        }
        if !again {
            taken.take("field", name, sink);
        } else if shape.member.origin == Origin::Own {
            // TOML keys are unique, so only an included field can have the same name.
            let message = format!("field `{}` is already included", name.value);
            sink.suggest(name.at, message, "add it to `except` of `include`");
        }
    }
    for constructor in &symbol.raw.constructors {
        taken.take("constructor", &constructor.name, sink);
    }
    check_nested_names(scope, sink);
    check_wire_names(scope, sink);
}

/// Checks that a type has fields.
fn check_fields(symbol: &TypeSymbol<'_>, direction: Direction, sink: &Sink) {
    if symbol.raw.fields.is_empty() && symbol.raw.include.is_none() {
        let message = format!("type `{}` has no fields", symbol.name.value);
        let remedy = match direction {
            Direction::Request => "add one",
            Direction::Response => "add one, or remove `[response]` if the response contains no useful data",
        };
        sink.suggest(symbol.name.at, message, remedy);
    }
}

/// Checks that the name of a nested object differs from those of fields and of other nested objects.
fn check_nested_names(scope: &Scope<'_>, sink: &Sink) {
    let mut taken = Taken::default();
    let quiet = sink.silenced();
    for shape in &scope.shapes {
        taken.take("field", &shape.member.raw.wire, &quiet);
    }
    let mut seen = BTreeSet::new();
    for within in scope.shapes.iter().filter_map(|shape| shape.member.raw.within.as_ref()) {
        if seen.insert(within.as_str()) {
            taken.take("nested object", within, sink);
        }
    }
}

/// Checks that each alias is a unique wire name.
fn check_wire_names(scope: &Scope<'_>, sink: &Sink) {
    let mut names: BTreeMap<&str, Place> = BTreeMap::new();
    let fields = scope.shapes.iter().map(|shape| &shape.member.raw.wire);
    names.extend(fields.map(|wire| (wire.as_str(), wire.at)));
    for alias in scope.shapes.iter().flat_map(|shape| shape.member.raw.aliases.iter().flat_map(|names| &names.value)) {
        match names.get(alias.as_str()) {
            Some(at) if *at != alias.at => {
                sink.report(alias.at, format!("`{}` is already used by the field at {}", alias.value, sink.show(*at)));
            }
            _ => drop(names.insert(&alias.value, alias.at)),
        }
    }
}

/// Checks that a type contains itself only in a list.
fn check_size(symbols: &Symbols<'_>, symbol: &TypeSymbol<'_>, sink: &Sink) {
    for Member { raw: field, .. } in members(symbols, symbol) {
        let kind = field.kind.as_ref().and_then(|kind| symbols.kind(&kind.value));
        let Some(FieldKind::Object(name)) = kind else { continue };
        let mut seen = vec![name];
        let mut next = 0;
        while let Some(name) = seen.get(next).cloned() {
            next += 1;
            if name == symbol.name.value {
                sink.suggest(field.wire.at, format!("`{name}` contains itself"), "use a list");
                break;
            }
            let inner = symbols.type_named(&name).into_iter().flat_map(|symbol| members(symbols, symbol));
            for kind in inner.filter_map(|member| symbols.kind(&member.raw.kind.as_ref()?.value)) {
                if let FieldKind::Object(name) = kind
                    && !seen.contains(&name)
                {
                    seen.push(name);
                }
            }
        }
    }
}

/// Reports parts that only requests may have.
fn check_response_keys(symbol: &TypeSymbol<'_>, sink: &Sink) {
    let raw = symbol.raw;
    let rules = raw.rules.first().map(|rule| ("rules", rule.at));
    let warnings = raw.warnings.first().map(|warning| ("warnings", warning.at));
    let constructors = raw.constructors.first().map(|constructor| ("constructors", constructor.name.at));
    for (key, at) in [rules, warnings, constructors].into_iter().flatten() {
        sink.suggest(at, format!("`{key}` is only for requests"), "remove it");
    }
}

/// Checks and lowers `totals`, the name of the type that sums the fees.
fn totals(symbol: &TypeSymbol<'_>, fields: &[Field], sink: &Sink) -> Option<String> {
    let name = symbol.raw.totals.as_ref()?;
    if symbol.direction == Some(Direction::Request) {
        sink.suggest(name.at, "`totals` is only for responses", "remove it");
    } else if !fields.iter().any(|field| field.kind == FieldKind::Written(Notation::Fee)) {
        sink.report(name.at, "`totals` needs a field of type `fee`");
    }
    Some(name.value.clone())
}

/// Checks and lowers `cost` or `state`, which names a field of the response that has `totals`.
fn named_field(
    name: Option<&At<String>>,
    symbol: &TypeSymbol<'_>,
    fields: &[Field],
    sink: &Sink,
    key: &str,
    fits: impl Fn(&FieldKind) -> bool,
) -> Option<String> {
    let name = name?;
    if symbol.raw.totals.is_none() {
        sink.suggest(name.at, format!("`{key}` is only for the response with `totals`"), "remove it");
    } else if !fields.iter().any(|field| field.wire == name.value && fits(&field.kind)) {
        let kind = if key == "cost" { "of type `fee`" } else { "whose enum has `next`" };
        sink.report(name.at, format!("expected a field {kind} in `{key}`, got `{}`", name.value));
    }
    Some(name.value.clone())
}

/// Checks and lowers `updates`, the names of the requests that write a response back.
fn updates(symbols: &Symbols<'_>, symbol: &TypeSymbol<'_>, sink: &Sink) -> Vec<String> {
    let Some(names) = &symbol.raw.updates else { return Vec::new() };
    if symbol.direction == Some(Direction::Request) {
        sink.suggest(names.at, "`updates` is only for responses", "remove it");
    }
    for name in &names.value {
        if symbols.find_type(name, sink).is_some_and(|of| of.direction != Some(Direction::Request)) {
            sink.report(name.at, format!("expected a request in `updates`, got `{}`", name.value));
        }
    }
    docs::strings(names, "updates", sink)
}
