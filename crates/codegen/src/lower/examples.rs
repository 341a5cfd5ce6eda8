//! Lowers the examples of the documents, and checks their requests and responses against the spec.

mod check;
mod json;
mod text;

use self::check::{Checker, check_envelope};
use self::json::parse;
use super::docs;
use super::symbols::TypeSymbol;
use crate::diagnostic::{At, Sink};
use crate::lower::symbols::Symbols;
use crate::model::Example;
use crate::raw::{RawEnvelope, RawExample};

/// The types with which the examples of an operation are checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// The request; `None` if it is invalid.
    pub(super) request: Option<&'a TypeSymbol<'a>>,
    /// The response; `None` if it is invalid or contains no useful data.
    pub(super) response: Option<&'a TypeSymbol<'a>>,
    /// The envelope of responses; `None` if it is missing.
    pub(super) envelope: Option<&'a RawEnvelope>,
}

/// Lowers and checks the examples of an operation.
pub(super) fn lower_examples(
    raw: &[RawExample],
    expected: Expected<'_>,
    symbols: &Symbols<'_>,
    sink: &Sink,
) -> Vec<Example> {
    raw.iter().filter_map(|example| lower_example(example, expected, symbols, sink)).collect()
}

fn lower_example(raw: &RawExample, expected: Expected<'_>, symbols: &Symbols<'_>, sink: &Sink) -> Option<Example> {
    if let (Some(body), Some(request)) = (&raw.request, expected.request)
        && let Some(node) = parsed("request", body, sink)
    {
        Checker { symbols, sink, part: "request" }.object(request, "request", &node);
    }
    if let (Some(body), Some(envelope)) = (&raw.response, expected.envelope)
        && let Some(node) = parsed("response", body, sink)
    {
        let checker = Checker { symbols, sink, part: "response" };
        if let (Some(data), Some(response)) = (check_envelope(&checker, envelope, &node), expected.response) {
            checker.object(response, "data", data);
        }
    }
    Some(Example {
        source: docs::not_empty(raw.source.as_ref(), "source", sink),
        request: raw.request.as_ref()?.value.clone(),
        response: raw.response.as_ref()?.value.clone(),
    })
}

/// Parses the body of an example, or reports that it is not JSON.
fn parsed(part: &str, body: &At<String>, sink: &Sink) -> Option<json::Node> {
    let node = parse(body);
    node.map_err(|(at, error)| sink.report(at, format!("could not parse the example's `{part}` as JSON: {error}"))).ok()
}
