//! Checks the values of an example.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::json::{Json, Node};
use super::text::{is_base64, is_date_time};
use crate::diagnostic::{At, Place, Sink};
use crate::lower::include::included_rules;
use crate::lower::scope::{Scope, Shape};
use crate::lower::symbols::{Symbols, TypeSymbol};
use crate::lower::{fields, rules};
use crate::model::{Condition, Direction, EnumValue, Field, FieldKind, Format, Limit, Required, Rule};
use crate::raw::{RawEnvelope, RawEnvelopePart};

/// A visitor of the request or the response of an example.
#[derive(Debug)]
pub(super) struct Checker<'a> {
    pub(super) symbols: &'a Symbols<'a>,
    pub(super) sink: &'a Sink,
    /// `request` or `response`.
    pub(super) part: &'static str,
}

/// Checks the envelope of a response and returns its data, unless that is null or missing.
pub(super) fn check_envelope<'n>(checker: &Checker<'_>, raw: &RawEnvelope, node: &'n Node) -> Option<&'n Node> {
    let Json::Object(members) = &node.json else {
        checker.wrong("the envelope", "an object", node);
        return None;
    };
    let names = |part: &'_ Option<RawEnvelopePart>| -> Vec<String> {
        let names = part.iter().flat_map(|part| &part.names).flat_map(|names| &names.value);
        names.map(|name| name.value.clone()).collect()
    };
    let [code, message, data] = [&raw.code, &raw.message, &raw.data].map(names);
    let find = |names: &[String]| names.iter().find_map(|name| Some((name.clone(), members.get(name)?)));
    match find(&code) {
        None => checker.report(node.at, &format!("missing `{}`", code.join("` or `"))),
        Some((name, code)) => {
            let is_number = match &code.json {
                Json::String(text) => text.parse::<i64>().is_ok(),
                _ => code.integer().is_some(),
            };
            if !is_number {
                checker.wrong(&format!("`{name}`"), "an integer or a numeric string", code);
            }
        }
    }
    if let Some((name, message)) = find(&message)
        && !matches!(message.json, Json::String(_) | Json::Null)
    {
        checker.wrong(&format!("`{name}`"), "a string", message);
    }
    let known: Vec<_> = [code, message, data.clone()].concat();
    for (name, member) in members.iter().filter(|(name, _)| !known.contains(name)) {
        checker.unknown(name, member.at, known.iter().map(String::as_str));
    }
    find(&data).map(|(_, data)| data).filter(|data| !data.is_null())
}

