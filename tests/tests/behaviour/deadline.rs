//! Every call ends by its deadline, whatever the network does; `docs/faults.md` tells of the one exception.

use std::io::Write as _;
use std::time::{Duration, Instant};

use recallflow::{ErrorKind, Phase};
use recallflow_sandbox::{Certificate, Fault, Pace, Sandbox};
use tempfile::NamedTempFile;
use tokio::time::timeout;

use super::{builder, sandbox_and_client, update};

/// Longer than any deadline here; a call that takes so long would have gone on for ever.
const FAR: Duration = Duration::from_secs(20);

#[tokio::test]
async fn nothing_outlives_the_deadline() {
    let (sandbox, client) = sandbox_and_client().await;
    let client = client.with_timeout(Duration::from_millis(500));
    let pace = Pace { bytes: 1, interval: Duration::from_millis(20) };
    for (name, fault, phase) in [
        ("no answer", Fault::Hold, Phase::Response),
        ("a head that drips", Fault::DripHead(pace), Phase::Response),
        ("a body that drips", Fault::DripBody(pace), Phase::Body),
        ("an answer that comes late", Fault::Ok.after(FAR), Phase::Response),
    ] {
        sandbox.reset();
        sandbox.script([fault.clone()]);
        let error = timeout(FAR, client.query_recall_flow_detail(12)).await.expect(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{name}: {error}");
        assert_eq!(error.phase(), Some(phase), "{name}: {error}");
        sandbox.reset();
        sandbox.script([fault]);
        let error = timeout(FAR, client.update_recall_flow(&update())).await.expect(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{name}: {error}");
        assert_eq!(error.phase(), Some(phase), "{name}: {error}");
    }
    sandbox.reset();
    client.with_timeout(FAR).query_recall_flow_detail(12).await.unwrap();
}

/// Over TLS, as the service is reached: there one turn of the HTTP library takes so little from the connection that the
/// deadline is looked at in time.
#[tokio::test]
async fn a_flood_of_interim_answers_does_not_keep_the_deadline_from_being_seen() {
    let sandbox = Sandbox::builder().tls(Certificate::Trusted).start().await.unwrap();
    let mut authority = NamedTempFile::new().unwrap();
    authority.write_all(sandbox.authority().unwrap().as_bytes()).unwrap();
    let client = builder(&sandbox).ca_file(authority.path()).build().unwrap();
    client.query_recall_flow_detail(12).await.unwrap();
    sandbox.script([Fault::Interim { count: None, at_once: true }]);
    let started = Instant::now();
    // The flood would hold up a timer of this test as well, so that the clock is asked instead.
    let error = client.with_timeout(Duration::from_millis(500)).query_recall_flow_detail(12).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(error.phase(), Some(Phase::Response), "{error}");
    client.query_recall_flow_detail(12).await.unwrap();
}

#[tokio::test]
async fn a_slow_attempt_of_a_query_is_given_up_for_another() {
    let (sandbox, _) = sandbox_and_client().await;
    let client = builder(&sandbox).attempt_timeout(Duration::from_millis(500)).build().unwrap();
    sandbox.script([Fault::Hold]);
    client.query_recall_flow_detail(12).await.unwrap();
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn an_update_has_the_whole_time_for_its_one_attempt() {
    let (sandbox, _) = sandbox_and_client().await;
    let client = builder(&sandbox).attempt_timeout(Duration::from_millis(50)).build().unwrap();
    sandbox.script([Fault::Ok.after(Duration::from_millis(300))]);
    client.update_recall_flow(&update()).await.unwrap();
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn waiting_for_a_connection_that_never_comes_is_no_unknown_outcome() {
    // The queue of this listener holds one connection and nobody takes it out, so that the next one is never made.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut taken = Vec::new();
    while let Ok(Ok(stream)) = timeout(Duration::from_millis(200), tokio::net::TcpStream::connect(address)).await {
        taken.push(stream);
    }
    let client = recallflow::Client::builder("key", "secret").base_url(format!("http://{address}"));
    let client = client.timeout(Duration::from_millis(300)).build().unwrap();
    let error = timeout(FAR, client.update_recall_flow(&update())).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(error.phase(), Some(Phase::Connect), "{error}");
}

#[tokio::test]
async fn backoff_ends_with_the_deadline() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script(vec![Fault::Status(429).with_header("Retry-After", "1"); 50]);
    let client = client.with_timeout(Duration::from_millis(2500)).with_max_retries(50);
    let error = timeout(FAR, client.query_recall_flow_detail(12)).await.unwrap().unwrap_err();
    // A third wait would not end in time, so that the error comes at once instead.
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(sandbox.requests().len(), 3);
}
