//! Converts responses to their wire form, and packs wire forms for JavaScript.
//!
//! Users see the fields of nested wire objects beside the other fields, and flags as booleans. Everything else is the same.

use std::collections::HashSet;

use recallflow::ffi::{EXTRA, Field, Kind, MISFIT, REQUESTS, RESPONSES, Shape, undocumented, write_response};
use serde_json::{Map, Value};

use crate::pack::Pack;

/// Whether an object belongs to a request or to a response.
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

/// Returns the wire form of a response as users see it.
pub(crate) fn response_wire_form(position: usize, value: Value) -> Value {
    let shape = &RESPONSES[position];
    let Value::Object(fields) = value else { return value };
    if fields.contains_key(MISFIT) {
        return Value::Object(fields);
    }
    let mut values = vec![None; shape.fields.len()];
    let mut rest = Map::new();
    for (name, value) in fields {
        match (shape.fields.iter().position(|field| field.wire == name), value) {
            (Some(at), value) => values[at] = Some(value_wire_form(&shape.fields[at].kind, value)),
            (None, Value::Object(extra)) if name == EXTRA => rest.extend(extra),
            (None, value) => drop(rest.insert(name, value)),
        }
    }
    write_response(shape, values, rest)
}

fn value_wire_form(kind: &Kind, value: Value) -> Value {
    match (kind, value) {
        (Kind::Flag, Value::Bool(value)) => u8::from(value).into(),
        (Kind::Object(position), value) => response_wire_form(*position, value),
        (Kind::List(item), Value::Array(items)) => {
            items.into_iter().map(|value| value_wire_form(item, value)).collect()
        }
        (_, value) => value,
    }
}

/// Packs the wire form. Documented fields come first, in the order of the documents, because maps do not keep an order.
pub(crate) fn pack_wire(pack: &mut Pack, direction: Direction, position: usize, wire: &Value) {
    pack_kind(pack, direction, &Kind::Object(position), wire, true);
}

/// Packs a request as users see it, from its wire form, which is valid.
pub(crate) fn pack_request(pack: &mut Pack, position: usize, wire: &Value) {
    pack_kind(pack, Direction::Request, &Kind::Object(position), wire, false);
}

fn pack_kind(pack: &mut Pack, direction: Direction, kind: &Kind, wire: &Value, as_wire: bool) {
    match (kind, wire) {
        (Kind::Object(position), Value::Object(fields)) => {
            let shape = &direction.shapes()[*position];
            let extra = if as_wire { Map::new() } else { undocumented(shape, wire) };
            let fields = if as_wire { in_order(shape, fields, None) } else { flattened_fields(shape, wire) };
            pack.begin_object(fields.len() + usize::from(!extra.is_empty()));
            for (name, kind, value) in fields {
                pack.push_text(name);
                match kind {
                    Some(kind) => pack_kind(pack, direction, kind, value, as_wire),
                    None => pack_rest(pack, direction, shape, name, value),
                }
            }
            if !extra.is_empty() {
                pack.push_text(EXTRA);
                pack.push_json(&Value::Object(extra));
            }
        }
        (Kind::List(item), Value::Array(items)) => {
            pack.begin_list(items.len());
            for wire in items {
                pack_kind(pack, direction, item, wire, as_wire);
            }
        }
        (Kind::Flag, Value::Number(number)) if !as_wire => pack.push_json(&(number.as_i64() == Some(1)).into()),
        _ => pack.push_json(wire),
    }
}

/// Packs a member that is not a field: a nested wire object with fields, or an unknown value.
fn pack_rest(pack: &mut Pack, direction: Direction, shape: &'static Shape, name: &str, value: &Value) {
    let Value::Object(fields) = value else { return pack.push_json(value) };
    let fields = in_order(shape, fields, Some(name));
    pack.begin_object(fields.len());
    for (name, kind, value) in fields {
        pack.push_text(name);
        match kind {
            Some(kind) => pack_kind(pack, direction, kind, value, true),
            None => pack.push_json(value),
        }
    }
}

/// The name, the kind if the field is documented, and the value of a member.
type Named<'v> = (&'v str, Option<&'static Kind>, &'v Value);

/// Returns the members of a wire object, or of the object `within` it, in the order of the fields.
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

/// Returns the fields of a wire object as users see them.
fn flattened_fields<'v>(shape: &'static Shape, wire: &'v Value) -> Vec<Named<'v>> {
    let seen = shape.fields.iter().filter_map(|Field { wire: name, within, kind, .. }| {
        let holder = within.map_or(Some(wire), |within| wire.get(within));
        let value = holder.and_then(|holder| holder.get(name)).filter(|value| !value.is_null())?;
        Some((*name, Some(kind), value))
    });
    seen.collect()
}

/// Returns a value as messages about an option show it.
pub(crate) fn describe_json(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => misfit_description(value).map_or_else(|| "an object".to_owned(), str::to_owned),
    }
}

/// Returns the description in a placeholder for a value without a JSON form.
fn misfit_description(value: &Value) -> Option<&str> {
    value.get(MISFIT).and_then(Value::as_str)
}

/// Returns the path and the description of the first value of a response without a JSON form. In requests, the core
/// reports such a value.
pub(crate) fn find_misfit(json: &Value, path: &str) -> Option<(String, String)> {
    if let Some(description) = misfit_description(json) {
        return Some((path.to_owned(), description.to_owned()));
    }
    match json {
        Value::Object(fields) => {
            let dot = if path.is_empty() { "" } else { "." };
            fields.iter().find_map(|(name, value)| find_misfit(value, &format!("{path}{dot}{name}")))
        }
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(at, item)| find_misfit(item, &format!("{path}[{at}]")))
        }
        _ => None,
    }
}
