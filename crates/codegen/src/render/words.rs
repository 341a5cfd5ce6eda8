//! Words that several renderers use for the same thing.

use crate::model::OperationKind;

/// The kind of an operation, as the spec spells it.
pub(super) fn kind(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Query => "query",
        OperationKind::Update => "update",
    }
}
