//! Behavior of the client against the sandbox, over real HTTP.

mod blocking;
mod call;
mod calls;
mod canary;
mod clock;
mod config;
mod deadline;
mod documents;
mod edits;
mod events;
#[cfg(target_os = "linux")]
mod exhaustion;
mod flows;
mod options;
mod outcomes;
mod pages;
mod raw;
mod retries;
mod secrets;
mod wait;

use recallflow::{Client, ClientBuilder, Error, RecallNode, RecallType, UpdateRecallFlow};
use recallflow_sandbox::{Fault, Sandbox};

/// Returns a builder with the URL and credentials of the sandbox.
fn builder(sandbox: &Sandbox) -> ClientBuilder {
    Client::builder(sandbox.api_key(), sandbox.api_secret()).base_url(sandbox.url())
}

/// Starts a sandbox and returns it with a client.
async fn sandbox_and_client() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.expect("the sandbox starts");
    let client = builder(&sandbox).build().expect("the URL of the sandbox is valid");
    (sandbox, client)
}

/// Returns a valid update of the flow 299.
fn update() -> UpdateRecallFlow {
    UpdateRecallFlow::new(299, 60, 2, RecallType::Failed).node_list([RecallNode::uploaded("a.wav")])
}

/// Makes a query and an update while the sandbox plays the same faults.
async fn query_and_update(faults: &[Fault]) -> (Played, Played) {
    let (sandbox, client) = sandbox_and_client().await;
    sandbox.script(faults.to_vec());
    let query = client.query_recall_flow_detail(299).await.map(drop);
    let query = Played { outcome: query, requests: sandbox.requests().len() };
    sandbox.reset();
    sandbox.script(faults.to_vec());
    let update = client.update_recall_flow(&update()).await;
    let update = Played { outcome: update, requests: sandbox.requests().len() };
    (query, update)
}

/// The outcome of a call, and the number of requests that the sandbox received for it.
#[derive(Debug)]
struct Played {
    outcome: Result<(), Error>,
    requests: usize,
}

impl Played {
    /// Returns `ok` or the class of the error, and the number of requests.
    fn summary(&self) -> (&'static str, usize) {
        (self.outcome.as_ref().map_or_else(|error| error.kind().as_str(), |()| "ok"), self.requests)
    }
}
