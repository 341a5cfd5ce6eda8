//! Turns the spec as it is written into the model: resolves names, adds what is included or inherited, and refuses
//! what makes no sense.
//!
//! Every problem is reported and lowering goes on with the rest. An item that cannot be lowered is left out without a
//! further report, because whoever reported first has said what is wrong.

mod constructors;
mod enums;
mod examples;
mod fields;
mod include;
mod limits;
mod literals;
mod operations;
mod rules;
mod scope;
mod service;
mod sources;
mod symbols;
mod text;
mod types;

use crate::diagnostic::Sink;
use crate::model::Api;
use crate::raw::RawSpec;
use symbols::Symbols;

/// Lowers a spec. The result is whole if nothing was reported.
pub(crate) fn lower(spec: &RawSpec, sink: &Sink) -> Option<Api> {
    sources::check(spec, sink);
    let symbols = Symbols::collect(spec, sink);
    let service = spec.service.as_ref().map(|service| service::lower(service, sink));
    let enums = enums::lower(&symbols, sink);
    let types = types::lower(&symbols, sink);
    let operations = operations::lower(spec, &symbols, sink);
    Some(Api { service: service??, enums, types, operations, spec_files: Vec::new() })
}
