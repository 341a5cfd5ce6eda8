//! `retry_after.json`: the wait that each `Retry-After` header asks for.

use std::time::Duration;

use recallflow_tests::{Case, check_all, load, same};
use serde::Deserialize;

use crate::retry::parse_retry_after;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Waiting>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiting {
    header: String,
    now: i64,
    seconds: Option<u64>,
}

#[test]
fn a_header_has_the_expected_wait() {
    check_all(&load::<File>("retry_after").cases, |case| {
        same("wait", &case.seconds.map(Duration::from_secs), &parse_retry_after(&case.header, case.now))
    });
}
