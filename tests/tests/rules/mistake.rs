//! Typical mistakes in a request.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use crate::odd::{odd, unknown_name};

/// A mistake in one field of a request.
#[derive(Clone, Debug)]
pub(crate) enum Mistake {
    /// The field is missing.
    Drop,
    /// The field has another value.
    Replace(Value),
    /// The value is far too long or large.
    Exaggerate,
    /// The name is misspelled.
    Rename(String),
    /// There is an extra field.
    Add(String, Value),
}

/// Generates any mistake.
pub(crate) fn mistake() -> impl Strategy<Value = Mistake> {
    prop_oneof![
        4 => Just(Mistake::Drop),
        1 => Just(Mistake::Replace(Value::Null)),
        12 => odd().prop_map(Mistake::Replace),
        2 => Just(Mistake::Exaggerate),
        1 => unknown_name().prop_map(Mistake::Rename),
        1 => (unknown_name(), odd()).prop_map(|(name, value)| Mistake::Add(name, value)),
    ]
}

/// Makes a mistake somewhere in a request.
pub(crate) fn make(json: &mut Value, place: Index, mistake: Mistake) {
    let places = count(json);
    if places == 0 {
        return;
    }
    change(json, &mut place.index(places), &mut Some(mistake));
}

/// Counts fields and items at all depths.
fn count(json: &Value) -> usize {
    match json {
        Value::Array(items) => items.iter().map(|item| 1 + count(item)).sum(),
        Value::Object(members) => members.values().map(|member| 1 + count(member)).sum(),
        _ => 0,
    }
}

/// Walks through the JSON for this number of steps and makes the mistake there.
fn change(json: &mut Value, steps: &mut usize, mistake: &mut Option<Mistake>) {
    match json {
        Value::Array(items) => {
            for index in 0..items.len() {
                if *steps == 0 {
                    return change_item(items, index, mistake.take());
                }
                *steps -= 1;
                change(&mut items[index], steps, mistake);
                if mistake.is_none() {
                    return;
                }
            }
        }
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                if *steps == 0 {
                    return change_member(members, name, mistake.take());
                }
                *steps -= 1;
                change(&mut members[&name], steps, mistake);
                if mistake.is_none() {
                    return;
                }
            }
        }
        _ => {}
    }
}

fn change_item(items: &mut Vec<Value>, index: usize, mistake: Option<Mistake>) {
    match mistake {
        Some(Mistake::Replace(value) | Mistake::Add(_, value)) => items[index] = value,
        Some(Mistake::Exaggerate) => items[index] = exaggerated(&items[index]),
        Some(Mistake::Drop | Mistake::Rename(_)) => _ = items.remove(index),
        None => {}
    }
}

fn change_member(members: &mut Map<String, Value>, name: String, mistake: Option<Mistake>) {
    match mistake {
        Some(Mistake::Drop) => _ = members.remove(&name),
        Some(Mistake::Replace(value)) => _ = members.insert(name, value),
        Some(Mistake::Exaggerate) => members[&name] = exaggerated(&members[&name]),
        Some(Mistake::Rename(to)) => {
            let value = members.remove(&name).unwrap_or_default();
            members.insert(to, value);
        }
        Some(Mistake::Add(name, value)) => _ = members.insert(name, value),
        None => {}
    }
}

fn exaggerated(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_i64().map_or(json!(1e9), |number| number.saturating_add(10_000).into()),
        Value::String(_) => "\u{1F600}".repeat(1001).into(),
        Value::Array(items) => vec![items.clone(); 2].concat().into(),
        other => other.clone(),
    }
}
