//! The most verbose logs of the library and of everything below it.
//!
//! The test has its own process, because it records the logs of the whole process, and because `tracing` caches that a call
//! site is disabled. With the feature `every-log`, hyper and rustls log as well.

#[path = "../behavior/canary.rs"]
mod canary;
mod recorder;

use std::io::Write as _;

use canary::{KEY, PASSWORD, SECRET, assert_clean, canary_sandbox, echoes, encoded_echoes};
use recallflow::{Client, RecallNode, RecallType, UpdateRecallFlow};
use recallflow_sandbox::{Certificate, Fault, Sandbox};
use recorder::Recorder;

/// Text of requests and responses that must not be logged.
const AUDIO: &str = "canary-of-a-request.wav";
const NUMBER: &str = "+8613800138000";

/// Crates whose logs must be recorded, through `tracing` and `log`; otherwise the test would prove nothing.
const HEARD: &[&str] = if cfg!(feature = "every-log") {
    &["recallflow", "reqwest", "hyper", "rustls"]
} else {
    &["recallflow", "reqwest"]
};

#[tokio::test]
async fn every_attempt_is_logged_without_secrets_or_bodies() {
    let recorder = Recorder::listen();
    let mut lines = Vec::new();
    // Plain HTTP, a proxy with a password, and TLS.
    let (sandbox, client) = canary_sandbox().await;
    talk(&sandbox, &client).await;
    let proxy = sandbox.url().replace("://", &format!("://user:{PASSWORD}@"));
    talk(&sandbox, &Client::builder(KEY, SECRET).base_url(sandbox.url()).proxy(proxy).build().unwrap()).await;
    lines.extend(recorder.take());

    let builder = Sandbox::builder().api_key(KEY).api_secret(SECRET);
    let sandbox = builder.tls(Certificate::Trusted).start().await.unwrap();
    let mut authority = tempfile::NamedTempFile::new().unwrap();
    authority.write_all(sandbox.authority().unwrap().as_bytes()).unwrap();
    let builder = || Client::builder(KEY, SECRET).base_url(sandbox.url());
    talk(&sandbox, &builder().ca_file(authority.path()).build().unwrap()).await;
    // An untrusted certificate, and a proxy that opens no tunnel.
    builder().build().unwrap().query_recall_flow_detail(12).await.unwrap_err();
    let proxy = format!("http://user:{PASSWORD}@{}", sandbox.address());
    builder().proxy(proxy).build().unwrap().query_recall_flow_detail(12).await.unwrap_err();
    lines.extend(recorder.take());

    for heard in HEARD {
        assert!(lines.iter().any(|line| line.starts_with(heard)), "{heard} was not heard");
    }
    assert!(lines.iter().any(|line| line.contains("update_recall_flow")));
    assert!(lines.iter().any(|line| line.contains("attempt=")));
    for line in lines {
        // hyper logs body bytes only in builds for debugging hyper itself, which this library cannot prevent.
        assert!(!line.contains(AUDIO), "a request shows: {line}");
        assert!(!line.contains(NUMBER), "a response is logged: {line}");
        assert_clean(&line);
    }
}

/// Makes calls that succeed, and calls whose errors may quote a secret.
async fn talk(sandbox: &Sandbox, client: &Client) {
    let update = UpdateRecallFlow::new(299, 60, 2, RecallType::Failed).node_list([RecallNode::uploaded(AUDIO)]);
    sandbox.reset();
    sandbox.script([Fault::body(format!("no JSON, but the number {NUMBER}"))]);
    sandbox.script([Fault::Code(-16), Fault::Code(-1), Fault::Code(-15), Fault::Reset, Fault::Truncate(20)]);
    sandbox.script(echoes());
    sandbox.script(encoded_echoes().into_iter().step_by(7));
    let client = client.with_max_retries(1);
    while sandbox.faults_left() > 0 {
        drop(client.query_recall_flow_detail(12).await);
        drop(client.update_recall_flow(&update).await);
    }
    client.query_recall_flow_detail(12).await.unwrap();
}
