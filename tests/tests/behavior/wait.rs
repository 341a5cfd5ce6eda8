//! Waiting for flows and tasks.

use std::time::{Duration, Instant};

use recallflow::{
    Client, Error, ErrorKind, GroupCallQuery, GroupCallTask, LastRead, RecallFlowDetail, RecallStatus, WaitReason,
};
use recallflow_sandbox::Fault;
use serde_json::json;

use super::sandbox_and_client;

/// Longer than any test needs.
const TIMEOUT: Duration = Duration::from_secs(600);

/// Lets the time of the wait pass that it sleeps after this report, instead of sleeping.
fn skip_the_delay() {
    tokio::spawn(async {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(60)).await;
        tokio::time::resume();
    });
}

fn flow(status: i64) -> Fault {
    Fault::body(json!({ "code": 0, "data": { "keyId": 299, "status": status } }).to_string())
}

fn tasks(statuses: &[i64]) -> Fault {
    let task = |(id, status): (usize, &i64)| json!({ "taskId": id, "status": status });
    let records: Vec<_> = statuses.iter().enumerate().map(task).collect();
    let data = json!({ "records": records, "total": statuses.len(), "pages": 1 });
    Fault::body(json!({ "code": 0, "data": data }).to_string())
}

fn query() -> GroupCallQuery {
    GroupCallQuery::new("2024-01-01 00:00:00".parse().unwrap(), "2024-06-03 15:13:01".parse().unwrap())
}

fn wait_error(error: Error) -> (WaitReason, Option<LastRead>) {
    let Error::Wait(error) = error else { panic!("expected a wait error, got {error}") };
    (error.reason, error.last)
}

#[tokio::test]
async fn a_flow_that_has_the_status_ends_the_wait_at_once() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([flow(2)]);
    let flow = client.wait_for_recall_flow(299, RecallStatus::Completed, TIMEOUT, |_, _, _| {}).await.unwrap();
    assert_eq!((flow.status, sandbox.requests().len()), (Some(RecallStatus::Completed), 1));
}

#[tokio::test]
async fn a_canceled_flow_can_no_longer_be_completed() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([flow(3)]);
    let error = client.wait_for_recall_flow(299, RecallStatus::Completed, TIMEOUT, |_, _, _| {}).await.unwrap_err();
    assert!(!error.is_retryable());
    let (reason, last) = wait_error(error);
    let Some(LastRead::Flow(flow)) = last else { panic!("expected the last flow") };
    assert_eq!((reason, flow.status), (WaitReason::Unreachable, Some(RecallStatus::Cancelled)));
}

#[tokio::test]
async fn a_flow_is_read_until_it_is_completed() {
    let (sandbox, client) = sandbox_and_client().await;
    let mut progress = Vec::new();
    let report = |done, total, flow: &RecallFlowDetail| {
        progress.push((done, total, flow.status.unwrap().number()));
        sandbox.advance(Duration::from_secs(260));
        skip_the_delay();
    };
    let flow = client.wait_for_recall_flow(300, RecallStatus::Completed, TIMEOUT, report).await.unwrap();
    assert_eq!(flow.status, Some(RecallStatus::Completed));
    assert_eq!(progress, [(0, 3, 0), (1, 3, 1), (2, 3, 1), (3, 3, 2)]);
}

#[tokio::test]
async fn an_unknown_status_means_not_yet() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([flow(77), flow(2)]);
    let report = |_, _, _: &_| skip_the_delay();
    let flow = client.wait_for_recall_flow(299, RecallStatus::Completed, TIMEOUT, report).await.unwrap();
    assert_eq!((flow.status, sandbox.requests().len()), (Some(RecallStatus::Completed), 2));
}

#[tokio::test]
async fn temporary_errors_are_retried_within_the_time() {
    let (sandbox, client) = sandbox_and_client().await;
    let client = client.with_max_retries(0);
    sandbox.script([Fault::Status(503), Fault::Status(503)]);
    let timeout = Duration::from_millis(200);
    let error = client.wait_for_recall_flow(299, RecallStatus::Completed, timeout, |_, _, _| {}).await.unwrap_err();
    assert!(std::error::Error::source(&error).is_some(), "{error}");
    assert_eq!((wait_error(error), sandbox.requests().len()), ((WaitReason::Timeout, None), 2));
}

