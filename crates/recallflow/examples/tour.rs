//! A tour of the client: the operations on the examples of the vendor's documents, and an invalid request.
//!
//! `cargo xtask demo` runs it against the sandbox. To run it against another server, set `RECALLFLOW_API_KEY`,
//! `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL`. It edits the flow 299.

use std::fmt::Display;
use std::process::ExitCode;

use recallflow::{
    Client, Error, GroupCallQuery, OutboundControl, RecallFlowDetailQuery, RecallNode, RecallType, SeatTransfer,
    UpdateRecallFlow, totals,
};
use serde::Serialize;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match tour().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn tour() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    println!("{client:?}");

    title("Read a recall flow");
    show("request", &RecallFlowDetailQuery::new(12))?;
    let detail = client.query_recall_flow_detail(12).await?;
    show("response", &detail)?;
    for node in &detail.node_list {
        println!(
            "node {}: {}, plays {}",
            or_dash(node.key_id),
            or_dash(node.node_status),
            or_dash(node.voice_file_id.as_ref())
        );
    }

    title("Edit a recall flow");
    let node = RecallNode::uploaded("120250811103439c1901f4c53b691b419ad8a143b.wav")
        .to_seat(true)
        .sip_group_id(1_000_038)
        .outbound_control(OutboundControl::Proportional)
        .callout_rate(1)
        .to_seat_type(SeatTransfer::AfterCall)
        .delay_transfer(0);
    let update = UpdateRecallFlow::new(299, 30, 1, RecallType::All).node_list([node]);
    show("request", &update)?;
    client.update_recall_flow(&update).await?;
    println!("accepted");

    title("Change one field of a flow");
    let detail = client.query_recall_flow_detail(299).await?;
    client.update_recall_flow(&detail.to_update()?.recall_interval(45)).await?;
    let changed = client.query_recall_flow_detail(299).await?;
    println!("minutes between recalls: {}, now {}", or_dash(detail.recall_interval), or_dash(changed.recall_interval));

    title("List group calls");
    let query = GroupCallQuery::new("2024-01-01 00:00:00".parse()?, "2024-06-03 15:13:01".parse()?).size(10);
    show("request", &query)?;
    let page = client.query_group_calls(&query).await?;
    println!("page {} of {}, {} tasks in all", or_dash(page.current), or_dash(page.pages), or_dash(page.total));
    println!("{:<9} {:<28} {:<10} {:>8}  cost", "task", "name", "status", "progress");
    for task in page.records.iter().take(3) {
        println!(
            "{:<9} {:<28} {:<10} {:>6} %  {}",
            or_dash(task.task_id),
            or_dash(task.task_name.as_ref()),
            or_dash(task.status.map(|status| status.to_string())),
            or_dash(task.rate.as_ref()),
            or_dash(task.task_sum_pay_fee.as_ref())
        );
    }
    let mut tasks = client.group_calls(query.size(100));
    let mut all = Vec::new();
    while let Some(task) = tasks.next().await {
        all.push(task?);
    }
    for (currency, amount) in totals(&all).task_sum_pay_fee.amounts {
        println!("{} tasks cost {amount} {}", all.len(), currency.as_deref().unwrap_or("in the account's currency"));
    }

    title("An invalid request is not sent");
    let wrong = UpdateRecallFlow::new(299, 0, 11, RecallType::All).node_list([
        RecallNode::text_to_speech("", "EN").speaking_rate(5.0),
        RecallNode::uploaded("a.wav").hang_up_sms(true).feedback_value("12"),
    ]);
    match client.update_recall_flow(&wrong).await {
        Err(error @ Error::InvalidRequest(_)) => {
            for violation in error.violations() {
                println!("{:<13} {}", violation.rule.as_str(), violation.message);
            }
        }
        other => return Err(format!("expected an invalid request, got {other:?}").into()),
    }
    Ok(())
}

fn title(text: &str) {
    println!("\n== {text}");
}

/// Formats a value that the response may lack.
fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Prints a value in its wire format.
fn show(what: &str, value: &impl Serialize) -> Result<(), serde_json::Error> {
    println!("{what}: {}", serde_json::to_string_pretty(value)?);
    Ok(())
}
