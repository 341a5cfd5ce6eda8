//! Lowers fields.

use super::docs;
use super::include::Origin;
use super::limits::limits;
use super::literals::{conditions, literal};
use super::naming::{Case, check_case};
use super::scope::{Scope, Shape};
use super::symbols::Symbols;
use crate::diagnostic::{At, Sink};
use crate::model::{Condition, Direction, Doc, EnumValue, Field, FieldKind, Literal, Required};
use crate::raw::{RawField, RawLiteral};

/// An enum with more values is not listed in the docs of its fields.
const MAX_LISTED_VALUES: usize = 7;

/// Lowers a field of a request or a response. Returns `None` if its kind is unknown.
pub(super) fn lower_field(
    shape: &Shape<'_>,
    scope: &Scope<'_>,
    symbols: &Symbols<'_>,
    direction: Direction,
    sink: &Sink,
) -> Option<Field> {
    let raw = shape.member.raw;
    // Lowering of the type that defines an included field reports its problems.
    let quiet = sink.silenced();
    let sink = match shape.member.origin {
        Origin::Own => sink,
        Origin::WithRules => &quiet,
        Origin::WithoutRules => return Some(bare(shape, shape.kind.clone()?)),
    };
    check_case("a field", &raw.wire, Case::Wire, sink);
    docs::check_about(&raw.about, sink);
    let kind = raw.kind.as_ref().and_then(|kind| symbols.find_kind(kind, direction, sink));
    match direction {
        Direction::Request => check_request_keys(raw, sink),
        Direction::Response => check_response_keys(raw, kind.as_ref(), sink),
    }
    let kind = kind?;
    let field = bare(shape, kind);
    match direction {
        Direction::Request => {
            check_request_kind(raw, &field.kind, sink);
            let required = required(raw, scope, sink);
            Some(Field {
                within: raw.within.as_ref().map(|within| within.value.clone()),
                default: default(shape, sink),
                limits: limits(shape, sink),
                doc: with_condition(field.doc, &required),
                required,
                ..field
            })
        }
        Direction::Response => Some(field),
    }
}

/// Adds the numbers of an enum to the doc of a field, if there are few. They follow the first clause, because the text
/// after a semicolon or a full stop is a remark.
fn with_numbers(doc: Doc, allowed: &[EnumValue]) -> Doc {
    if allowed.is_empty() || allowed.len() > MAX_LISTED_VALUES {
        return doc;
    }
    let numbers: Vec<_> =
        allowed.iter().map(|value| format!("{} {}", value.number, value.name.replace('_', " "))).collect();
    let clause = doc.text.find("; ").or_else(|| doc.text.find(". "));
    let clause = clause.unwrap_or_else(|| doc.text.trim_end_matches('.').len());
    let (clause, remark) = doc.text.split_at(clause);
    let text = format!("{clause} ({}){remark}", numbers.join(", "));
    Doc { text, ..doc }
}

/// Adds the condition under which a field of a request is required to its doc.
fn with_condition(doc: Doc, required: &Required) -> Doc {
    let Required::When(conditions) = required else { return doc };
    let text = format!("{} Required when {}.", doc.text, Condition::in_words(conditions));
    Doc { text, ..doc }
}

/// Checks that the client can send a kind. It neither converts nor validates the items of a list one by one, which some
/// kinds need.
fn check_request_kind(raw: &RawField, kind: &FieldKind, sink: &Sink) {
    let Some(written) = &raw.kind else { return };
    let is_list = matches!(kind, FieldKind::List(_));
    match kind.item() {
        FieldKind::Bool => {
            sink.suggest(written.at, "a request cannot contain `bool`", "use `flag`, which is 0 or 1 on the wire");
        }
        item @ (FieldKind::Flag | FieldKind::Float | FieldKind::Base64) if is_list => {
            let message = format!("a request cannot contain `{}`, because {}", written.value, list_problem(item));
            sink.suggest(written.at, message, "use a list of objects with one such field");
        }
        _ => {}
    }
}

/// Explains why a request cannot contain a list of this kind.
fn list_problem(item: &FieldKind) -> &'static str {
    match item {
        FieldKind::Flag => "flags in a list are not converted to 0 and 1",
        FieldKind::Float => "numbers in a list are not checked to be finite",
        _ => "items of a list are not validated",
    }
}

