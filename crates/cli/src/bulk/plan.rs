//! `recallflow bulk plan`: reads every flow, validates every change, and writes a plan. Nothing is sent but queries.

use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;

use recallflow::{Client, Error, FlowEdit, FlowUpdate};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::changes::{FlowChanges, read_changes};
use super::journal_path;
use crate::account::Connection;
use crate::document::{Document, unwritable};
use crate::failure::Failure;
use crate::flow::fields::assign;
use crate::flow::file::{FlowFile, remove_nulls};
use crate::output::Output;

/// The changes to apply.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// A random text that the journal repeats, so that it is not taken for that of another plan.
    pub(crate) id: String,
    /// URL of the service that the flows were read from.
    pub(crate) base_url: String,
    pub(crate) flows: Vec<PlannedFlow>,
}

/// The change of one flow.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlannedFlow {
    pub(crate) key_id: i64,
    pub(crate) is_agent: bool,
    /// The update that would have written back what was read. It is the fingerprint of the flow: another one is a conflict.
    pub(crate) before: Value,
    /// The update to send.
    pub(crate) after: Value,
}

impl Plan {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
        serde_json::from_str(&text).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
    }
}

/// A change that is not part of the plan, or whose flow cannot be changed.
struct Problem {
    key: i64,
    message: String,
}

pub(crate) async fn run(connection: &Connection, output: Output, changes: &Path, path: &Path) -> Result<(), Failure> {
    let changes = read_changes(changes)?;
    let journal = journal_path(path);
    if journal.exists() {
        let why = "belongs to an older plan; finish that one with `bulk apply`, or remove both files";
        return Err(Failure::Usage(format!("{} {why}", journal.display())));
    }
    let mut flows = Vec::new();
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for change in &changes {
        match plan_flow(&connection.client, change).await? {
            Ok((flow, differences)) if differences.is_empty() => rows.push(row(flow.key_id, "unchanged", "")),
            Ok((flow, differences)) => {
                rows.extend(differences.iter().map(|difference| row(flow.key_id, "planned", difference)));
                flows.push(flow);
            }
            Err(problem) => {
                rows.push(row(problem.key, "refused", &problem.message));
                problems.push(problem);
            }
        }
    }
    output.print_rows(&["keyId", "outcome", "change"], &rows)?;
    if !problems.is_empty() {
        let message =
            format!("{} of {} flows cannot be changed as planned; no plan was written", problems.len(), changes.len());
        return Err(Failure::Usage(message));
    }
    let count = flows.len();
    let id = format!("{:016x}", RandomState::new().build_hasher().finish());
    let plan = Plan { id, base_url: connection.client.base_url().to_owned(), flows };
    let text = serde_json::to_string_pretty(&plan).map_err(unwritable)?;
    fs::write(path, text + "\n").map_err(|error| Failure::io(path.display(), &error))?;
    eprintln!("{count} flows are planned in {0}; `recallflow bulk apply {0}` sends them", path.display());
    Ok(())
}

fn row(key: i64, outcome: &str, change: &str) -> Vec<Document> {
    vec![key.into(), outcome.into(), change.into()]
}

/// Plans the change of one flow. The outer error ends the whole plan.
async fn plan_flow(
    client: &Client,
    change: &FlowChanges,
) -> Result<Result<(PlannedFlow, Vec<String>), Problem>, Failure> {
    let planned = read_and_change(client, change).await;
    match planned {
        Ok(planned) => Ok(Ok(planned)),
        Err(failure) => match &failure {
            Failure::Usage(message) => Ok(Err(Problem { key: change.key, message: message.clone() })),
            Failure::Library(error) if is_about_flow(error) => {
                Ok(Err(Problem { key: change.key, message: error.to_string() }))
            }
            _ => Err(failure),
        },
    }
}

/// Whether an error concerns one flow, so that the others can still be planned.
fn is_about_flow(error: &Error) -> bool {
    matches!(error, Error::Conflict(_) | Error::InvalidRequest(_) | Error::Protocol(_))
}

async fn read_and_change(client: &Client, change: &FlowChanges) -> Result<(PlannedFlow, Vec<String>), Failure> {
    let detail = client.query_recall_flow_detail(change.key).await?;
    if FlowFile::of_detail(&detail)?.is_agent {
        change_draft(client.edit_agent_recall_flow(change.key).await?, true, change)
    } else {
        change_draft(client.edit_recall_flow(change.key).await?, false, change)
    }
}

fn change_draft<U: FlowUpdate + Serialize + DeserializeOwned>(
    mut edit: FlowEdit<U>,
    is_agent: bool,
    change: &FlowChanges,
) -> Result<(PlannedFlow, Vec<String>), Failure> {
    let before = wire_of(edit.original())?;
    let mut flow = FlowFile { is_agent, wire: before.clone() };
    for assignment in change.assignments(&before)? {
        assign(&mut flow.wire, is_agent, &assignment)?;
    }
    edit.draft = flow.to_request()?;
    let result = edit.plan()?;
    let differences = result.changes.iter().map(ToString::to_string).collect();
    let planned = PlannedFlow { key_id: change.key, is_agent, before, after: wire_of(&edit.draft)? };
    Ok((planned, differences))
}

/// Returns a request in its form on the wire, without nulls.
pub(crate) fn wire_of(request: &impl Serialize) -> Result<Value, Failure> {
    let mut wire = serde_json::to_value(request).map_err(unwritable)?;
    remove_nulls(&mut wire);
    Ok(wire)
}
