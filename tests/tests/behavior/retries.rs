//! Retries: when a call is retried, and how often.

use std::time::Duration;

use recallflow::{Error, ErrorKind};
use recallflow_sandbox::{Ending, Fault};

use super::{builder, sandbox_and_client, update};

#[tokio::test]
async fn max_retries_limits_the_retries() {
    let (sandbox, client) = sandbox_and_client().await;
    for (client, requests) in [(client.clone(), 3), (client.with_max_retries(0), 1), (client.with_max_retries(4), 5)] {
        sandbox.reset();
        sandbox.script(vec![Fault::Status(503); 9]);
        let error = client.query_recall_flow_detail(12).await.unwrap_err();
        assert_eq!(error.http_status(), Some(503));
        assert_eq!(sandbox.requests().len(), requests);
        assert_eq!(error.call().attempts as usize, requests);
    }
}

#[tokio::test]
async fn every_attempt_has_its_own_signature() {
    let (sandbox, _) = sandbox_and_client().await;
    let seconds = std::sync::atomic::AtomicU64::new(0);
    let start = std::time::SystemTime::now();
    let clock = move || start + Duration::from_secs(seconds.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let client = builder(&sandbox).clock(clock).build().unwrap();
    sandbox.script([Fault::Status(503), Fault::Reset]);
    client.query_recall_flow_detail(12).await.unwrap();
    let requests = sandbox.requests();
    assert!(requests.iter().all(|request| request.signature_valid));
    let mut timestamps: Vec<_> = requests.iter().map(|request| request.header("Timestamp").unwrap()).collect();
    timestamps.dedup();
    assert_eq!(timestamps.len(), 3);
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_fails_at_once() {
    let (sandbox, client) = sandbox_and_client().await;
    for (header, seconds) in [("99999", 99_999), ("31", 31)] {
        sandbox.reset();
        sandbox.script([Fault::Code(-15).with_header("Retry-After", header)]);
        let error = client.update_recall_flow(&update()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
        assert_eq!(sandbox.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_retry_after_within_the_deadline_is_respected() {
    let (sandbox, client) = sandbox_and_client().await;
    for header in ["0", "Wed, 21 Oct 2015 07:28:00 GMT", "-5", "soon"] {
        sandbox.reset();
        sandbox.script([Fault::Status(503).with_header("Retry-After", header)]);
        client.query_recall_flow_detail(12).await.unwrap();
        assert_eq!(sandbox.requests().len(), 2, "{header}");
    }
    sandbox.reset();
    sandbox.script([Fault::Status(503).with_header("Retry-After", "1")]);
    client.query_recall_flow_detail(12).await.unwrap();
    let requests = sandbox.requests();
    assert!(requests[1].time.duration_since(requests[0].time).unwrap() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_stale_connection_costs_a_query_no_retry() {
    let (sandbox, client) = sandbox_and_client().await;
    let client = client.with_max_retries(0);
    sandbox.script([Fault::End(Ending::Stale)]);
    client.query_recall_flow_detail(12).await.unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    assert_eq!(sandbox.connections(), 2);

    // The connections of queries are not used for updates.
    sandbox.script([Fault::End(Ending::Stale)]);
    client.query_recall_flow_detail(12).await.unwrap();
    sandbox.script([Fault::End(Ending::Stale)]);
    client.update_recall_flow(&update()).await.unwrap();
    let error = client.update_recall_flow(&update()).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown(_)), "the request had arrived, so the outcome is unknown: {error}");
}

#[tokio::test]
async fn a_drained_budget_stops_retries_until_calls_succeed() {
    let (sandbox, client) = sandbox_and_client().await;
    let attempts = async |client: &recallflow::Client| {
        sandbox.reset();
        sandbox.script([Fault::Status(503), Fault::Status(503), Fault::Status(503)]);
        let error = client.query_recall_flow_detail(12).await.unwrap_err();
        let call = error.call();
        assert_eq!(call.retry_withheld, call.attempts < 3, "{error}");
        assert_eq!(error.to_string().contains("the client's retry budget is used up"), call.retry_withheld, "{error}");
        assert!(error.is_retryable(), "{error}");
        call.attempts
    };
    // 500 tokens pay for 35 retries of 14 tokens.
    let mut retries = 0;
    while let more @ 1.. = attempts(&client).await - 1 {
        retries += more;
    }
    assert_eq!(retries, 35);
    sandbox.reset();
    for _ in 0..14 {
        client.query_recall_flow_detail(12).await.unwrap();
    }
    assert_eq!(attempts(&client).await, 2);
}
