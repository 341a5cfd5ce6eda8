//! `recallflow bulk apply`: sends a plan, flow by flow, and goes on where an earlier run ended.

use std::time::Duration;

use recallflow::{Client, EditOutcome, Error, FlowEdit, FlowUpdate, UpdateAgentRecallFlow, UpdateRecallFlow};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Interval, MissedTickBehavior};

use super::journal::{Journal, Outcome, State};
use super::journal_path;
use super::plan::{Plan, PlannedFlow, wire_of};
use crate::account::Connection;
use crate::arguments::ApplyArguments;
use crate::confirm::confirm;
use crate::document::Document;
use crate::failure::Failure;
use crate::flow::file::FlowFile;
use crate::output::Output;

/// How one flow ended in this run.
enum Ending {
    Applied,
    /// The flow has other values than when it was planned.
    Conflict(String),
    Failed(Error),
    /// The update may have been applied or not.
    Unknown(Error),
}

pub(crate) async fn run(connection: &Connection, output: Output, options: ApplyArguments) -> Result<(), Failure> {
    let plan = Plan::read(&options.plan)?;
    let client = &connection.client;
    if plan.base_url != client.base_url() {
        let message = format!("the plan is for {}, and not for {}", plan.base_url, client.base_url());
        return Err(Failure::Usage(message));
    }
    let mut journal = Journal::open(&journal_path(&options.plan), &plan.id)?;
    let (done, open): (Vec<_>, Vec<_>) =
        plan.flows.iter().partition(|flow| journal.state(flow.key_id) == State::Applied);
    if !done.is_empty() {
        eprintln!("{} of {} flows were applied before", done.len(), plan.flows.len());
    }
    if !open.is_empty() {
        confirm(&format!("Change {} flows of {}?", open.len(), connection.describe()), options.yes)?;
    }
    let mut pause = pause_between(options.max_rate);
    let mut rows: Vec<Vec<Document>> = Vec::new();
    let mut failures = 0;
    for flow in &open {
        pause.tick().await;
        let ending = apply_flow(client, &mut journal, flow).await?;
        let (outcome, message) = match &ending {
            Ending::Applied => ("applied", String::new()),
            Ending::Conflict(message) => ("conflict", message.clone()),
            Ending::Failed(error) => ("failed", error.to_string()),
            Ending::Unknown(error) => ("unknown", error.to_string()),
        };
        eprintln!("flow {}: {outcome}{}{message}", flow.key_id, if message.is_empty() { "" } else { ": " });
        rows.push(vec![flow.key_id.into(), outcome.into(), message.into()]);
        failures += usize::from(outcome != "applied");
        if options.stop_after.is_some_and(|limit| failures >= limit) || must_stop(&ending) {
            break;
        }
    }
    output.print_rows(&["keyId", "outcome", "message"], &rows)?;
    let left = open.len() - rows.len() + failures;
    if left == 0 {
        return Ok(());
    }
    let again = "run the same command again for the rest";
    Err(Failure::Partly(format!("{left} of {} flows are not known to be changed; {again}", plan.flows.len())))
}

/// Whether every other flow would fail as well.
fn must_stop(ending: &Ending) -> bool {
    use recallflow::ErrorKind::{Authentication, Config, IpRestricted, TimestampExpired};
    let Ending::Failed(error) = ending else { return false };
    matches!(error.kind(), Authentication | Config | IpRestricted | TimestampExpired)
}

/// Returns a timer that ticks at once, and then as often as the rate allows.
fn pause_between(rate: Option<f64>) -> Interval {
    let period = rate.map_or(Duration::from_nanos(1), |per_second| Duration::from_secs_f64(1.0 / per_second));
    let mut interval = tokio::time::interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

async fn apply_flow(client: &Client, journal: &mut Journal, flow: &PlannedFlow) -> Result<Ending, Failure> {
    let ending = try_flow(client, journal, flow).await?;
    let outcome = match &ending {
        Ending::Applied => Outcome::Applied,
        Ending::Conflict(_) => Outcome::Conflict,
        Ending::Failed(_) => Outcome::Failed,
        // The flow stays under way, so that the next run reads it back.
        Ending::Unknown(_) => return Ok(ending),
    };
    journal.end(flow.key_id, outcome)?;
    Ok(ending)
}

async fn try_flow(client: &Client, journal: &mut Journal, flow: &PlannedFlow) -> Result<Ending, Failure> {
    if journal.state(flow.key_id) == State::UnderWay {
        // An earlier run was killed or lost the response: the flow itself tells.
        let detail = match client.query_recall_flow_detail(flow.key_id).await {
            Ok(detail) => detail,
            Err(error) => return Ok(Ending::Unknown(error)),
        };
        match FlowFile::of_detail(&detail) {
            Ok(found) if found.wire == flow.after => return Ok(Ending::Applied),
            Ok(found) if found.wire == flow.before => {}
            Ok(_) | Err(_) => {
                return Ok(Ending::Conflict("the flow has neither the old nor the new values".to_owned()));
            }
        }
    }
    if flow.is_agent {
        send::<UpdateAgentRecallFlow>(client.edit_agent_recall_flow(flow.key_id).await, journal, flow).await
    } else {
        send::<UpdateRecallFlow>(client.edit_recall_flow(flow.key_id).await, journal, flow).await
    }
}

async fn send<U: FlowUpdate + Serialize + DeserializeOwned>(
    edit: Result<FlowEdit<U>, Error>,
    journal: &mut Journal,
    flow: &PlannedFlow,
) -> Result<Ending, Failure> {
    let mut edit = match edit {
        Ok(edit) => edit,
        Err(error) => return Ok(ending_of(error)),
    };
    if wire_of(edit.original())? != flow.before {
        return Ok(Ending::Conflict("the flow was changed since it was planned; nothing was sent".to_owned()));
    }
    edit.draft = FlowFile { is_agent: flow.is_agent, wire: flow.after.clone() }.to_request()?;
    journal.begin(flow.key_id)?;
    Ok(match edit.apply().await {
        Ok(result) if result.outcome == EditOutcome::Planned => unreachable!("`apply` is not a dry run"),
        Ok(_) => Ending::Applied,
        Err(error) => ending_of(error),
    })
}

fn ending_of(error: Error) -> Ending {
    match error {
        Error::Conflict(_) => Ending::Conflict(error.to_string()),
        error if error.outcome_is_known() => Ending::Failed(error),
        error => Ending::Unknown(error),
    }
}
