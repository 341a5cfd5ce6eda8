//! Words that several renderers share.

use crate::model::OperationKind;

/// Returns the kind of an operation as in the spec.
pub(super) fn kind(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Query => "query",
        OperationKind::Update => "update",
    }
}
