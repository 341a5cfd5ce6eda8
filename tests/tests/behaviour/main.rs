//! The client against the sandbox, over real HTTP: everything that acts.

mod blocking;
mod calls;
mod canary;
mod clock;
mod config;
mod deadline;
mod documents;
mod outcomes;
mod pages;
mod retries;
mod secrets;

use recallflow::{Client, ClientBuilder, Error, RecallNode, RecallType, UpdateRecallFlow};
use recallflow_sandbox::{Fault, Sandbox};

/// A builder for the sandbox's address and credentials.
fn builder(sandbox: &Sandbox) -> ClientBuilder {
    Client::builder(sandbox.api_key(), sandbox.api_secret()).base_url(sandbox.url())
}

/// A running sandbox and a client of it.
async fn sandbox_and_client() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.expect("the sandbox starts");
    let client = builder(&sandbox).build().expect("the sandbox's address is one");
    (sandbox, client)
}

/// An update of the flow 299 that the service accepts.
fn update() -> UpdateRecallFlow {
    UpdateRecallFlow::new(299, 60, 2, RecallType::Failed).node_list([RecallNode::uploaded("a.wav")])
}

/// What a query and an update come to while the sandbox plays the same faults.
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

/// What a call came to, and how many requests the service saw for it.
#[derive(Debug)]
struct Played {
    outcome: Result<(), Error>,
    requests: usize,
}

impl Played {
    /// `ok` or the class of the error, and the number of requests.
    fn summary(&self) -> (&'static str, usize) {
        (self.outcome.as_ref().map_or_else(|error| error.kind().as_str(), |()| "ok"), self.requests)
    }
}
