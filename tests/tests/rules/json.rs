//! JSON helpers of the property tests.

use serde_json::{Map, Value};

use crate::oracle::{Object, Type};

/// Compares two JSON values and ignores the notation of numbers.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(number), Value::Number(other)) => {
            number == other || (number.is_f64() || other.is_f64()) && number.as_f64() == other.as_f64()
        }
        (Value::Array(items), Value::Array(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(item, other)| same(item, other))
        }
        (Value::Object(members), Value::Object(others)) => {
            members.len() == others.len()
                && members.iter().all(|(name, member)| others.get(name).is_some_and(|other| same(member, other)))
        }
        _ => left == right,
    }
}

/// Removes every documented field that is null.
pub(crate) fn drop_nulls(object: &Object, json: &mut Value) {
    for_each_object(object, json, &|object, members| {
        members.retain(|name, value| !value.is_null() || !object.has(name));
    });
}

/// Sets every absent documented field to null.
pub(crate) fn add_nulls(object: &Object, json: &mut Value) {
    for_each_object(object, json, &|object, members| {
        for (name, ..) in object.fields {
            members.entry(*name).or_insert(Value::Null);
        }
    });
}

/// Removes every undocumented field.
pub(crate) fn drop_unknown(object: &Object, json: &mut Value) {
    for_each_object(object, json, &|object, members| members.retain(|name, _| object.has(name)));
}

/// Removes every documented field.
pub(crate) fn keep_unknown(object: &Object, json: &mut Value) {
    let Some(members) = json.as_object_mut() else { return };
    members.retain(|name, _| !object.has(name));
}

/// Calls a function with the request and every object in it.
fn for_each_object(object: &Object, json: &mut Value, change: &impl Fn(&Object, &mut Map<String, Value>)) {
    let Some(members) = json.as_object_mut() else { return };
    change(object, members);
    for (name, kind, ..) in object.fields {
        let Some(value) = members.get_mut(*name) else { continue };
        match kind {
            Type::Nested(object) => for_each_object(object, value, change),
            Type::List(Type::Nested(object)) => {
                value.as_array_mut().into_iter().flatten().for_each(|item| for_each_object(object, item, change));
            }
            _ => {}
        }
    }
}
