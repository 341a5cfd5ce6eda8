//! Lowers the raw spec to the model: resolves names, adds included fields and inherited sources, and validates.
//!
//! Lowering reports each problem once and continues with the remaining items. It leaves out an item that it cannot
//! lower without a second report, because the cause is already reported.

mod constructors;
mod docs;
mod enums;
mod examples;
mod fields;
mod include;
mod limits;
mod lints;
mod literals;
mod marks;
mod naming;
mod operations;
mod options;
mod rules;
mod sandbox;
mod scope;
mod service;
mod source_checks;
mod symbols;
mod types;
mod variants;

use crate::diagnostic::Sink;
use crate::model::Api;
use crate::raw::RawSpec;
use symbols::Symbols;

/// Lowers a spec. The result is complete if nothing is reported.
pub(crate) fn lower(spec: &RawSpec, sink: &Sink) -> Option<Api> {
    source_checks::check_sources(spec, sink);
    let symbols = Symbols::collect(spec, sink);
    let service = spec.service.as_ref().map(|service| service::lower_service(service, sink));
    let enums = enums::lower_enums(&symbols, sink);
    let mut types = types::lower_types(&symbols, sink);
    let operations = operations::lower_operations(spec, &symbols, sink);
    variants::separate_variants(spec, &mut types, &operations, sink);
    let options = options::lower_options(&spec.options, sink);
    let sandbox = spec.sandbox.as_ref().and_then(|sandbox| sandbox::lower_sandbox(sandbox, sink));
    let mut api = Api { service: service??, enums, types, operations, options, sandbox, spec_files: Vec::new() };
    marks::mark(&mut api);
    Some(api)
}
