//! Every call ends by its deadline. `docs/faults.md` describes the one exception.

use std::io::Write as _;
use std::time::{Duration, Instant};

use recallflow::{Client, ErrorKind, Phase};
use recallflow_sandbox::{Certificate, Fault, Pace, Sandbox};
use tempfile::NamedTempFile;
use tokio::time::timeout;

use super::{builder, sandbox_and_client, update};

/// Longer than every deadline in this file. A call that takes longer would never end.
const FAR: Duration = Duration::from_secs(20);

async fn sandbox_and_client_with_tls() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().tls(Certificate::Trusted).start().await.unwrap();
    let mut authority = NamedTempFile::new().unwrap();
    authority.write_all(sandbox.authority().unwrap().as_bytes()).unwrap();
    let client = builder(&sandbox).ca_file(authority.path()).build().unwrap();
    (sandbox, client)
}

#[tokio::test]
async fn no_fault_outlasts_the_deadline() {
    let (sandbox, client) = sandbox_and_client().await;
    let client = client.with_timeout(Duration::from_millis(500));
    let pace = Pace { bytes: 1, interval: Duration::from_millis(20) };
    for (name, fault, phase) in [
        ("no response", Fault::Hold, Phase::Response),
        ("a head that drips", Fault::DripHead(pace), Phase::Response),
        ("a body that drips", Fault::DripBody(pace), Phase::Body),
        ("a late response", Fault::Ok.delayed_by(FAR), Phase::Response),
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

/// Uses TLS, like calls to the service: hyper then reads so little from the connection in one poll that the deadline is
/// checked in time.
#[tokio::test]
async fn a_flood_of_interim_responses_does_not_delay_the_deadline() {
    let (sandbox, client) = sandbox_and_client_with_tls().await;
    client.query_recall_flow_detail(12).await.unwrap();
    sandbox.script([Fault::Interim { count: None, at_once: true }]);
    let started = Instant::now();
    // The flood would delay a timer of this test as well, so the test compares clock times.
    let error = client.with_timeout(Duration::from_millis(500)).query_recall_flow_detail(12).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(error.phase(), Some(Phase::Response), "{error}");
    client.query_recall_flow_detail(12).await.unwrap();
}

/// Blocks the thread of the runtime while the response arrives and the deadline passes, like a process that was stopped.
#[tokio::test]
async fn a_response_that_arrived_while_the_process_was_stopped_counts() {
    check_stopped(sandbox_and_client().await).await;
    check_stopped(sandbox_and_client_with_tls().await).await;
}

async fn check_stopped((sandbox, client): (Sandbox, Client)) {
    client.query_recall_flow_detail(12).await.unwrap();
    let client = client.with_timeout(Duration::from_millis(300));
    for is_update in [false, true] {
        sandbox.reset();
        sandbox.script([Fault::Ok.delayed_by(Duration::from_millis(100))]);
        let call = async {
            if is_update {
                client.update_recall_flow(&update()).await
            } else {
                client.query_recall_flow_detail(12).await.map(drop)
            }
        };
        let stop = async {
            while sandbox.requests().is_empty() {
                tokio::task::yield_now().await;
            }
            std::thread::sleep(Duration::from_millis(600));
        };
        tokio::join!(call, stop).0.unwrap();
        assert_eq!(sandbox.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_query_is_retried_after_its_attempt_timeout() {
    let (sandbox, _) = sandbox_and_client().await;
    let client = builder(&sandbox).attempt_timeout(Duration::from_millis(500)).build().unwrap();
    sandbox.script([Fault::Hold]);
    client.query_recall_flow_detail(12).await.unwrap();
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn an_attempt_of_an_update_has_the_whole_timeout() {
    let (sandbox, _) = sandbox_and_client().await;
    let client = builder(&sandbox).attempt_timeout(Duration::from_millis(50)).build().unwrap();
    sandbox.script([Fault::Ok.delayed_by(Duration::from_millis(300))]);
    client.update_recall_flow(&update()).await.unwrap();
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn an_update_that_times_out_while_connecting_was_not_applied() {
    // The backlog of this listener holds one connection that is never accepted, so the next one never connects.
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
async fn a_backoff_beyond_the_deadline_fails_at_once() {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script(vec![Fault::Status(503).with_header("Retry-After", "1"); 50]);
    let client = client.with_timeout(Duration::from_millis(2500)).with_max_retries(50);
    let error = timeout(FAR, client.query_recall_flow_detail(12)).await.unwrap().unwrap_err();
    // A third backoff would end after the deadline, so the call fails without it.
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(sandbox.requests().len(), 3);
}