impl Checker<'_> {
    /// Checks an object of this type.
    pub(super) fn object(&self, symbol: &TypeSymbol<'_>, owner: &str, node: &Node) {
        let Json::Object(members) = &node.json else { return self.wrong(&format!("`{owner}`"), "an object", node) };
        let scope = Scope::new(self.symbols, symbol);
        let mut present = IndexMap::new();
        self.members(&scope, None, members, &mut present);
        // Lowering of the type reports problems of its fields.
        let quiet = self.sink.silenced();
        let direction = symbol.direction.unwrap_or(Direction::Response);
        let lower = |shape| fields::lower_field(shape, &scope, self.symbols, direction, &quiet);
        let fields: Vec<Field> = scope.shapes.iter().filter_map(lower).collect();
        for (wire, found) in &present {
            if let Some(field) = fields.iter().find(|field| field.wire == *wire)
                && !found.node.is_null()
            {
                self.value(field, &field.kind, found.allowed, found.node);
            }
        }
        if direction == Direction::Request {
            let mut rules = rules::lower_rules(included_rules(self.symbols, symbol), &scope, &quiet);
            rules.extend(rules::lower_rules(&symbol.raw.rules, &scope, &quiet));
            self.required(&fields, &present, node.at);
            self.rules(&rules, &present, node.at);
        }
    }

    /// Collects the fields of an object or of one of its nested wire objects, and reports unknown ones.
    fn members<'n>(
        &self,
        scope: &'n Scope<'_>,
        within: Option<&str>,
        members: &'n IndexMap<String, Node>,
        present: &mut IndexMap<&'n str, Found<'n>>,
    ) {
        let here: Vec<&Shape<'_>> = scope.shapes.iter().filter(|shape| holder(shape) == within).collect();
        let nested: BTreeSet<&str> = match within {
            None => scope.shapes.iter().filter_map(holder).collect(),
            Some(_) => BTreeSet::new(),
        };
        for (name, node) in members {
            if let Some(shape) = here.iter().find(|shape| is_name(shape, name)) {
                present.insert(&shape.member.raw.wire.value, Found { node, allowed: &shape.allowed });
            } else if nested.contains(name.as_str()) {
                match &node.json {
                    Json::Object(members) => self.members(scope, Some(name), members, present),
                    _ => self.wrong(&format!("`{name}`"), "an object", node),
                }
            } else {
                let known = here.iter().map(|shape| shape.member.raw.wire.as_str()).chain(nested.iter().copied());
                self.unknown(name, node.at, known);
            }
        }
    }

    /// Checks the value of a field, or an item of its list.
    fn value(&self, field: &Field, kind: &FieldKind, allowed: &[EnumValue], node: &Node) {
        let is_valid = match (kind, &node.json) {
            (FieldKind::Int32, Json::Number(_)) => node.integer().is_some_and(|number| i32::try_from(number).is_ok()),
            (FieldKind::Int64, Json::Number(_)) => node.integer().is_some(),
            (FieldKind::Flag, Json::Number(_)) => matches!(node.integer(), Some(0 | 1)),
            (FieldKind::Float, Json::Number(_))
            | (FieldKind::String | FieldKind::Written(_), Json::String(_))
            | (FieldKind::Bool, Json::Bool(_)) => true,
            (FieldKind::DateTime, Json::String(text)) => is_date_time(text),
            (FieldKind::Base64, Json::String(text)) => is_base64(text),
            (FieldKind::Enum(_), Json::Number(_)) => {
                // Lowering of the enum reports if it has no values.
                allowed.is_empty() || allowed.iter().any(|value| Some(value.number) == node.integer())
            }
            (FieldKind::Object(name), _) => {
                if let Some(symbol) = self.symbols.type_named(name) {
                    self.object(symbol, &field.wire, node);
                }
                return;
            }
            (FieldKind::List(item), Json::Array(items)) => {
                return items.iter().for_each(|node| self.value(field, item, allowed, node));
            }
            _ => false,
        };
        if is_valid {
            field.limits.iter().for_each(|limit| self.limit(field, limit, node));
        } else {
            self.wrong(&format!("`{}`", field.wire), &expectation(kind, allowed), node);
        }
    }

    /// Checks a limit. The allowed values of an enum are already checked.
    fn limit(&self, field: &Field, limit: &Limit, node: &Node) {
        let (is_kept, expected) = match (limit, &node.json) {
            (Limit::Range { min, max }, Json::Number(number)) => {
                (is_between(number.as_f64(), *min, *max), span(*min, *max))
            }
            (Limit::Length { min, max }, Json::String(text)) => {
                let length = u64::try_from(text.chars().count()).ok();
                (is_between(length, *min, *max), format!("{} characters", span(*min, *max)))
            }
            (Limit::Format(Format::Digit), Json::String(text)) => {
                (matches!(text.as_bytes(), [digit] if digit.is_ascii_digit()), "one digit".to_owned())
            }
            _ => return,
        };
        if !is_kept {
            self.wrong(&format!("`{}`", field.wire), &expected, node);
        }
    }

    /// Checks that all required fields are present.
    fn required(&self, fields: &[Field], present: &IndexMap<&str, Found<'_>>, at: Place) {
        for field in fields {
            let because = match &field.required {
                Required::Always => String::new(),
                Required::When(conditions) if all_hold(conditions, present) => {
                    format!(", which is required when {}", Condition::in_words(conditions))
                }
                _ => continue,
            };
            let is_empty = |node: &Node| match &node.json {
                Json::Null => true,
                Json::String(text) => text.is_empty(),
                _ => false,
            };
            if present.get(field.wire.as_str()).is_none_or(|found| is_empty(found.node)) {
                self.report(at, &format!("missing `{}`{because}", field.wire));
            }
        }
    }

    fn rules(&self, rules: &[Rule], present: &IndexMap<&str, Found<'_>>, at: Place) {
        for Rule::AtLeastOne { when, fields, doc } in rules {
            let is_set = |wire: &String| present.get(wire.as_str()).and_then(|found| found.node.integer()) == Some(1);
            if all_hold(when, present) && !fields.iter().any(is_set) {
                self.report(at, doc.trim_end_matches('.'));
            }
        }
    }

    fn wrong(&self, subject: &str, expected: &str, node: &Node) {
        let (part, got) = (self.part, node.describe());
        self.sink.report(node.at, format!("expected {expected} for {subject} in the example's `{part}`, got {got}"));
    }

    fn unknown<'k>(&self, name: &str, at: Place, known: impl IntoIterator<Item = &'k str>) {
        let name = At { value: name.to_owned(), at };
        self.sink.unknown_in("field", &name, &format!("in the example's `{}`", self.part), known);
    }

    fn report(&self, at: Place, problem: &str) {
        self.sink.report(at, format!("{problem}, in the example's `{}`", self.part));
    }
}

