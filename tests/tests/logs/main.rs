//! What the library reports to `tracing`.
//!
//! A process of its own, because a place in the code that first reports while nobody listens is remembered as silent.

#[path = "../behaviour/canary.rs"]
mod canary;

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::fmt::MakeWriter;

use canary::{assert_clean, canary_sandbox, reflections};
use recallflow::{RecallNode, RecallType, UpdateRecallFlow};
use recallflow_sandbox::Fault;

/// Collects what is written.
#[derive(Clone, Default)]
struct Collected(Arc<Mutex<Vec<u8>>>);

impl Collected {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Collected {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn every_attempt_is_reported_and_no_secret_or_body() {
    let log = Collected::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let update = UpdateRecallFlow::new(299, 60, 2, RecallType::Failed).node_list([RecallNode::uploaded("a.wav")]);
    async {
        let (sandbox, client) = canary_sandbox().await;
        sandbox.script([Fault::body("no JSON, but the number +8613800138000")]);
        sandbox.script(reflections());
        for _ in 0..3 {
            drop(client.query_recall_flow_detail(12).await);
            drop(client.update_recall_flow(&update).await);
        }
    }
    .with_subscriber(subscriber)
    .await;
    let text = log.text();
    assert!(text.contains("update_recall_flow"), "{text}");
    assert!(text.contains("attempt"), "{text}");
    assert!(!text.contains("a.wav"), "a request shows: {text}");
    assert!(!text.contains("+8613800138000"), "an answer shows: {text}");
    assert_clean(&text);
}
