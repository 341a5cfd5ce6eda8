//! Turns values as users of the package write them into the wire form, and back.
//!
//! Users see fields flat that the wire nests, and flags as booleans. Everything else is the same, and nothing is judged here.

use std::collections::HashSet;

use recallflow::ffi::{Field, Kind, REQUESTS, RESPONSES, Shape, no_json, write_request, write_response};
use serde_json::{Map, Value};

use crate::failure::raise;
use crate::pack::Pack;

/// Which way an object travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

impl Direction {
    fn shapes(self) -> &'static [Shape] {
        match self {
            Direction::Request => REQUESTS,
            Direction::Response => RESPONSES,
        }
    }
}

/// Parses what the package wrote.
pub(crate) fn parse(text: &str) -> napi::Result<Value> {
    recallflow::ffi::parse_request(text.as_bytes()).map_err(raise)
}

/// The wire form of an object.
pub(crate) fn to_wire(direction: Direction, position: usize, value: Value) -> Value {
    let shape = &direction.shapes()[position];
    let Value::Object(fields) = value else { return value };
    if fields.keys().any(|name| is_marker(name)) {
        return Value::Object(fields);
    }
    let mut values = vec![None; shape.fields.len()];
    let mut rest = Map::new();
    for (name, value) in fields {
        match shape.fields.iter().position(|field| field.wire == name) {
            Some(at) => values[at] = Some(field_to_wire(direction, &shape.fields[at].kind, value)),
            None if shape.fields.iter().any(|field| field.within == Some(&name)) => {
                let told = no_json("named as on the wire: here its fields stand beside the others");
                rest.insert(name, told);
            }
            None => match value {
                Value::Object(extra) if direction == Direction::Response && name == "extra" => rest.extend(extra),
                value => drop(rest.insert(name, value)),
            },
        }
    }
    match direction {
        Direction::Request => {
            let given = values.into_iter().zip(shape.fields);
            let filled = given.map(|(value, field)| value.or_else(|| field.default.map(Value::from)));
            write_request(shape, filled, rest)
        }
        Direction::Response => write_response(shape, values, rest),
    }
}

fn field_to_wire(direction: Direction, kind: &Kind, value: Value) -> Value {
    match (kind, value) {
        (Kind::Flag, Value::Bool(value)) => u8::from(value).into(),
        (Kind::Object(position), value) => to_wire(direction, *position, value),
        (Kind::List(item), Value::Array(items)) => {
            items.into_iter().map(|value| field_to_wire(direction, item, value)).collect()
        }
        (_, value) => value,
    }
}

/// Packs the wire form with its fields in the order of the documents, and then everything else: maps do not keep it.
pub(crate) fn pack_wire(pack: &mut Pack, direction: Direction, position: usize, wire: &Value) {
    pack_kind(pack, direction, &Kind::Object(position), wire, true);
}

/// Packs a request as users see it, from its wire form, which was checked before.
pub(crate) fn pack_request(pack: &mut Pack, position: usize, wire: &Value) {
    pack_kind(pack, Direction::Request, &Kind::Object(position), wire, false);
}

fn pack_kind(pack: &mut Pack, direction: Direction, kind: &Kind, wire: &Value, as_wire: bool) {
    match (kind, wire) {
        (Kind::Object(position), Value::Object(fields)) => {
            let shape = &direction.shapes()[*position];
            let fields = if as_wire { in_order(shape, fields, None) } else { flat(shape, wire) };
            pack.object(fields.len());
            for (name, kind, value) in fields {
                pack.text(name);
                match kind {
                    Some(kind) => pack_kind(pack, direction, kind, value, as_wire),
                    None => pack_rest(pack, direction, shape, name, value),
                }
            }
        }
        (Kind::List(item), Value::Array(items)) => {
            pack.list(items.len());
            for wire in items {
                pack_kind(pack, direction, item, wire, as_wire);
            }
        }
        (Kind::Flag, Value::Number(number)) if !as_wire => pack.any(&(number.as_i64() == Some(1)).into()),
        _ => pack.any(wire),
    }
}

/// What is no field: an object that holds some, or anything else.
fn pack_rest(pack: &mut Pack, direction: Direction, shape: &'static Shape, name: &str, value: &Value) {
    let Value::Object(fields) = value else { return pack.any(value) };
    let fields = in_order(shape, fields, Some(name));
    pack.object(fields.len());
    for (name, kind, value) in fields {
        pack.text(name);
        match kind {
            Some(kind) => pack_kind(pack, direction, kind, value, true),
            None => pack.any(value),
        }
    }
}

/// A field under its name, with what it holds if it is documented.
type Named<'v> = (&'v str, Option<&'static Kind>, &'v Value);

/// The members of a wire object, or of the one within it, in the order of the fields.
fn in_order<'v>(shape: &'static Shape, fields: &'v Map<String, Value>, within: Option<&str>) -> Vec<Named<'v>> {
    let mut ordered: Vec<Named<'v>> = Vec::with_capacity(fields.len());
    let mut known = HashSet::with_capacity(fields.len());
    let mut add = |name: &str, kind| {
        if let Some((name, value)) = fields.get_key_value(name)
            && known.insert(name.as_str())
        {
            ordered.push((name, kind, value));
        }
    };
    for field in shape.fields {
        match field.within {
            Some(holder) if within.is_none() => add(holder, None),
            holder if holder == within => add(field.wire, Some(&field.kind)),
            _ => {}
        }
    }
    for name in fields.keys() {
        add(name, None);
    }
    ordered
}

/// The fields of a wire object as users see them.
fn flat<'v>(shape: &'static Shape, wire: &'v Value) -> Vec<Named<'v>> {
    let seen = shape.fields.iter().filter_map(|Field { wire: name, within, kind, .. }| {
        let holder = within.map_or(Some(wire), |within| wire.get(within));
        let value = holder.and_then(|holder| holder.get(name)).filter(|value| !value.is_null())?;
        Some((*name, Some(kind), value))
    });
    seen.collect()
}

/// The name of the only member of an object that stands for what no JSON can stand for.
pub(crate) fn marker() -> String {
    no_json("").as_object().and_then(|fields| fields.keys().next().cloned()).unwrap_or_default()
}

fn is_marker(name: &str) -> bool {
    name.starts_with('\0') && name == marker()
}

/// A value as a message about an option shows it.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(fields) => match fields.iter().next() {
            Some((name, Value::String(told))) if is_marker(name) => told.clone(),
            _ => "an object".to_owned(),
        },
    }
}

/// The first thing of a response that has no JSON, with its path: rules, which would report it, are for requests.
pub(crate) fn unwritable(json: &Value, path: &str) -> Option<(String, String)> {
    match json {
        Value::Object(fields) => {
            if let Some((_, Value::String(told))) = fields.iter().next().filter(|(name, _)| is_marker(name)) {
                return Some((path.to_owned(), told.clone()));
            }
            let dot = if path.is_empty() { "" } else { "." };
            fields.iter().find_map(|(name, value)| unwritable(value, &format!("{path}{dot}{name}")))
        }
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(at, item)| unwritable(item, &format!("{path}[{at}]")))
        }
        _ => None,
    }
}
