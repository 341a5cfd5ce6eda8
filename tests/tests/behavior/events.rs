//! The events of attempts: `on_attempt` and `RECALLFLOW_LOG`.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use recallflow::{AttemptEvent, Client, ErrorKind, Phase};
use recallflow_sandbox::{Fault, Sandbox};

use super::builder;

type Events = Arc<Mutex<Vec<AttemptEvent>>>;

/// Starts a sandbox and returns it with a client that records its attempts.
async fn observed() -> (Sandbox, Client, Events) {
    let sandbox = Sandbox::start().await.unwrap();
    let events = Events::default();
    let seen = events.clone();
    let client = builder(&sandbox).on_attempt(move |event| seen.lock().unwrap().push(event.clone())).build().unwrap();
    (sandbox, client, events)
}

#[tokio::test]
async fn each_attempt_is_one_event() {
    let (sandbox, client, events) = observed().await;
    sandbox.script([Fault::Code(-15), Fault::Status(503)]);
    client.query_recall_flow_detail(299).await.unwrap();
    let events = std::mem::take(&mut *events.lock().unwrap());
    let summary: Vec<_> = events
        .iter()
        .map(|event| (event.attempt, event.http_status, event.code, event.error, event.retry_class))
        .collect();
    assert_eq!(
        summary,
        [
            (1, Some(200), Some(-15), Some(ErrorKind::RateLimited), Some("throttled")),
            (2, Some(503), None, Some(ErrorKind::Unavailable), Some("unavailable")),
            (3, Some(200), Some(0), None, None),
        ]
    );
    assert!(events.iter().all(|event| event.operation == "query_recall_flow_detail"));
    assert!(events.iter().all(|event| event.elapsed > Duration::ZERO));
    assert_eq!(events.iter().map(|event| event.delay.is_some()).collect::<Vec<_>>(), [true, true, false]);
}

#[tokio::test]
async fn the_last_failed_attempt_has_no_delay() {
    let (sandbox, client, events) = observed().await;
    drop(sandbox);
    client.with_max_retries(0).query_recall_flow_detail(299).await.unwrap_err();
    let events = events.lock().unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].phase, events[0].http_status, events[0].delay), (Some(Phase::Connect), None, None));
}

#[tokio::test]
async fn a_call_goes_on_when_the_function_panics() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(&sandbox).on_attempt(|_| panic!("the function of the test panics")).build().unwrap();
    client.query_recall_flow_detail(299).await.unwrap();
}

#[test]
fn the_environment_writes_attempts_to_stderr() {
    for (level, is_written) in [("debug", true), ("off", false), ("", false)] {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "events::one_call", "--ignored", "--nocapture"])
            .env("RECALLFLOW_LOG", level)
            .output()
            .unwrap();
        assert!(child.status.success(), "{child:?}");
        let written = String::from_utf8(child.stderr).unwrap();
        let line = "recallflow: query_recall_flow_detail: attempt 1 succeeded after ";
        assert_eq!(written.contains(line), is_written, "{level:?}: {written}");
    }
}

#[tokio::test]
#[ignore = "the child process of another test"]
async fn one_call() {
    let sandbox = Sandbox::start().await.unwrap();
    builder(&sandbox).build().unwrap().query_recall_flow_detail(299).await.unwrap();
}
