//! A clock of this machine that is wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use recallflow::{Client, ErrorKind};
use recallflow_sandbox::{Fault, Sandbox};

use super::{builder, sandbox_and_client, update};

const HOUR: i64 = 3600;

/// A client whose clock is ahead by a number of seconds, which can change.
fn skewed(sandbox: &Sandbox, ahead: i64) -> (Client, Arc<AtomicI64>) {
    let offset = Arc::new(AtomicI64::new(ahead));
    let shared = Arc::clone(&offset);
    let clock = move || match shared.load(Ordering::Relaxed) {
        ahead @ 0.. => SystemTime::now() + Duration::from_secs(ahead.unsigned_abs()),
        behind => SystemTime::now() - Duration::from_secs(behind.unsigned_abs()),
    };
    (builder(sandbox).clock(clock).build().unwrap(), offset)
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_and_remembered() {
    for ahead in [HOUR, -HOUR, 40 * 24 * HOUR, -40 * 24 * HOUR] {
        let (sandbox, _) = sandbox_and_client().await;
        let (client, _) = skewed(&sandbox, ahead);
        client.update_recall_flow(&update()).await.unwrap();
        assert_eq!(sandbox.requests().len(), 2, "{ahead}");
        client.update_recall_flow(&update()).await.unwrap();
        assert_eq!(sandbox.requests().len(), 3, "{ahead}");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_is_corrected_again() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, offset) = skewed(&sandbox, 0);
    for ahead in [0, 5 * HOUR, -3 * HOUR, 0] {
        offset.store(ahead, Ordering::Relaxed);
        client.query_recall_flow_detail(12).await.unwrap();
        client.query_recall_flow_detail(12).await.unwrap();
    }
    // Two calls for each of the four times, and one correction for each of the three jumps.
    assert_eq!(sandbox.requests().len(), 11);
}

#[tokio::test]
async fn fifty_calls_at_once_all_recover() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, HOUR);
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.query_recall_flow_detail(12).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_gateway_with_a_wrong_date_spoils_nothing() {
    let (sandbox, client) = sandbox_and_client().await;
    for date in ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 2099 23:59:59 GMT", "yesterday", ""] {
        sandbox.reset();
        sandbox.script([Fault::date(date)]);
        for _ in 0..2 {
            client.update_recall_flow(&update()).await.unwrap();
        }
        assert_eq!(sandbox.requests().len(), 2, "{date}");
    }
}

#[tokio::test]
async fn a_refused_timestamp_that_cannot_be_corrected_tells_how_far_the_clock_is_off() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, 42 * 60);
    sandbox.script([Fault::Code(-16), Fault::Code(-16), Fault::Code(-16)]);
    let error = client.query_recall_flow_detail(12).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimestampExpired);
    assert_eq!(sandbox.requests().len(), 2);
    let remedy = error.remedy().unwrap();
    assert!(remedy.contains("42 min ahead of") || remedy.contains("41 min ahead of"), "{remedy}");
}

#[tokio::test]
async fn without_retries_the_next_call_is_signed_right() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, HOUR);
    let client = client.with_max_retries(0);
    assert_eq!(client.query_recall_flow_detail(12).await.unwrap_err().kind(), ErrorKind::TimestampExpired);
    client.query_recall_flow_detail(12).await.unwrap();
}

#[tokio::test]
async fn a_wrong_date_that_was_tried_is_dropped_again() {
    let (sandbox, client) = sandbox_and_client().await;
    let refused = || Fault::Code(-16).with_header("Date", "Thu, 01 Jan 1970 00:00:00 GMT");
    sandbox.script([refused(), refused()]);
    client.query_recall_flow_detail(12).await.unwrap_err();
    client.update_recall_flow(&update()).await.unwrap();
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn a_date_that_a_cache_kept_teaches_nothing() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, HOUR);
    sandbox.script([Fault::Ok.with_header("Age", "7"), Fault::Ok.with_header("Age", "7")]);
    let error = client.query_recall_flow_detail(12).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimestampExpired);
}
