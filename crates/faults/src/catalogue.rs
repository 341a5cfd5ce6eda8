//! Every fault, and what must come of it.
//!
//! It is written by hand from what the project promises, and not from what the client does: a query may be repeated,
//! and ends in the error of its last attempt; an update may be repeated only if it provably was not carried out, and of
//! what nobody knows it says so.

mod bodies;
mod breaks;
mod codes;
mod connections;
mod headers;
mod sizes;
mod statuses;

use crate::row::Row;

/// Rows that belong together.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<Row>,
}

/// Everything, in the order of the table.
pub(crate) fn sections() -> Vec<Section> {
    let section = |title, rows| Section { title, rows };
    vec![
        section("No connection", connections::rows()),
        section("Connections that break, and answers that do not come", breaks::rows()),
        section("Bodies that are cut off, and lengths that are wrong", breaks::lengths()),
        section("Answers that are too large", sizes::rows()),
        section("Bodies that are no answer", bodies::rows()),
        section("HTTP statuses", statuses::rows()),
        section("Headers of the answer", headers::rows()),
        section("Codes", codes::rows()),
        section("Envelopes", codes::envelopes()),
    ]
}

/// What a row comes to when an attempt ends in a way of which several others share the consequences.
impl Row {
    /// Nothing was sent: both are repeated, and nothing arrives.
    fn unsent(self, class: &'static str) -> Self {
        self.both(class, 0)
    }

    /// Something was sent, and no whole answer came: a query is repeated twice, and nobody knows of an update.
    fn ambiguous(self, class: &'static str) -> Self {
        self.query(class, 3).update("OutcomeUnknownError", 1)
    }

    /// The answer does not come before the deadline.
    fn never(self) -> Self {
        self.query("TimeoutError", 1).update("OutcomeUnknownError", 1).waits()
    }

    /// There is an answer that nobody can read: repeating does not help, and nobody knows of an update.
    fn unreadable(self) -> Self {
        self.query("ProtocolError", 1).update("OutcomeUnknownError", 1)
    }

    /// The service is not there behind its gateway: a query is repeated, and nobody knows of an update.
    fn unavailable(self) -> Self {
        self.ambiguous("ProtocolError")
    }

    /// The answer stands.
    fn settled(self, class: &'static str) -> Self {
        self.both(class, 1)
    }

    /// The request was refused before anything was done: both are repeated.
    fn throttled(self) -> Self {
        self.both("RateLimitedError", 3)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use recallflow_sandbox::magic_fault;

    use super::sections;
    use crate::row::{Played, Stage};

    #[test]
    fn a_key_plays_what_its_row_says() {
        for row in sections().iter().flat_map(|section| &section.rows) {
            if let Stage::Requests(Played { fault, key: Some(key), .. }) = &row.stage {
                assert_eq!(magic_fault(*key, true).as_ref(), Some(fault), "{key}: {}", row.name);
                assert_eq!(magic_fault(*key, false).as_ref(), Some(fault), "{key}: {}", row.name);
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names = HashSet::new();
        for row in sections().into_iter().flat_map(|section| section.rows) {
            assert!(names.insert(row.name.clone()), "{}", row.name);
        }
    }
}
