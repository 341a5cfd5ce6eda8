//! The rules over several fields of a request, as types.
//!
//! A rule says: unless a field has a certain value, or whenever it has that value, others must be there. As a type that
//! is a union. One member leaves the value out and asks for nothing; the other allows every value and asks for what the
//! rule requires, so that a flag that is only known when the program runs is accepted if all that it may require is
//! given. Rules on different fields are joined by `&`.
//!
//! The compiler explains a refusal by the last member that is still possible, and within it by the first part that does
//! not fit, so that messages depend on orders. Members that ask for more come first. Versions up to 6 go by where a member
//! stands; later ones by its number of parts, and then by their names: all members of a rule have as many parts, and
//! those that ask for nothing are named `Without`, which comes after `With` and a capital letter. Rules that leave a
//! choice come last, because that may be made already and lack only what another rule requires of it.

use std::collections::BTreeSet;

use super::types::{property, requested, type_of_value};
use crate::model::{Api, Condition, EnumValue, Field, FieldKind, Limit, Literal, Required, Rule, Type};
use crate::names;

/// The types that carry the rules of one request.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Members of the unions.
    pub(super) variants: Vec<Variant>,
    /// The unions, innermost first.
    pub(super) unions: Vec<Union>,
    /// What holds for the whole object.
    pub(super) whole: Vec<Whole>,
}

/// An interface that is a member of a union, or part of one.
#[derive(Debug)]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) doc: String,
    /// Declarations of its properties.
    pub(super) properties: Vec<String>,
}

/// A union under a name.
#[derive(Debug)]
pub(super) struct Union {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) members: Vec<String>,
}

/// A union that holds for the whole object.
#[derive(Debug)]
pub(super) struct Whole {
    /// Name of the union.
    pub(super) name: String,
    /// Wire name of the field whose value decides; `None` if the rule always holds.
    pub(super) decider: Option<String>,
    /// Wire names of all fields that have a part in it.
    pub(super) fields: BTreeSet<String>,
    /// Whether an object without any of the fields obeys.
    pub(super) is_optional: bool,
}

/// What is required under conditions, all of which must hold.
#[derive(Clone, Debug)]
struct Demand<'a> {
    when: &'a [Condition],
    what: What<'a>,
}

/// What is required.
#[derive(Clone, Copy, Debug)]
enum What<'a> {
    Field(&'a Field),
    AtLeastOne(&'a [String]),
}

impl What<'_> {
    /// Wire names of the fields.
    fn fields(&self) -> Vec<String> {
        match self {
            Self::Field(field) => vec![field.wire.clone()],
            Self::AtLeastOne(fields) => fields.to_vec(),
        }
    }
}

/// The rules of a request.
pub(super) fn rules(api: &Api, request: &Type) -> Rules {
    let fields = request.fields.iter().filter_map(|field| match &field.required {
        Required::When(when) => Some(Demand { when, what: What::Field(field) }),
        _ => None,
    });
    let rules = request.rules.iter().map(|rule| {
        let Rule::AtLeastOne { when, fields, .. } = rule;
        Demand { when, what: What::AtLeastOne(fields) }
    });
    let demands: Vec<_> = fields.chain(rules).filter(|demand| is_expressible(request, demand.when)).collect();
    let mut builder = Builder { api, request, rules: Rules::default() };
    builder.whole(&demands);
    builder.rules
}

/// Whether conditions are on fields with few values: no type is "any number but 5".
fn is_expressible(request: &Type, conditions: &[Condition]) -> bool {
    let has_few = |of: &Condition| matches!(request.field(&of.field).kind, FieldKind::Flag | FieldKind::Enum(_));
    conditions.iter().all(has_few)
}

/// Collects the types.
struct Builder<'a> {
    api: &'a Api,
    request: &'a Type,
    rules: Rules,
}