/// Lowers the parts of a field that responses have as well: names, kind and doc.
fn bare(shape: &Shape<'_>, kind: FieldKind) -> Field {
    let raw = shape.member.raw;
    Field {
        wire: raw.wire.value.clone(),
        aliases: raw.aliases.as_ref().map(docs::values).unwrap_or_default(),
        within: None,
        kind,
        required: Required::Never,
        default: None,
        limits: Vec::new(),
        example_only: raw.example_only.as_ref().is_some_and(|example_only| example_only.value),
        doc: with_numbers(docs::about(&raw.about, shape.member.sources), &shape.allowed),
    }
}

/// Reports keys that only fields of responses may have.
fn check_request_keys(raw: &RawField, sink: &Sink) {
    if let Some(aliases) = &raw.aliases {
        sink.suggest(aliases.at, "`aliases` is only for responses", "remove it");
    }
    if let Some(within) = &raw.within {
        check_case("a nested object", within, Case::Wire, sink);
    }
}

/// Reports keys that only fields of requests may have.
fn check_response_keys(raw: &RawField, kind: Option<&FieldKind>, sink: &Sink) {
    if let Some(aliases) = &raw.aliases {
        docs::strings(aliases, "aliases", sink);
        if kind.is_some_and(|kind| !may_have_aliases(kind)) {
            let written = raw.kind.as_ref().map_or("", At::as_str);
            let message = format!("expected a single value or a list of objects for `aliases`, got `{written}`");
            sink.suggest(aliases.at, message, "add a field for each other name");
        }
    }
    let keys = [
        ("in", raw.within.as_ref().map(|key| key.at)),
        ("required", raw.required.as_ref().map(|key| key.at)),
        ("required_when", raw.required_when.as_ref().map(|key| key.at)),
        ("default", raw.default.as_ref().map(|key| key.at)),
        ("range", raw.range.as_ref().map(|key| key.at)),
        ("length", raw.length.as_ref().map(|key| key.at)),
        ("one_of", raw.one_of.as_ref().map(|key| key.at)),
        ("format", raw.format.as_ref().map(|key| key.at)),
    ];
    for (key, at) in keys {
        let Some(at) = at else { continue };
        sink.suggest(at, format!("`{key}` is only for requests"), "remove it");
    }
}

/// Returns whether the reader supports aliases for a kind.
fn may_have_aliases(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Object(_) => false,
        FieldKind::List(item) => matches!(**item, FieldKind::Object(_)),
        _ => true,
    }
}

/// Lowers `required` and `required_when`.
fn required(raw: &RawField, scope: &Scope<'_>, sink: &Sink) -> Required {
    let always = raw.required.as_ref().is_some_and(|required| required.value);
    if let (Some(required), Some(_)) = (&raw.required, &raw.required_when) {
        sink.suggest(required.at, "`required` and `required_when` exclude each other", "remove one of them");
    }
    match &raw.required_when {
        _ if always => Required::Always,
        Some(when) => conditions(when, Some(raw.wire.as_str()), scope, sink).map_or(Required::Never, Required::When),
        None => Required::Never,
    }
}

/// Lowers the default of a field.
fn default(shape: &Shape<'_>, sink: &Sink) -> Option<Literal> {
    let raw = shape.member.raw;
    let given = raw.default.as_ref()?;
    if !raw.required.as_ref().is_some_and(|required| required.value) {
        sink.suggest(given.at, "`default` is only for fields with `required = true`", "remove it");
    }
    check_default_range(given, raw, sink);
    literal(given, shape, sink)
}

/// Checks that a default is within the range of its field.
fn check_default_range(given: &At<RawLiteral>, raw: &RawField, sink: &Sink) {
    let (RawLiteral::Int(number), Some(range)) = (&given.value, &raw.range) else { return };
    #[expect(clippy::cast_precision_loss, reason = "limits and defaults are small")]
    let number = *number as f64;
    let low = range.value.min.as_ref().is_some_and(|min| number < min.value);
    let high = range.value.max.as_ref().is_some_and(|max| number > max.value);
    if low || high {
        sink.report(given.at, format!("the default {number} is outside `range`"));
    }
}
