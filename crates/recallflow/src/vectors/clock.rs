//! `clock.json`: what an answer teaches of the service's clock.

use std::time::Duration;

use recallflow_tests::{Case, check_all, load, same};
use serde::Deserialize;

use crate::clock::{offset, remedy};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Teaching>>,
    remedies: Vec<Case<Explaining>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Teaching {
    local: i64,
    date: Option<String>,
    age: bool,
    round_trip_ms: u64,
    offset: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explaining {
    offset: i64,
    remedy: String,
}

#[test]
fn an_answer_teaches_this_offset() {
    check_all(&load::<File>("clock").cases, |case| {
        let round_trip = Duration::from_millis(case.round_trip_ms);
        same("offset", &case.offset, &offset(case.local, case.date.as_deref(), case.age, round_trip))
    });
}

#[test]
fn a_refused_timestamp_is_explained() {
    check_all(&load::<File>("clock").remedies, |case| same("remedy", &case.remedy, &remedy(case.offset)));
}
