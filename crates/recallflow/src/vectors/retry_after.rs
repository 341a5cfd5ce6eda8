//! `retry_after.json`: how long the header asks to wait.

use std::time::Duration;

use recallflow_tests::{Case, check_all, load, same};
use serde::Deserialize;

use crate::retry::retry_after;

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
fn the_header_asks_to_wait_this_long() {
    check_all(&load::<File>("retry_after").cases, |case| {
        same("wait", &case.seconds.map(Duration::from_secs), &retry_after(&case.header, case.now))
    });
}
