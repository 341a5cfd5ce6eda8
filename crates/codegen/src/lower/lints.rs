//! Lowers lints, the `warnings` of the spec.

use super::docs;
use super::limits::is_integer;
use super::literals::conditions;
use super::scope::Scope;
use crate::diagnostic::{At, Sink};
use crate::model::{FieldKind, Lint};
use crate::raw::{RawBounds, RawWarning};

/// Lowers lints of a type.
pub(super) fn lower_lints<'a>(
    raw: impl IntoIterator<Item = &'a At<RawWarning>>,
    scope: &Scope<'_>,
    sink: &Sink,
) -> Vec<Lint> {
    raw.into_iter().filter_map(|raw| lower_lint(&raw.value, scope, sink)).collect()
}

fn lower_lint(raw: &RawWarning, scope: &Scope<'_>, sink: &Sink) -> Option<Lint> {
    match raw {
        RawWarning::NoEffect { field, unless, doc } => {
            if let Some(field) = field {
                scope.expect(field, "an integer", is_integer, sink);
            }
            let own = field.as_ref().map(At::as_str);
            let unless = unless.as_ref().and_then(|unless| conditions(unless, own, scope, sink)).unwrap_or_default();
            let doc = docs::sentence(doc.as_ref(), sink);
            Some(Lint::NoEffect { field: field.as_ref()?.value.clone(), unless, doc })
        }
        RawWarning::UnknownVariable { field, name, range, doc } => {
            if let Some(field) = field {
                scope.expect(field, "a string", |kind| *kind == FieldKind::String, sink);
            }
            let name = docs::not_empty(name.as_ref(), "name", sink);
            let bounds = range.as_ref().map(|range| variable_range(range, sink));
            let doc = docs::sentence(doc.as_ref(), sink);
            let (min, max) = bounds??;
            Some(Lint::UnknownVariable { field: field.as_ref()?.value.clone(), name, min, max, doc })
        }
        RawWarning::Empty { field, doc } => {
            if let Some(field) = field {
                scope.expect(field, "a list", |kind| matches!(kind, FieldKind::List(_)), sink);
            }
            let doc = docs::sentence(doc.as_ref(), sink);
            Some(Lint::Empty { field: field.as_ref()?.value.clone(), doc })
        }
        RawWarning::Reversed { start, end, doc } => {
            for field in [start, end].into_iter().flatten() {
                scope.expect(field, "a time", |kind| *kind == FieldKind::DateTime, sink);
            }
            let doc = docs::sentence(doc.as_ref(), sink);
            Some(Lint::Reversed { start: start.as_ref()?.value.clone(), end: end.as_ref()?.value.clone(), doc })
        }
    }
}

/// Lowers the number range of the variables in a template.
fn variable_range(raw: &At<RawBounds<f64>>, sink: &Sink) -> Option<(i64, i64)> {
    let (Some(min), Some(max)) = (&raw.value.min, &raw.value.max) else {
        sink.report(raw.at, "expected both `min` and `max` in `range`");
        return None;
    };
    if min.value > max.value {
        sink.report(raw.at, format!("`min` {} is greater than `max` {}", min.value, max.value));
    }
    Some((variable_number(min, sink)?, variable_number(max, sink)?))
}

/// Lowers the number of a variable.
fn variable_number(bound: &At<f64>, sink: &Sink) -> Option<i64> {
    if bound.value.fract() == 0.0 && (0.0..=1e9).contains(&bound.value) {
        #[expect(clippy::cast_possible_truncation, reason = "it is an integer and small")]
        return Some(bound.value as i64);
    }
    sink.report(bound.at, format!("expected an integer from 0 to 1000000000, got {}", bound.value));
    None
}
