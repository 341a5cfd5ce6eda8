//! Every fault with its expected outcome.
//!
//! The expectations are written by hand from the promises of the project, not from the behavior of the client. A query may be
//! retried and ends with the error of its last attempt. An update may be retried only if it provably was not applied;
//! otherwise its outcome is unknown.

mod breaks;
mod codes;
mod connections;
mod edits;
mod foreign_bodies;
mod headers;
mod limits;
mod sizes;
mod statuses;
mod waits;

use crate::row::FaultRow;

/// A section of the table.
pub(crate) struct TableSection {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<FaultRow>,
}

/// Returns all sections in the order of the table.
pub(crate) fn sections() -> Vec<TableSection> {
    let section = |title, rows| TableSection { title, rows };
    vec![
        section("No connection", connections::rows()),
        section("Limits and settings of the process", limits::rows()),
        section("Broken connections and missing responses", breaks::rows()),
        section("Truncated bodies and wrong lengths", breaks::lengths()),
        section("Responses that are too large", sizes::rows()),
        section("Bodies that are not a response", foreign_bodies::rows()),
        section("HTTP statuses", statuses::rows()),
        section("Response headers", headers::rows()),
        section("Codes", codes::rows()),
        section("Envelopes", codes::envelopes()),
        section("Safe edits", edits::rows()),
        section("Waiting", waits::rows()),
    ]
}

/// Expectations that several faults share.
impl FaultRow {
    /// Expects that the request is not sent: both operations are retried, and no request arrives.
    fn expect_unsent(self, class: &'static str) -> Self {
        self.both_fail(class, 0)
    }

    /// Expects no complete response to a sent request: a query is retried twice, an update has an unknown outcome.
    fn expect_ambiguous(self, class: &'static str) -> Self {
        self.query_fails(class, 3).update_fails("OutcomeUnknownError", 1)
    }

    /// Expects that no response arrives before the deadline.
    fn expect_timeout(self) -> Self {
        self.query_fails("TimeoutError", 1).update_fails("OutcomeUnknownError", 1).with_short_deadline()
    }

    /// Expects an unreadable response: a query is not retried, an update has an unknown outcome.
    fn expect_unreadable(self) -> Self {
        self.query_fails("ProtocolError", 1).update_fails("OutcomeUnknownError", 1)
    }

    /// Expects a service that is unavailable: a query is retried, an update has an unknown outcome.
    fn expect_unavailable(self) -> Self {
        self.expect_ambiguous("UnavailableError")
    }

    /// Expects an error that is not retried.
    fn expect_settled(self, class: &'static str) -> Self {
        self.both_fail(class, 1)
    }

    /// Expects that the service refuses the request before processing it: both operations are retried.
    fn expect_throttled(self) -> Self {
        self.both_fail("RateLimitedError", 3)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use recallflow_sandbox::magic_fault;

    use super::sections;
    use crate::row::{PlayedFault, Stage};

    #[test]
    fn a_key_plays_the_fault_of_its_row() {
        for row in sections().iter().flat_map(|section| &section.rows) {
            if let Stage::Requests(PlayedFault { fault, key: Some(key), .. }) = &row.stage {
                assert_eq!(magic_fault(*key, true).as_ref(), Some(fault), "{key}: {}", row.name);
                assert_eq!(magic_fault(*key, false).as_ref(), Some(fault), "{key}: {}", row.name);
            }
        }
    }

    #[test]
    fn row_names_are_unique() {
        let mut names = HashSet::new();
        for row in sections().into_iter().flat_map(|section| section.rows) {
            assert!(names.insert(row.name.clone()), "{}", row.name);
        }
    }
}
