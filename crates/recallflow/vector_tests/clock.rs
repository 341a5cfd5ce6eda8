//! `clock.json`: the offset learned from each response, and its use.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use recallflow_tests::{Case, check_all, load, same};
use serde::Deserialize;

use crate::clock::{ServiceClock, offset, remedy};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Teaching>>,
    calls: Vec<Case<Calling>>,
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
struct Calling {
    attempts: Vec<Attempt>,
    learned: Option<i64>,
    adopted: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attempt {
    sent: i64,
    received: i64,
    round_trip_ms: u64,
    date: Option<String>,
    age: bool,
    refused: bool,
    timestamp: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explaining {
    offset: Option<i64>,
    remedy: String,
}

#[test]
fn a_response_has_the_expected_offset() {
    check_all(&load::<File>("clock").cases, |case| {
        let round_trip = Duration::from_millis(case.round_trip_ms);
        same("offset", &case.offset, &offset(case.local, case.date.as_deref(), case.age, round_trip))
    });
}

#[test]
fn each_attempt_is_signed_with_the_expected_time() {
    check_all(&load::<File>("clock").calls, |case| {
        let local = Arc::new(AtomicI64::new(0));
        let clock = ServiceClock::new(Arc::new({
            let local = Arc::clone(&local);
            move || since_epoch(local.load(Ordering::Relaxed))
        }));
        for attempt in &case.attempts {
            local.store(attempt.sent, Ordering::Relaxed);
            let used = clock.adopted();
            same("timestamp", &attempt.timestamp, &(clock.local() + used))?;
            local.store(attempt.received, Ordering::Relaxed);
            let round_trip = Duration::from_millis(attempt.round_trip_ms);
            let learned = clock.learn(attempt.date.as_deref(), attempt.age, round_trip);
            if attempt.refused {
                clock.refuse(used, learned);
            }
        }
        same("learned", &case.learned, &clock.learned())?;
        same("adopted", &case.adopted, &clock.adopted())
    });
}

fn since_epoch(seconds: i64) -> SystemTime {
    let span = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { UNIX_EPOCH - span } else { UNIX_EPOCH + span }
}

#[test]
fn a_refused_timestamp_has_the_expected_remedy() {
    check_all(&load::<File>("clock").remedies, |case| same("remedy", &case.remedy, &remedy(case.offset)));
}