#[tokio::test]
async fn a_late_response_ends_the_wait_at_its_deadline() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([Fault::Ok.delayed_by(Duration::from_secs(30))]);
    let started = Instant::now();
    let timeout = Duration::from_millis(100);
    let error = client.wait_for_recall_flow(12, RecallStatus::Completed, timeout, |_, _, _| {}).await.unwrap_err();
    assert_eq!(wait_error(error), (WaitReason::Timeout, None));
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_dropped_wait_leaves_the_client_usable() {
    let (sandbox, client) = sandbox_and_client().await;
    let reading = client.clone();
    let waiting =
        tokio::spawn(
            async move { reading.wait_for_recall_flow(299, RecallStatus::Completed, TIMEOUT, |_, _, _| {}).await },
        );
    sandbox.wait_for_requests(1).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    assert_eq!(client.query_recall_flow_detail(12).await.unwrap().status, Some(RecallStatus::Completed));
}

#[tokio::test]
async fn an_error_that_will_not_pass_ends_the_wait() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([Fault::Code(-22)]);
    let error = client.wait_for_recall_flow(299, RecallStatus::Completed, TIMEOUT, |_, _, _| {}).await.unwrap_err();
    assert_ne!(error.kind(), ErrorKind::Wait);
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn the_wait_ends_with_the_last_tasks_when_the_time_is_over() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([tasks(&[2, 1]), tasks(&[2, 1])]);
    let timeout = Duration::from_millis(200);
    let (reason, last) = wait_error(client.wait_for_group_calls(&query(), timeout, |_, _, _| {}).await.unwrap_err());
    let Some(LastRead::Tasks(tasks)) = last else { panic!("expected the last tasks") };
    assert_eq!((reason, tasks.len(), sandbox.requests().len()), (WaitReason::Timeout, 2, 2));
}

#[tokio::test]
async fn tasks_are_awaited_until_each_has_ended() {
    let (sandbox, client) = sandbox_and_client().await;
    let mut progress = Vec::new();
    let report = |done, total, tasks: &[GroupCallTask]| {
        assert_eq!(tasks.len(), total);
        progress.push((done, total));
        sandbox.advance(Duration::from_secs(660));
        skip_the_delay();
    };
    let tasks = client.wait_for_group_calls(&query(), TIMEOUT, report).await.unwrap();
    assert_eq!((tasks.len(), progress), (574, vec![(488, 574), (574, 574)]));
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_again() {
    let (sandbox, client) = sandbox_and_client().await;
    let drifted = json!({ "records": [{ "taskId": 1, "status": 2 }], "total": 2, "pages": 1 });
    sandbox.script([Fault::body(json!({ "code": 0, "data": drifted }).to_string()), tasks(&[2, 2])]);
    let found = client.wait_for_group_calls(&query(), Duration::from_millis(200), |_, _, _| {}).await.unwrap();
    assert_eq!((found.len(), sandbox.requests().len()), (2, 2));
}

#[tokio::test]
async fn a_query_that_selects_no_task_ends_at_once() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script([tasks(&[])]);
    let mut reports = Vec::new();
    let report = |done, total, _: &_| reports.push((done, total));
    assert!(client.wait_for_group_calls(&query(), TIMEOUT, report).await.unwrap().is_empty());
    assert_eq!(reports, [(0, 0)]);
}

#[test]
fn the_blocking_client_waits_and_its_callback_may_call_it() {
    let sandbox = recallflow_sandbox::Sandbox::start_blocking().unwrap();
    let client = Client::builder(sandbox.api_key(), sandbox.api_secret()).base_url(sandbox.url());
    let client = client.build_blocking().unwrap();
    let report = |_, _, _: &_| {
        sandbox.advance(Duration::from_secs(660));
        assert!(client.query_recall_flow_detail(12).is_ok());
    };
    let timeout = Duration::from_millis(400);
    let flow = client.wait_for_recall_flow(299, RecallStatus::Completed, timeout, report).unwrap();
    assert_eq!(flow.status, Some(RecallStatus::Completed));
    let tasks = client.wait_for_group_calls(&query(), timeout, |_, _, _| {}).unwrap();
    assert_eq!(tasks.len(), 574);
}
