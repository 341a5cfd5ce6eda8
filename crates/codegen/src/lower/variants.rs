//! Variants: the requests of operations that share a path, told apart by fields that only one of them has.

use std::collections::HashMap;

use crate::diagnostic::{At, Place, Sink};
use crate::model::{Field, FieldKind, Operation, Type};
use crate::raw::{RawOperation, RawSpec};

/// Checks that each path belongs to one operation and the variants of it.
pub(super) fn check_variants(operations: &[RawOperation], sink: &Sink) {
    let mut owners: HashMap<&str, (Place, Option<&At<String>>)> = HashMap::new();
    for raw in operations.iter().filter(|raw| raw.variant_of.is_none()) {
        let Some(path) = &raw.path else { continue };
        match owners.get(path.as_str()) {
            Some((at, _)) => {
                let message = format!("path `{}` is already used at {}", path.value, sink.show(*at));
                sink.suggest(path.at, message, "set `variant_of` if it takes another request");
            }
            None => drop(owners.insert(&path.value, (path.at, raw.name.as_ref()))),
        }
    }
    for raw in operations {
        let (Some(variant_of), Some(path)) = (&raw.variant_of, &raw.path) else { continue };
        let owner = owners.get(path.as_str()).and_then(|(_, name)| *name);
        if owner.is_none_or(|name| name.value != variant_of.value) {
            let message = format!("`{}` is not an operation with the path `{}`", variant_of.value, path.value);
            sink.report(variant_of.at, message);
        }
    }
}

/// Notes in each variant which fields of the others it must not have, and reports variants that look alike.
pub(super) fn separate_variants(spec: &RawSpec, types: &mut [Type], operations: &[Operation], sink: &Sink) {
    for (index, operation) in operations.iter().enumerate() {
        let earlier = operations[..index].iter().filter(|other| other.path == operation.path);
        for other in earlier.filter(|other| operation.variant_of.is_some() || other.variant_of.is_some()) {
            let is_distinct = separate_types(types, &other.request, &operation.request, &mut Vec::new());
            let raw = spec.operations.iter().find(|raw| raw.name.as_ref().is_some_and(|it| it.value == operation.name));
            let Some(path) = raw.and_then(|raw| raw.path.as_ref()) else { continue };
            if operation.kind != other.kind {
                let message = format!("`{}` has the same path, but is another kind of operation", other.name);
                sink.report(path.at, message);
            }
            if !is_distinct {
                let message =
                    format!("no field tells `{}` from `{}` of the same path", operation.request, other.request);
                sink.suggest(path.at, message, "add a field that only one of them has, or correct the path");
            }
        }
    }
}

/// Separates two types and the objects in their common fields. Returns whether a field tells them apart.
fn separate_types(types: &mut [Type], one: &str, other: &str, seen: &mut Vec<(String, String)>) -> bool {
    let pair = (one.to_owned(), other.to_owned());
    if one == other || seen.contains(&pair) {
        return false;
    }
    seen.push(pair);
    let find = |types: &[Type], name: &str| types.iter().position(|item| item.name == name);
    let (Some(first), Some(second)) = (find(types, one), find(types, other)) else { return true };
    let is_new = add_foreign(types, first, second) | add_foreign(types, second, first);
    let objects: Vec<(String, String)> = types[first]
        .fields
        .iter()
        .filter_map(|field| {
            let same = types[second].fields.iter().find(|same| same.wire_path() == field.wire_path())?;
            match (field.kind.item(), same.kind.item()) {
                (FieldKind::Object(one), FieldKind::Object(other)) => Some((one.clone(), other.clone())),
                _ => None,
            }
        })
        .collect();
    // All objects are separated, so no `any`.
    objects.iter().fold(is_new, |is_distinct, (one, other)| separate_types(types, one, other, seen) || is_distinct)
}

/// Adds the fields that only `other` has to those that `of` must not have. Returns whether there are any.
fn add_foreign(types: &mut [Type], of: usize, other: usize) -> bool {
    let own = |path: &str| types[of].fields.iter().any(|field| field.wire_path() == path);
    let owner = types[other].name.clone();
    let paths = types[other].fields.iter().map(Field::wire_path).filter(|path| !own(path));
    let foreign: Vec<_> = paths.map(|path| (path, owner.clone())).collect();
    let has_foreign = !foreign.is_empty();
    types[of].foreign.extend(foreign);
    has_foreign
}
