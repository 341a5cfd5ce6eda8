//! Lowers the examples of the documents and checks their requests against the spec.

use std::collections::BTreeSet;

use serde_json::Value;

use super::docs;
use super::scope::{Scope, Shape};
use super::symbols::{Symbols, TypeSymbol};
use crate::diagnostic::{At, Place, Sink};
use crate::model::{Example, FieldKind};
use crate::raw::{RawExample, RawField};

/// Lowers the examples of an operation with this request.
pub(super) fn lower(
    raw: &[RawExample],
    request: Option<&TypeSymbol<'_>>,
    symbols: &Symbols<'_>,
    sink: &Sink,
) -> Vec<Example> {
    raw.iter().filter_map(|example| lower_example(example, request, symbols, sink)).collect()
}

fn lower_example(
    raw: &RawExample,
    request: Option<&TypeSymbol<'_>>,
    symbols: &Symbols<'_>,
    sink: &Sink,
) -> Option<Example> {
    let sent = raw.request.as_ref().and_then(|body| Some((body.at, json("request", body, sink)?)));
    if let (Some((at, value)), Some(request)) = (sent, request) {
        RequestCheck { symbols, sink, at }.object(request, &value);
    }
    // Only the syntax of a response is checked, because responses are lenient.
    raw.response.as_ref().and_then(|body| json("response", body, sink));
    Some(Example {
        source: docs::not_empty(raw.source.as_ref(), "source", sink),
        request: raw.request.as_ref()?.value.clone(),
        response: raw.response.as_ref()?.value.clone(),
    })
}

/// Parses the body of an example, or reports that it is not JSON.
fn json(key: &str, body: &At<String>, sink: &Sink) -> Option<Value> {
    let parsed = serde_json::from_str(&body.value);
    parsed.map_err(|error| sink.report(body.at, format!("could not parse the example's `{key}` as JSON: {error}"))).ok()
}

/// A visitor of an example's request.
#[derive(Debug)]
struct RequestCheck<'a> {
    symbols: &'a Symbols<'a>,
    sink: &'a Sink,
    at: Place,
}

impl RequestCheck<'_> {
    /// Checks the fields of an object. The JSON Schema tests check types and limits.
    fn object(&self, symbol: &TypeSymbol<'_>, value: &Value) {
        self.fields(&Scope::new(self.symbols, symbol), None, value);
    }

    /// Checks that the spec has the fields of an object or of one of its nested wire objects.
    fn fields(&self, scope: &Scope<'_>, within: Option<&str>, value: &Value) {
        let Value::Object(fields) = value else { return };
        let here: Vec<&Shape<'_>> = scope.shapes.iter().filter(|shape| holder(shape.member.raw) == within).collect();
        let nested: BTreeSet<&str> = match within {
            None => scope.shapes.iter().filter_map(|shape| holder(shape.member.raw)).collect(),
            Some(_) => BTreeSet::new(),
        };
        for (name, value) in fields {
            if let Some(shape) = here.iter().find(|shape| shape.member.raw.wire.value == *name) {
                shape.kind.iter().for_each(|kind| self.value(shape, kind, value));
            } else if nested.contains(name.as_str()) {
                self.fields(scope, Some(name), value);
            } else {
                let known = here.iter().map(|shape| shape.member.raw.wire.as_str()).chain(nested.iter().copied());
                let name = At { value: name.clone(), at: self.at };
                self.sink.unknown_in("field", &name, "in the example's `request`", known);
            }
        }
    }

    /// Checks objects and enum values in a field.
    fn value(&self, shape: &Shape<'_>, kind: &FieldKind, value: &Value) {
        match kind {
            FieldKind::List(item) => value.as_array().into_iter().flatten().for_each(|of| self.value(shape, item, of)),
            FieldKind::Object(name) => {
                if let Some(symbol) = self.symbols.type_named(name) {
                    self.object(symbol, value);
                }
            }
            FieldKind::Enum(_) => self.number(shape, value),
            _ => {}
        }
    }

    /// Checks that a number is an allowed value of the field's enum.
    fn number(&self, shape: &Shape<'_>, value: &Value) {
        let Some(number) = value.as_i64() else { return };
        // Lowering of the enum reports if it has no values.
        if !shape.allowed.is_empty() && !shape.allowed.iter().any(|allowed| allowed.number == number) {
            let allowed: Vec<_> = shape.allowed.iter().map(|allowed| allowed.number.to_string()).collect();
            let (allowed, wire) = (allowed.join(", "), &shape.member.raw.wire.value);
            let message = format!("expected one of {allowed} for `{wire}` in the example's `request`, got {number}");
            self.sink.report(self.at, message);
        }
    }
}

/// Returns the nested wire object that contains a field.
fn holder(raw: &RawField) -> Option<&str> {
    raw.within.as_ref().map(At::as_str)
}
