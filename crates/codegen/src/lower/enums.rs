//! Lowers enums.

use super::docs;
use super::naming::{Case, Taken, check_case, check_numbers};
use super::symbols::{Symbols, values};
use crate::diagnostic::Sink;
use crate::model::Enum;
use crate::raw::RawEnum;

/// Lowers all enums.
pub(super) fn lower_enums(symbols: &Symbols<'_>, sink: &Sink) -> Vec<Enum> {
    symbols.enums.iter().map(|raw| lower_enum(raw, sink)).collect()
}

fn lower_enum(raw: &RawEnum, sink: &Sink) -> Enum {
    if raw.values.is_empty() {
        sink.report(raw.name.at, format!("enum `{}` has no values", raw.name.value));
    }
    let mut taken = Taken::default();
    for value in &raw.values {
        check_case("an enum's value", &value.name, Case::Snake, sink);
        taken.take("value", &value.name, sink);
        docs::check_about(&value.about, sink);
        if let Some(number) = &value.number
            && i32::try_from(number.value).is_err()
        {
            sink.report(number.at, format!("expected a 32-bit integer, got {}", number.value));
        }
    }
    check_states(raw, sink);
    check_numbers(raw.values.iter().map(|value| (&value.name, value.number.as_ref())), sink);
    Enum { name: raw.name.value.clone(), doc: docs::checked_about(&raw.about, sink), values: values(raw) }
}

/// Checks that `next` names values of the enum, and that either all values have it or none.
fn check_states(raw: &RawEnum, sink: &Sink) {
    let names = || raw.values.iter().map(|value| value.name.value.as_str());
    for next in raw.values.iter().flat_map(|value| value.next.iter().flatten()) {
        if !names().any(|name| name == next.value) {
            sink.unknown("value", next, names());
        }
    }
    if raw.values.iter().any(|value| value.next.is_some())
        && let Some(value) = raw.values.iter().find(|value| value.next.is_none())
    {
        let message = format!("`{}` has no `next`, but other values have it; add `next`", value.name.value);
        sink.report(value.name.at, message);
    }
}
