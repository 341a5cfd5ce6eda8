//! A tour of the client: finds recall flows, reads and edits one, cancels another one, and adds up the cost of group calls.
//!
//! `cargo xtask demo` runs it against the sandbox. Against another server, note that it changes the first two pending flows.

use std::fmt::Display;

use recallflow::{
    CancelRecallFlow, CancelScope, Client, Error, GroupCallQuery, LocalDateTime, RecallFlowQuery, RecallStatus,
    RecallType, UpdateRecallFlow, totals,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Reads `RECALLFLOW_API_KEY`, `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL`.
    let client = Client::from_env()?;
    let start: LocalDateTime = "2024-01-01 00:00:00".parse()?;
    let end: LocalDateTime = "2024-06-03 15:13:01".parse()?;

    title("Find recall flows");
    let mut flows = client.recall_flows(RecallFlowQuery::new(start, end));
    let mut pending = Vec::new();
    while let Some(flow) = flows.next().await {
        let flow = flow?;
        let (key, name) = (or_dash(flow.key_id), or_dash(flow.task_name.as_ref()));
        let (done, all) = (or_dash(flow.finish_num), or_dash(flow.recall_num));
        println!("flow {key} of task {name}: {}, {done} of {all} recalls done", or_dash(flow.status));
        if flow.status == Some(RecallStatus::Pending) {
            pending.extend(flow.key_id);
        }
    }
    let [first, second, ..] = pending[..] else { return Err("expected two pending flows".into()) };

    title("Read one");
    let flow = client.query_recall_flow_detail(first).await?;
    println!("{}", serde_json::to_string_pretty(&flow)?);

    title("Edit it");
    client.update_recall_flow(&flow.to_update()?.recall_interval(45)).await?;
    let edited = client.query_recall_flow_detail(first).await?;
    let (before, now) = (or_dash(flow.recall_interval), or_dash(edited.recall_interval));
    println!("minutes between the recalls of flow {first}: {before}, now {now}");

    title("Cancel another one");
    client.cancel_recall_flow(&CancelRecallFlow::new(CancelScope::Flow, second)).await?;
    let canceled = client.query_recall_flow_detail(second).await?;
    println!("flow {second} is {}", or_dash(canceled.status));

    title("Add up the cost of group calls");
    let mut tasks = client.group_calls(GroupCallQuery::new(start, end));
    let mut all = Vec::new();
    while let Some(task) = tasks.next().await {
        all.push(task?);
    }
    for (currency, amount) in totals(&all).task_sum_pay_fee.amounts {
        println!("{} tasks cost {amount} {}", all.len(), currency.as_deref().unwrap_or("in the account's currency"));
    }

    title("An invalid request is not sent");
    match client.update_recall_flow(&UpdateRecallFlow::new(first, 0, 11, RecallType::All)).await {
        Err(Error::InvalidRequest(error)) => {
            error.violations.iter().for_each(|violation| println!("{}", violation.message));
            Ok(())
        }
        other => Err(format!("expected an invalid request, got {other:?}").into()),
    }
}

fn title(text: &str) {
    println!("\n== {text}");
}

/// Formats a value that the response may lack.
fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
