//! Limits on one field.

use super::scope::Shape;
use crate::diagnostic::{At, Place, Sink};
use crate::model::{FieldKind, Format, Limit};
use crate::raw::RawBounds;

/// Largest bound of an integer: 2^53 - 1, because JavaScript and this crate represent bounds as `f64`.
const MAX_EXACT: f64 = 9_007_199_254_740_991.0;

/// Lowers the limits of a field. In a list, `one_of` applies to each item. The documents have no other limits on items,
/// and the renderers support none.
pub(super) fn limits(shape: &Shape<'_>, sink: &Sink) -> Vec<Limit> {
    let Some(kind) = &shape.kind else { return Vec::new() };
    let raw = shape.member.raw;
    let fits = |key: &str, at: Place, fit: bool, expected: &str| {
        if !fit {
            sink.report(at, format!("expected {expected} for `{key}`, got `{}`", shape.type_text()));
        }
        fit
    };
    let mut limits = Vec::new();
    if let Some(range) = &raw.range
        && fits("range", range.at, is_number(kind), "a number")
    {
        limits.push(lower_range(range, kind, sink));
    }
    if let Some(length) = &raw.length
        && fits("length", length.at, *kind == FieldKind::String, "a string")
    {
        limits.push(lower_length(length, sink));
    }
    if let Some(one_of) = &raw.one_of
        && fits("one_of", one_of.at, matches!(kind.item(), FieldKind::Enum(_)), "an enum")
    {
        limits.push(lower_one_of(one_of, shape, sink));
    }
    if let Some(format) = &raw.format
        && fits("format", format.at, *kind == FieldKind::String, "a string")
    {
        if let (Some(length), "digit") = (&raw.length, format.as_str()) {
            sink.suggest(length.at, "`format = \"digit\"` already limits the length to 1", "remove `length`");
        }
        limits.extend(lower_format(format, sink));
    }
    limits
}

/// Returns whether the values of a kind are numbers.
fn is_number(kind: &FieldKind) -> bool {
    is_integer(kind) || *kind == FieldKind::Float
}

/// Returns whether the values of a kind are integers.
pub(super) fn is_integer(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Int32 | FieldKind::Int64)
}

fn lower_range(raw: &At<RawBounds<f64>>, kind: &FieldKind, sink: &Sink) -> Limit {
    let (min, max) = (&raw.value.min, &raw.value.max);
    check_order("range", raw.at, min.as_ref(), max.as_ref(), sink);
    for bound in [min, max].into_iter().flatten() {
        if *kind != FieldKind::Float && bound.value.fract() != 0.0 {
            sink.report(bound.at, format!("expected an integer, got {}", bound.value));
        }
        if *kind != FieldKind::Float && bound.value.abs() > MAX_EXACT {
            let message =
                format!("expected an integer of at most 2^53 - 1, which is exact in JavaScript, got {}", bound.value);
            sink.report(bound.at, message);
        }
        let int32 = f64::from(i32::MIN)..=f64::from(i32::MAX);
        if *kind == FieldKind::Int32 && !int32.contains(&bound.value) {
            sink.report(bound.at, format!("expected a 32-bit integer, got {}", bound.value));
        }
    }
    Limit::Range { min: min.as_ref().map(|min| min.value), max: max.as_ref().map(|max| max.value) }
}

fn lower_length(raw: &At<RawBounds<i64>>, sink: &Sink) -> Limit {
    let (min, max) = (&raw.value.min, &raw.value.max);
    check_order("length", raw.at, min.as_ref(), max.as_ref(), sink);
    let count = |bound: &Option<At<i64>>| {
        let bound = bound.as_ref()?;
        let count = u64::try_from(bound.value);
        if count.is_err() {
            sink.report(bound.at, format!("expected a length of at least 0, got {}", bound.value));
        }
        count.ok()
    };
    Limit::Length { min: count(min), max: count(max) }
}

/// Checks that there is a bound, and that `min` is not greater than `max`.
fn check_order<T: PartialOrd + std::fmt::Display>(
    key: &str,
    at: Place,
    min: Option<&At<T>>,
    max: Option<&At<T>>,
    sink: &Sink,
) {
    match (min, max) {
        (None, None) => sink.suggest(at, format!("`{key}` is empty"), "add `min` or `max`"),
        (Some(min), Some(max)) if min.value > max.value => {
            sink.report(at, format!("`min` {} is greater than `max` {}", min.value, max.value));
        }
        _ => {}
    }
}

/// Reports unknown values in `one_of`. `Shape` has already resolved the known ones.
fn lower_one_of(raw: &At<Vec<At<String>>>, shape: &Shape<'_>, sink: &Sink) -> Limit {
    super::docs::strings(raw, "one_of", sink);
    for name in &raw.value {
        if !shape.values.iter().any(|value| value.name == name.value) {
            let owner = format!("of `{}`", shape.type_text());
            sink.unknown_in("value", name, &owner, shape.values.iter().map(|value| value.name.as_str()));
        }
    }
    Limit::OneOf(shape.allowed.clone())
}

fn lower_format(raw: &At<String>, sink: &Sink) -> Option<Limit> {
    if raw.value == "digit" {
        return Some(Limit::Format(Format::Digit));
    }
    sink.unknown("format", raw, ["digit"]);
    None
}
