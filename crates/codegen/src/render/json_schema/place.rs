//! Where the flat fields of a type are found in its wire object.

use crate::model::Field;

/// What a name of a wire object stands for.
pub(super) enum Place<'a, T> {
    /// A field of the object itself.
    Here(T),
    /// A nested object with these fields.
    Nested(Vec<(&'a str, T)>),
}

/// Sorts what belongs to fields into the places of their wire object, in order.
pub(super) fn placed<'a, T>(fields: impl IntoIterator<Item = (&'a Field, T)>) -> Vec<(&'a str, Place<'a, T>)> {
    let mut places: Vec<(&str, Place<'a, T>)> = Vec::new();
    for (field, value) in fields {
        let Some(holder) = field.within.as_deref() else {
            places.push((&field.wire, Place::Here(value)));
            continue;
        };
        let nested = places.iter_mut().find_map(|(name, place)| match place {
            Place::Nested(inner) if *name == holder => Some(inner),
            _ => None,
        });
        match nested {
            Some(inner) => inner.push((&field.wire, value)),
            None => places.push((holder, Place::Nested(vec![(&field.wire, value)]))),
        }
    }
    places
}
