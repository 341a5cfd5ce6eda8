//! Rules over several fields of a request, as types.
//!
//! A field that decides which others are required becomes a union: one member for each of its values, with what that
//! value requires. A request is its plain fields `&` these unions, so the number of its members is their product.
//!
//! The product is limited to [`MAX_MEMBERS`], because the compiler compares every member when a request is spread or
//! copied. Fields that require the most go first; a field that would exceed the limit is left out. The rules that have no
//! type are checked when a request is validated or sent: those that are left out, conditions on two fields, and "at least
//! one of".
//!
//! The compiler explains an error by the last member that is still possible. Members that require more come first, and
//! `Without` sorts after `With`, because versions from 7 on go by names.

use serde::Serialize;

use super::types::{default, is_optional, literal, property, requested};
use crate::model::{Api, Condition, EnumValue, Field, FieldKind, Limit, Literal, Required, Type};
use crate::names;

/// Maximum number of members of a request's union.
const MAX_MEMBERS: usize = 12;

/// A union of interfaces, told apart by the value of one field.
#[derive(Debug, Serialize)]
pub(super) struct RuleUnion<'a> {
    /// Name of the union.
    pub(super) name: String,
    /// Wire name of the field that decides.
    pub(super) decider: &'a str,
    /// The members; those that require more come first.
    members: Vec<UnionMember>,
    /// Wire names of the fields that some value requires.
    #[serde(skip)]
    required: Vec<&'a str>,
    /// Whether an object without any of the fields obeys the rule.
    #[serde(skip)]
    is_optional: bool,
}

/// An interface for one value of the deciding field.
#[derive(Debug, Serialize)]
struct UnionMember {
    name: String,
    doc: String,
    /// Declarations of its properties.
    properties: Vec<String>,
}

impl RuleUnion<'_> {
    /// Returns whether the rule concerns one of these fields.
    pub(super) fn concerns<'w>(&self, mut wires: impl Iterator<Item = &'w String>) -> bool {
        wires.any(|wire| wire == self.decider || self.required.contains(&wire.as_str()))
    }

    /// Returns whether an object without any of the fields obeys the rule.
    pub(super) fn is_optional(&self) -> bool {
        self.is_optional
    }
}

/// Returns the rules of a request that have a type, in the order of their fields.
pub(super) fn rules<'a>(api: &Api, request: &'a Type) -> Vec<RuleUnion<'a>> {
    let mut rules: Vec<RuleUnion<'a>> =
        request.fields.iter().filter_map(|field| rule(request, field, &values(api, field))).collect();
    // The sort is stable: fields that require as many others keep their order.
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.required.len()));
    let mut members = 1;
    rules.retain(|rule| {
        let product = members * rule.members.len();
        let fits = product <= MAX_MEMBERS;
        members = if fits { product } else { members };
        fits
    });
    rules.sort_by_key(|rule| request.fields.iter().position(|field| field.wire == rule.decider));
    rules
}

/// Returns the values that a field allows if they can be listed, because no type means "any number but 5".
fn values(api: &Api, field: &Field) -> Vec<Literal> {
    match &field.kind {
        FieldKind::Flag => vec![Literal::Flag(true), Literal::Flag(false)],
        FieldKind::Enum(enum_name) => {
            let allowed = field.limits.iter().find_map(|limit| match limit {
                Limit::OneOf(values) => Some(values),
                _ => None,
            });
            let literal = |EnumValue { name, number, .. }: &EnumValue| Literal::Enum {
                enum_name: enum_name.clone(),
                name: name.clone(),
                number: *number,
            };
            allowed.unwrap_or(&api.enum_named(enum_name).values).iter().map(literal).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the union for a field if one of its values by itself requires other fields.
fn rule<'a>(request: &'a Type, decider: &'a Field, values: &[Literal]) -> Option<RuleUnion<'a>> {
    let required_by = |value: &Literal| -> Vec<&'a Field> {
        let is_required = |field: &&Field| match &field.required {
            Required::When(conditions) => {
                matches!(conditions.as_slice(), [Condition { field, equals }] if *field == decider.wire && equals == value)
            }
            _ => false,
        };
        request.fields.iter().filter(is_required).collect()
    };
    let (demanding, free): (Vec<_>, Vec<_>) = values.iter().partition(|value| !required_by(value).is_empty());
    if demanding.is_empty() {
        return None;
    }
    let is_free_if_absent = is_optional(decider) && default(decider).is_none_or(|value| free.contains(&value));
    let mut members = Vec::new();
    for value in &demanding {
        // A flag that is known only at run time is accepted if everything is there that it may require.
        let own = match demanding.as_slice() {
            [_] => property(decider, &requested(decider), is_optional(decider)),
            _ => property(decider, &literal_type(value), default(decider) == Some(value)),
        };
        let required = required_by(value).into_iter().map(|field| property(field, &requested(field), false));
        members.push(UnionMember {
            name: format!("{}With{}", request.name, subject(&decider.wire, value)),
            doc: format!(
                "A {{@link {}}} with the fields that `{}: {}` requires.",
                request.name,
                decider.wire,
                literal(value)
            ),
            properties: std::iter::once(own).chain(required).collect(),
        });
    }
    if !free.is_empty() || is_free_if_absent {
        let types: Vec<_> = free.iter().map(|value| literal_type(value)).collect();
        let own = if types.is_empty() { "never".to_owned() } else { types.join(" | ") };
        let without = match demanding.as_slice() {
            [value] => subject(&decider.wire, value),
            _ => names::pascal(&decider.wire),
        };
        members.push(UnionMember {
            name: format!("{}Without{without}", request.name),
            doc: format!("A {{@link {}}} whose `{}` requires no other field.", request.name, decider.wire),
            properties: vec![property(decider, &own, is_free_if_absent)],
        });
    }
    Some(RuleUnion {
        name: format!("{}{}Rule", request.name, names::pascal(&decider.wire)),
        decider: &decider.wire,
        members,
        required: demanding.iter().flat_map(|value| required_by(value)).map(|field| field.wire.as_str()).collect(),
        is_optional: is_free_if_absent,
    })
}

/// Returns a field with a value as part of a name.
fn subject(wire: &str, value: &Literal) -> String {
    let subject = names::pascal(wire);
    match value {
        Literal::Flag(true) => subject,
        Literal::Flag(false) => format!("No{subject}"),
        Literal::Int(number) => format!("{subject}{number}"),
        Literal::Enum { name, .. } => format!("{subject}{}", names::pascal(name)),
    }
}

/// Returns the type of one value.
fn literal_type(value: &Literal) -> String {
    match value {
        Literal::Flag(_) | Literal::Int(_) => literal(value),
        Literal::Enum { .. } => format!("typeof {}", literal(value)),
    }
}
