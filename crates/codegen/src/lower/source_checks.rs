//! Checks that every `source` is a document of `service.toml`.

use std::collections::BTreeSet;

use crate::diagnostic::{At, Sink};
use crate::raw::{RawAbout, RawBody, RawEnum, RawOperation, RawService, RawSpec, RawType};

/// Suffix of a source if only an example in the document shows the item.
const EXAMPLE: &str = " example";

/// Returns the document of a source.
pub(super) fn document_of(source: &str) -> &str {
    source.strip_suffix(EXAMPLE).unwrap_or(source)
}

/// Checks the sources of all items, unless `service.toml` does not parse, because the documents are unknown then.
pub(super) fn check_sources(spec: &RawSpec, sink: &Sink) {
    let Some(service) = &spec.service else { return };
    if sink.is_broken(service.at) {
        return;
    }
    let sources = SourceChecker { known: service.documents.iter().map(|raw| raw.name.as_str()).collect(), sink };
    sources.service(service);
    spec.enums.iter().for_each(|raw| sources.enumeration(raw));
    spec.types.iter().for_each(|raw| sources.object(raw));
    spec.operations.iter().for_each(|raw| sources.operation(raw));
}

/// A visitor of all items that checks their sources.
#[derive(Debug)]
struct SourceChecker<'a> {
    known: BTreeSet<&'a str>,
    sink: &'a Sink,
}

impl SourceChecker<'_> {
    fn service(&self, raw: &RawService) {
        self.about(&raw.about);
        raw.base_urls.iter().for_each(|raw| self.about(&raw.about));
        raw.headers.iter().for_each(|raw| self.about(&raw.about));
        raw.signing.iter().for_each(|raw| self.about(&raw.about));
        let parts = raw.envelope.iter().flat_map(|raw| [&raw.code, &raw.message, &raw.data]);
        parts.flatten().for_each(|raw| self.about(&raw.about));
        raw.codes.iter().for_each(|raw| self.about(&raw.about));
    }

    fn enumeration(&self, raw: &RawEnum) {
        self.about(&raw.about);
        raw.values.iter().for_each(|raw| self.about(&raw.about));
    }

    fn object(&self, raw: &RawType) {
        self.about(&raw.about);
        raw.fields.iter().for_each(|raw| self.about(&raw.about));
    }

    fn operation(&self, raw: &RawOperation) {
        self.about(&raw.about);
        for body in raw.request.iter().chain(&raw.response) {
            if let RawBody::Defined(raw) = body {
                self.object(raw);
            }
        }
        raw.types.iter().for_each(|raw| self.object(raw));
        raw.enums.iter().for_each(|raw| self.enumeration(raw));
        raw.examples.iter().filter_map(|raw| raw.source.as_ref()).for_each(|raw| self.name(raw, &raw.value));
    }

    fn about(&self, raw: &RawAbout) {
        for source in raw.source.iter().flat_map(|sources| &sources.value) {
            self.name(source, document_of(&source.value));
        }
    }

    /// Checks the name of a document. Lowering reports an empty one.
    fn name(&self, raw: &At<String>, name: &str) {
        if !name.trim().is_empty() && !self.known.contains(name) {
            let name = At { value: name.to_owned(), at: raw.at };
            self.sink.unknown("document", &name, self.known.iter().copied());
        }
    }
}