impl<'a> Builder<'a> {
    /// Adds the types for what is required of the whole object.
    fn whole(&mut self, demands: &[Demand<'a>]) {
        let path = self.request.name.clone();
        let mut has_choice = Vec::new();
        for (index, fields) in choices(demands).into_iter().enumerate() {
            let name = self.choice(&path, index, fields);
            let is_optional = fields.iter().any(|wire| default(self.request.field(wire)) == Some(&Literal::Flag(true)));
            let fields = fields.iter().cloned().collect();
            self.rules.whole.push(Whole { name, decider: None, fields, is_optional });
            has_choice.push(true);
        }
        for (decider, demands) in by_decider(demands) {
            let field = self.request.field(decider);
            // Without the field, nothing is required unless its default is a value that requires something.
            let is_optional = super::types::is_optional(field)
                && !demands.iter().any(|demand| Some(&demand.when[0].equals) == default(field));
            let conditions = demands.iter().flat_map(|demand| demand.when).map(|condition| condition.field.clone());
            let fields = conditions.chain(demands.iter().flat_map(|demand| demand.what.fields())).collect();
            let name = self.decided(&path, decider, &demands);
            self.rules.whole.push(Whole { name, decider: Some(decider.to_owned()), fields, is_optional });
            has_choice.push(demands.iter().any(|demand| matches!(demand.what, What::AtLeastOne(_))));
        }
        let mut rules: Vec<_> = self.rules.whole.drain(..).zip(has_choice).collect();
        rules.sort_by_key(|(_, has_choice)| *has_choice);
        self.rules.whole = rules.into_iter().map(|(rule, _)| rule).collect();
    }

    /// Adds the union for what the value of one field requires, and gives its name.
    fn decided(&mut self, path: &str, decider: &str, demands: &[Demand<'a>]) -> String {
        let field = self.request.field(decider);
        let subject = names::pascal(decider);
        let values = distinct(demands.iter().map(|demand| &demand.when[0].equals));
        let rest: Vec<_> = self.values(field).into_iter().filter(|value| !values.contains(&value)).collect();
        let is_absent_free =
            super::types::is_optional(field) && default(field).is_none_or(|value| rest.contains(value));
        let widened = || property(decider, &requested(field), super::types::is_optional(field));
        let beside = |value: Option<&Literal>| -> Vec<Demand<'a>> {
            let of = demands.iter().filter(|demand| value.is_none_or(|value| demand.when[0].equals == *value));
            of.map(|demand| Demand { when: &demand.when[1..], what: demand.what }).collect()
        };
        let mut members = Vec::new();
        if let [value] = values.as_slice() {
            let name = format!("{path}With{}", words(decider, value));
            let doc = format!("Gives what is required when `{decider}` is {}.", value.number());
            members.push(self.variant(&name, doc, widened(), &beside(None)));
        } else {
            let doc = format!("Gives what is required whatever `{decider}` is.");
            members.push(self.variant(&format!("{path}WithAny{subject}"), doc, widened(), &beside(None)));
            for value in &values {
                let name = format!("{path}With{}", words(decider, value));
                let doc = format!("Gives what is required when `{decider}` is {}, which it is.", value.number());
                let own = property(decider, &type_of(value), default(field) == Some(*value));
                members.push(self.variant(&name, doc, own, &beside(Some(value))));
            }
        }
        if is_absent_free || !rest.is_empty() {
            let own = if rest.is_empty() {
                format!("{decider}?: undefined")
            } else {
                let of: Vec<_> = rest.iter().map(type_of).collect();
                property(decider, &of.join(" | "), is_absent_free)
            };
            let name = match values.as_slice() {
                [value] => format!("{path}Without{}", words(decider, value)),
                _ => format!("{path}WithoutSuch{subject}"),
            };
            let or_none = if is_absent_free { ", or none" } else { "" };
            let doc = format!("Has a value of `{decider}` that requires nothing{or_none}.");
            members.push(self.variant(&name, doc, own, &[]));
        }
        let further = further(&beside(None));
        let members = members.into_iter().map(|parts| self.padded(parts, &further)).collect();
        let doc = format!("What `{decider}` requires of a {{@link {}}}.", self.request.name);
        self.union(format!("{path}{subject}Rule"), doc, members)
    }

    /// The member of a union that is made of these parts, and of one for each of the further rules that only other members
    /// have: it leaves their fields as they are.
    fn padded(&mut self, mut parts: Vec<String>, further: &[Vec<String>]) -> String {
        let own = parts[0].clone();
        for (index, wires) in further.iter().enumerate().skip(parts.len() - 1) {
            let name = numbered(format!("{own}Rest"), index);
            let fields = wires.iter().map(|wire| self.request.field(wire));
            let properties = fields.map(|field| property(&field.wire, &requested(field), true)).collect();
            let doc = format!("Requires nothing of {}.", quoted(wires));
            self.rules.variants.push(Variant { name: name.clone(), doc, properties });
            parts.push(name);
        }
        if parts.len() == 1 { own } else { format!("({})", parts.join(" & ")) }
    }

    /// Adds the interface for a variant, and gives its name with those of the unions for all that is required further.
    fn variant(&mut self, name: &str, doc: String, own: String, demands: &[Demand<'a>]) -> Vec<String> {
        let required = demands.iter().filter(|demand| demand.when.is_empty()).filter_map(|demand| match demand.what {
            What::Field(field) => Some(property(&field.wire, &requested(field), false)),
            What::AtLeastOne(_) => None,
        });
        let properties = std::iter::once(own).chain(required).collect();
        self.rules.variants.push(Variant { name: name.to_owned(), doc, properties });
        let mut parts = vec![name.to_owned()];
        for (index, fields) in choices(demands).into_iter().enumerate() {
            parts.push(self.choice(name, index, fields));
        }
        for (decider, demands) in by_decider(demands) {
            parts.push(self.decided(name, decider, &demands));
        }
        parts
    }

    /// Adds the union of flags of which one must be set, and gives its name. Each member names all of them, because a
    /// message shows one.
    fn choice(&mut self, path: &str, index: usize, fields: &[String]) -> String {
        let rule = numbered(format!("{path}Choice"), index);
        let members = fields.iter().map(|wire| {
            let others = fields.iter().filter(|other| *other != wire);
            let all: Vec<_> = std::iter::once(wire).chain(others).map(|wire| names::pascal(wire)).collect();
            let name = format!("{rule}Of{}", all.join("Or"));
            let field = self.request.field(wire);
            let properties = vec![property(wire, "true", default(field) == Some(&Literal::Flag(true)))];
            self.rules.variants.push(Variant { name: name.clone(), doc: format!("Sets `{wire}`."), properties });
            name
        });
        let members = members.collect();
        let doc = format!("At least one of {} is set.", quoted(fields));
        self.union(rule, doc, members)
    }

    fn union(&mut self, name: String, doc: String, members: Vec<String>) -> String {
        self.rules.unions.push(Union { name: name.clone(), doc, members });
        name
    }

    /// The values that a field may have.
    fn values(&self, field: &Field) -> Vec<Literal> {
        let FieldKind::Enum(enum_name) = &field.kind else { return vec![Literal::Flag(true), Literal::Flag(false)] };
        let allowed = field.limits.iter().find_map(|limit| match limit {
            Limit::OneOf(values) => Some(values),
            _ => None,
        });
        let literal = |value: &EnumValue| Literal::Enum {
            enum_name: enum_name.clone(),
            name: value.name.clone(),
            number: value.number,
        };
        allowed.unwrap_or(&self.api.enum_named(enum_name).values).iter().map(literal).collect()
    }
}

/// A field with a value, as part of a name.
fn words(wire: &str, value: &Literal) -> String {
    let subject = names::pascal(wire);
    match value {
        Literal::Flag(true) => subject,
        Literal::Flag(false) => format!("No{subject}"),
        Literal::Int(number) => format!("{subject}{number}"),
        Literal::Enum { name, .. } => format!("{subject}{}", names::pascal(name)),
    }
}

/// A name for each of several things of a kind.
fn numbered(name: String, index: usize) -> String {
    if index == 0 { name } else { format!("{name}{}", index + 1) }
}

/// Names of fields in a sentence.
fn quoted(wires: &[String]) -> String {
    wires.iter().map(|wire| format!("`{wire}`")).collect::<Vec<_>>().join(", ")
}

/// The fields of each union that [`Builder::variant`] adds for what is required further.
fn further(demands: &[Demand<'_>]) -> Vec<Vec<String>> {
    let deciders = by_decider(demands).into_iter().map(|(decider, _)| vec![decider.to_owned()]);
    choices(demands).into_iter().map(<[String]>::to_vec).chain(deciders).collect()
}

/// What is filled in for a field.
fn default(field: &Field) -> Option<&Literal> {
    field.default.as_ref()
}

/// The type of a literal.
fn type_of(value: &Literal) -> String {
    match value {
        Literal::Flag(_) | Literal::Int(_) => super::types::literal(value),
        Literal::Enum { enum_name, name, .. } => type_of_value(enum_name, name),
    }
}

/// The flags of each demand without further conditions of which one must be set.
fn choices<'a>(demands: &[Demand<'a>]) -> Vec<&'a [String]> {
    let choice = |demand: &Demand<'a>| match demand.what {
        What::AtLeastOne(fields) if demand.when.is_empty() => Some(fields),
        _ => None,
    };
    demands.iter().filter_map(choice).collect()
}

/// The demands with further conditions, by the field of the next one.
fn by_decider<'a>(demands: &[Demand<'a>]) -> Vec<(&'a str, Vec<Demand<'a>>)> {
    let mut groups: Vec<(&str, Vec<Demand<'_>>)> = Vec::new();
    for demand in demands {
        let Some(condition) = demand.when.first() else { continue };
        match groups.iter_mut().find(|(field, _)| *field == condition.field) {
            Some((_, group)) => group.push(demand.clone()),
            None => groups.push((&condition.field, vec![demand.clone()])),
        }
    }
    groups
}

/// Each value once, in order.
fn distinct<'a>(values: impl Iterator<Item = &'a Literal>) -> Vec<&'a Literal> {
    let mut distinct = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}
