//! What the library, and everything below it, reports at the most verbose.
//!
//! A process of its own, because it is listened to as a whole, and a place in the code that first reports while nobody
//! listens is remembered as silent. With the feature `every-log`, hyper and rustls report too.

#[path = "../behaviour/canary.rs"]
mod canary;
mod recorder;

use std::io::Write as _;

use canary::{KEY, PASSWORD, SECRET, assert_clean, canary_sandbox, reflections, spelt_reflections};
use recallflow::{Client, RecallNode, RecallType, UpdateRecallFlow};
use recallflow_sandbox::{Certificate, Fault, Sandbox};
use recorder::Recorder;

/// What is sent and answered, and belongs to nobody who reads logs.
const AUDIO: &str = "canary-of-a-request.wav";
const NUMBER: &str = "+8613800138000";

/// Crates that must be heard, or the test would see nothing: by both ways of reporting, and on the way to TLS.
const HEARD: &[&str] = if cfg!(feature = "every-log") {
    &["recallflow", "reqwest", "hyper", "rustls"]
} else {
    &["recallflow", "reqwest"]
};

#[tokio::test]
async fn every_attempt_is_reported_and_no_secret_or_body() {
    let recorder = Recorder::listen();
    let mut lines = Vec::new();
    // Plain, through a proxy with a password, and over TLS.
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
    // Who trusts nobody, and whose proxy opens no tunnel.
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
        // What hyper reports of the bytes of a body is none of this library's doing, and hyper does so only in builds
        // that are made for finding bugs in it.
        assert!(!line.contains(AUDIO), "a request shows: {line}");
        assert!(!line.contains(NUMBER), "an answer shows: {line}");
        assert_clean(&line);
    }
}

/// Calls that succeed and that fail in every way in which something might be quoted.
async fn talk(sandbox: &Sandbox, client: &Client) {
    let update = UpdateRecallFlow::new(299, 60, 2, RecallType::Failed).node_list([RecallNode::uploaded(AUDIO)]);
    sandbox.reset();
    sandbox.script([Fault::body(format!("no JSON, but the number {NUMBER}"))]);
    sandbox.script([Fault::Code(-16), Fault::Code(-1), Fault::Code(-15), Fault::Reset, Fault::Truncate(20)]);
    sandbox.script(reflections());
    sandbox.script(spelt_reflections().into_iter().step_by(7));
    let client = client.with_max_retries(1);
    while sandbox.faults_left() > 0 {
        drop(client.query_recall_flow_detail(12).await);
        drop(client.update_recall_flow(&update).await);
    }
    client.query_recall_flow_detail(12).await.unwrap();
}
