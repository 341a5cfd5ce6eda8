//! Words that several renderers use for the same thing.

use crate::model::{Doc, OperationKind};

/// The kind of an operation, as the spec spells it.
pub(super) fn kind(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Query => "query",
        OperationKind::Update => "update",
    }
}

/// The documents that something is from, as comments in code name them.
pub(super) fn source(doc: &Doc) -> String {
    format!("Source: {}.", doc.source.join(", "))
}
