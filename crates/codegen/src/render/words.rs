//! Words that several renderers share.

use crate::model::{Doc, OperationKind};

/// Returns the kind of an operation as in the spec.
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
