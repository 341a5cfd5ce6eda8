//! Limits on one field.

use super::scope::Shape;
use crate::diagnostic::{At, Place, Sink};
use crate::model::{FieldKind, Format, Limit};
use crate::raw::RawBounds;

/// Largest bound of an integer: the last that is a number of its own in JavaScript, and as this crate reads bounds.
const LAST_EXACT: f64 = 9_007_199_254_740_991.0;

/// The limits of a field. The values that `one_of` allows hold for each item of a list; no document limits the items of
/// a list otherwise, and no renderer of rules knows how.
pub(super) fn limits(shape: &Shape<'_>, sink: &Sink) -> Vec<Limit> {
    let Some(kind) = &shape.kind else { return Vec::new() };
    let raw = shape.member.raw;
    let fits = |key: &str, at: Place, fit: bool, expected: &str| {
        if !fit {
            sink.report(at, format!("`{key}` does not fit `{}`; it is for {expected}", shape.type_text()));
        }
        fit
    };
    let mut limits = Vec::new();
    if let Some(range) = &raw.range
        && fits("range", range.at, is_number(kind), "numbers")
    {
        limits.push(lower_range(range, kind, sink));
    }
    if let Some(length) = &raw.length
        && fits("length", length.at, *kind == FieldKind::String, "strings")
    {
        limits.push(lower_length(length, sink));
    }
    if let Some(one_of) = &raw.one_of
        && fits("one_of", one_of.at, matches!(kind.item(), FieldKind::Enum(_)), "enums")
    {
        limits.push(lower_one_of(one_of, shape, sink));
    }
    if let Some(format) = &raw.format
        && fits("format", format.at, *kind == FieldKind::String, "strings")
    {
        if let (Some(length), "digit") = (&raw.length, format.as_str()) {
            sink.suggest(length.at, "a digit has one character", "leave `length` out");
        }
        limits.extend(lower_format(format, sink));
    }
    limits
}

/// Whether a kind has a number for its value.
fn is_number(kind: &FieldKind) -> bool {
    is_integer(kind) || *kind == FieldKind::Float
}

/// Whether a kind has a whole number for its value.
pub(super) fn is_integer(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Int32 | FieldKind::Int64)
}

fn lower_range(raw: &At<RawBounds<f64>>, kind: &FieldKind, sink: &Sink) -> Limit {
    let (min, max) = (&raw.value.min, &raw.value.max);
    check_order("range", raw.at, min.as_ref(), max.as_ref(), sink);
    for bound in [min, max].into_iter().flatten() {
        if *kind != FieldKind::Float && bound.value.fract() != 0.0 {
            sink.report(bound.at, format!("{} is no integer, but the field is", bound.value));
        }
        if *kind != FieldKind::Float && bound.value.abs() > LAST_EXACT {
            sink.report(
                bound.at,
                format!("{} is beyond 2^53 - 1, the last integer that is exact everywhere", bound.value),
            );
        }
        let int32 = f64::from(i32::MIN)..=f64::from(i32::MAX);
        if *kind == FieldKind::Int32 && !int32.contains(&bound.value) {
            sink.report(bound.at, format!("{} does not fit the field's 32 bits", bound.value));
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
            sink.report(bound.at, "a length cannot be negative");
        }
        count.ok()
    };
    Limit::Length { min: count(min), max: count(max) }
}

/// Checks that there is a bound, and that the least is not above the most.
fn check_order<T: PartialOrd + std::fmt::Display>(
    key: &str,
    at: Place,
    min: Option<&At<T>>,
    max: Option<&At<T>>,
    sink: &Sink,
) {
    match (min, max) {
        (None, None) => sink.report(at, format!("`{key}` needs `min` or `max`")),
        (Some(min), Some(max)) if min.value > max.value => {
            sink.report(at, format!("`min` {} is above `max` {}", min.value, max.value));
        }
        _ => {}
    }
}

/// The values that `one_of` names. Scope resolved them; here the others are reported.
fn lower_one_of(raw: &At<Vec<At<String>>>, shape: &Shape<'_>, sink: &Sink) -> Limit {
    super::text::strings(raw, "one_of", sink);
    for name in &raw.value {
        if !shape.values.iter().any(|value| value.name == name.value) {
            let what = format!("value of `{}`", shape.type_text());
            sink.unknown(&what, name, shape.values.iter().map(|value| value.name.as_str()));
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