/// A field that an example shows.
#[derive(Clone, Copy, Debug)]
struct Found<'n> {
    node: &'n Node,
    /// The values that its enum allows.
    allowed: &'n [EnumValue],
}

/// Returns whether a member has the wire name of a field or one of its aliases.
fn is_name(shape: &Shape<'_>, name: &str) -> bool {
    let aliases = shape.member.raw.aliases.iter().flat_map(|aliases| &aliases.value);
    std::iter::once(&shape.member.raw.wire).chain(aliases).any(|wire| wire.value == name)
}

/// Returns the nested wire object that contains a field.
fn holder<'a>(shape: &Shape<'a>) -> Option<&'a str> {
    shape.member.raw.within.as_ref().map(At::as_str)
}

fn all_hold(conditions: &[Condition], present: &IndexMap<&str, Found<'_>>) -> bool {
    conditions.iter().all(|condition| {
        let found = present.get(condition.field.as_str());
        found.and_then(|found| found.node.integer()) == Some(condition.equals.number())
    })
}

fn is_between<T: PartialOrd>(value: Option<T>, min: Option<T>, max: Option<T>) -> bool {
    let Some(value) = value else { return false };
    min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
}

/// Describes a range for a message.
fn span<T: ToString>(min: Option<T>, max: Option<T>) -> String {
    match (min.map(|min| min.to_string()), max.map(|max| max.to_string())) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, max) => format!("at most {}", max.unwrap_or_default()),
    }
}

/// Describes a valid value for a message.
fn expectation(kind: &FieldKind, allowed: &[EnumValue]) -> String {
    match kind {
        FieldKind::Int32 => "a 32-bit integer".to_owned(),
        FieldKind::Int64 => "a 64-bit integer".to_owned(),
        FieldKind::Float => "a number".to_owned(),
        FieldKind::String | FieldKind::Written(_) => "a string".to_owned(),
        FieldKind::Flag => "0 or 1".to_owned(),
        FieldKind::Bool => "true or false".to_owned(),
        FieldKind::DateTime => "a valid time, `yyyy-MM-dd HH:mm:ss`,".to_owned(),
        FieldKind::Base64 => "padded base64".to_owned(),
        FieldKind::Enum(_) => {
            let numbers: Vec<_> = allowed.iter().map(|value| value.number.to_string()).collect();
            format!("one of {}", numbers.join(", "))
        }
        FieldKind::Object(_) => "an object".to_owned(),
        FieldKind::List(_) => "a list".to_owned(),
    }
}
