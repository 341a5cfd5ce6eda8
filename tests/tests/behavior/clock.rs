//! Calls from a machine whose clock is wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use recallflow::{Client, Error, ErrorKind, RecallFlowDetail};
use recallflow_sandbox::{Fault, Sandbox};
use tokio::task::JoinHandle;

use super::{builder, sandbox_and_client, update};

const HOUR: i64 = 3600;

/// Returns a client whose clock is ahead by this many seconds, and the number to change it.
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
async fn the_offset_is_readable() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, HOUR);
    assert_eq!(client.clock_offset(), None);
    client.query_recall_flow_detail(12).await.unwrap();
    let offset = client.clock_offset().expect("the response has a date");
    assert!(offset.abs_diff(-HOUR) <= 2, "{offset}");
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
    // Two calls at each of the four times, and one corrected attempt after each of the three jumps.
    assert_eq!(sandbox.requests().len(), 11);
}

/// Starts this many concurrent calls.
fn start_calls(count: usize, client: &Client) -> Vec<JoinHandle<Result<RecallFlowDetail, Error>>> {
    let call = |client: Client| tokio::spawn(async move { client.query_recall_flow_detail(12).await });
    (0..count).map(|_| call(client.clone())).collect()
}

#[tokio::test]
async fn fifty_concurrent_calls_recover() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, HOUR);
    let calls = start_calls(50, &client);
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn fifty_concurrent_calls_recover_from_every_clock_error() {
    for ahead in [HOUR, -HOUR, 3 * 24 * HOUR, -3 * 24 * HOUR] {
        let (sandbox, _) = sandbox_and_client().await;
        let (client, _) = skewed(&sandbox, ahead);
        let calls: Vec<_> = (0..50)
            .map(|number| {
                let client = client.clone();
                tokio::spawn(async move {
                    match number % 2 {
                        0 => client.query_recall_flow_detail(12).await.map(drop),
                        _ => client.update_recall_flow(&update()).await,
                    }
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
        assert!(sandbox.requests().len() <= 100, "{ahead}");
        sandbox.reset();
        client.update_recall_flow(&update()).await.unwrap();
        assert_eq!(sandbox.requests().len(), 1, "{ahead}: all calls use the offset that one call learned");
    }
}

#[tokio::test]
async fn a_wrong_date_does_not_mislead_concurrent_calls() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, HOUR);
    // Every other response comes from a gateway with a wrong clock, so the client learns a wrong offset.
    let gateway = || Fault::Code(-18).with_header("Date", "Thu, 01 Jan 1970 00:00:00 GMT");
    for _ in 0..20 {
        sandbox.script_for("query_group_calls", [gateway()]);
    }
    let misled: Vec<_> = (0..20)
        .map(|_| {
            let client = client.with_max_retries(0);
            let query = recallflow::GroupCallQuery::new(
                "2024-01-01 00:00:00".parse::<recallflow::LocalDateTime>().unwrap(),
                "2024-06-03 15:13:01".parse::<recallflow::LocalDateTime>().unwrap(),
            );
            tokio::spawn(async move { client.query_group_calls(&query).await })
        })
        .collect();
    let calls = start_calls(20, &client);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    for call in misled {
        call.await.unwrap().unwrap_err();
    }
}

#[tokio::test]
async fn a_clock_that_jumps_during_a_call_does_not_change_its_duration() {
    for jump in [5 * HOUR, -5 * HOUR, 3 * 24 * HOUR, -3 * 24 * HOUR] {
        // The clock jumps before the response arrives: the next attempt is signed with the new time.
        let (sandbox, _) = sandbox_and_client().await;
        let (client, offset) = skewed(&sandbox, HOUR);
        sandbox.script([Fault::Ok.delayed_by(Duration::from_millis(100))]);
        let call = tokio::spawn({
            let client = client.clone();
            async move { client.update_recall_flow(&update()).await }
        });
        sandbox.wait_for_requests(1).await;
        offset.fetch_add(jump, Ordering::Relaxed);
        let started = Instant::now();
        call.await.unwrap().unwrap();
        assert!(started.elapsed() < Duration::from_secs(5), "{jump}");
        assert_eq!(sandbox.requests().len(), 2, "{jump}");

        // The clock jumps during the backoff, which does not become longer.
        sandbox.reset();
        sandbox.script([Fault::Code(-15).with_header("Retry-After", "1")]);
        let call = tokio::spawn({
            let client = client.clone();
            async move { client.update_recall_flow(&update()).await }
        });
        sandbox.wait_for_requests(1).await;
        offset.fetch_add(-2 * jump, Ordering::Relaxed);
        let started = Instant::now();
        call.await.unwrap().unwrap();
        assert!(started.elapsed() < Duration::from_secs(5), "{jump}");
        assert_eq!(sandbox.requests().len(), 3, "{jump}");
    }
}

#[tokio::test]
async fn deadlines_do_not_depend_on_the_clock() {
    const TIMEOUT: Duration = Duration::from_millis(400);
    for jump in [5 * HOUR, -5 * HOUR, 3 * 24 * HOUR, -3 * 24 * HOUR] {
        let (sandbox, _) = sandbox_and_client().await;
        let (client, offset) = skewed(&sandbox, 0);
        let client = client.with_timeout(TIMEOUT);
        sandbox.script([Fault::Hold]);
        let started = Instant::now();
        let call = tokio::spawn(async move { client.query_recall_flow_detail(12).await });
        sandbox.wait_for_requests(1).await;
        offset.store(jump, Ordering::Relaxed);
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{jump}");
        let lasted = started.elapsed();
        assert!((TIMEOUT..TIMEOUT + Duration::from_secs(2)).contains(&lasted), "{jump}: {lasted:?}");
    }
}

#[tokio::test]
async fn a_retry_after_date_is_relative_to_the_clock_of_the_service() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, 3 * 24 * HOUR);
    client.query_recall_flow_detail(12).await.unwrap();
    sandbox.script([Fault::Code(-15)
        .with_header("Date", "Mon, 01 Jan 2024 00:00:00 GMT")
        .with_header("Retry-After", "Mon, 01 Jan 2024 00:01:30 GMT")]);
    let error = client.with_max_retries(0).query_recall_flow_detail(12).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
}

