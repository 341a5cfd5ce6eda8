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
    check_numbers(raw.values.iter().map(|value| (&value.name, value.number.as_ref())), sink);
    Enum { name: raw.name.value.clone(), doc: docs::checked_about(&raw.about, sink), values: values(raw) }
}