#[tokio::test]
async fn an_absurd_clock_is_corrected_or_reported() {
    let farthest = Duration::from_secs(i64::MAX as u64);
    let times = [UNIX_EPOCH, UNIX_EPOCH - Duration::from_secs(86_400)].into_iter();
    let extremes = [UNIX_EPOCH.checked_add(farthest), UNIX_EPOCH.checked_sub(farthest)];
    for time in times.chain(extremes.into_iter().flatten()) {
        let (sandbox, _) = sandbox_and_client().await;
        let client = builder(&sandbox).clock(move || time).build().unwrap();
        // The documents do not say how the service treats times before 1970, so either outcome is accepted.
        if let Err(error) = client.query_recall_flow_detail(12).await {
            assert!(
                matches!(error.kind(), ErrorKind::TimestampExpired | ErrorKind::Authentication | ErrorKind::Parameter),
                "{time:?}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_date_of_a_gateway_breaks_no_request() {
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
async fn the_remedy_of_a_refused_timestamp_names_the_offset() {
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
async fn without_retries_the_next_call_uses_the_corrected_clock() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, HOUR);
    let client = client.with_max_retries(0);
    assert_eq!(client.query_recall_flow_detail(12).await.unwrap_err().kind(), ErrorKind::TimestampExpired);
    client.query_recall_flow_detail(12).await.unwrap();
}

#[tokio::test]
async fn an_adopted_offset_that_is_refused_is_dropped() {
    let (sandbox, client) = sandbox_and_client().await;
    let refused = || Fault::Code(-16).with_header("Date", "Thu, 01 Jan 1970 00:00:00 GMT");
    sandbox.script([refused(), refused()]);
    client.query_recall_flow_detail(12).await.unwrap_err();
    client.update_recall_flow(&update()).await.unwrap();
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn the_date_of_a_cached_response_is_ignored() {
    let (sandbox, _) = sandbox_and_client().await;
    let (client, _) = skewed(&sandbox, HOUR);
    sandbox.script([Fault::Ok.with_header("Age", "7"), Fault::Ok.with_header("Age", "7")]);
    let error = client.query_recall_flow_detail(12).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimestampExpired);
}
