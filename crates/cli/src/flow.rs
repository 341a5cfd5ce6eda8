//! `recallflow flow`: flows are listed, shown, compared, canceled and awaited.

mod edit;
pub(crate) mod fields;
pub(crate) mod file;

use std::time::Duration;

use recallflow::{CancelRecallFlow, CancelScope, RecallFlowDetail, RecallFlowQuery, RecallStatus, ToRow};
use similar::TextDiff;

use self::file::FlowFile;
pub(crate) use self::file::read_text;
use crate::account::Connection;
use crate::arguments::{FlowCommand, Global, Scope};
use crate::confirm::confirm;
use crate::document::{Document, document};
use crate::failure::Failure;
use crate::output::{Format, Output, print_text};
use crate::selection::find_by_name;

pub(crate) async fn run(global: &Global, command: FlowCommand) -> Result<(), Failure> {
    let output = Output::new(global);
    if let FlowCommand::Validate { file } = command {
        return FlowFile::read(&file)?.validate(output);
    }
    let connection = Connection::open(global)?;
    match command {
        FlowCommand::List { span, name, status, limit } => {
            let (start, end) = span.span(connection.account.timezone())?;
            let query = RecallFlowQuery::new(start, end);
            let query = match name {
                Some(name) => query.task_name(name),
                None => query,
            };
            list(&connection, output, query, &status, limit).await
        }
        FlowCommand::Show { key } => {
            let detail = connection.client.query_recall_flow_detail(key).await?;
            output.print_object(&show(&detail, output.format)?)
        }
        FlowCommand::Pull { key } => {
            let detail = connection.client.query_recall_flow_detail(key).await?;
            let file = FlowFile::of_detail(&detail)?;
            match global.output {
                Some(Format::Json | Format::Jsonl) => output.print_object(&file.document()?),
                _ => print_text(&file.to_toml()?),
            }
        }
        FlowCommand::Diff { key, file } => {
            let file = FlowFile::read(&file)?;
            let detail = connection.client.query_recall_flow_detail(key).await?;
            diff(&FlowFile::of_detail(&detail)?, &file)
        }
        FlowCommand::Edit(options) => edit::run(&connection, output, options).await,
        FlowCommand::Cancel { key, scope, yes } => cancel(&connection, output, key, scope, yes).await,
        FlowCommand::Wait { key, until, timeout } => wait(&connection, output, key, &until, timeout).await,
        FlowCommand::Validate { .. } => unreachable!("it needs no connection"),
    }
}

async fn list(
    connection: &Connection,
    output: Output,
    query: RecallFlowQuery,
    status: &[String],
    limit: Option<usize>,
) -> Result<(), Failure> {
    let wanted = status.iter().map(|name| find_status(name)).collect::<Result<Vec<_>, _>>()?;
    let mut flows = connection.client.recall_flows(query);
    let mut rows = Vec::new();
    while rows.len() < limit.unwrap_or(usize::MAX) {
        let Some(flow) = flows.next().await else { break };
        let flow = flow?;
        if wanted.is_empty() || flow.status.is_some_and(|status| wanted.contains(&status)) {
            rows.push(cells(&flow.to_row())?);
        }
    }
    let columns: Vec<_> = recallflow::RecallFlow::columns().iter().map(|column| column.name.as_str()).collect();
    output.print_rows(&columns, &rows)?;
    match flows.drift() {
        Some(drift) => Err(Failure::Partly(format!("the list may be incomplete: {drift}"))),
        None => Ok(()),
    }
}

/// Returns the values of a row as JSON.
fn cells(row: &recallflow::TableRow) -> Result<Vec<Document>, Failure> {
    row.values().iter().map(Document::of).collect()
}

/// Returns a flow as a document. A table shows names in place of the numbers of states, and no empty fields.
fn show(detail: &RecallFlowDetail, format: Format) -> Result<Document, Failure> {
    let mut flow = Document::of(detail)?;
    if format != Format::Table {
        return Ok(flow);
    }
    let name_state = |value: Option<&mut Document>, status: Option<RecallStatus>| {
        if let (Some(value), Some(name)) = (value, status.and_then(RecallStatus::name)) {
            *value = name.into();
        }
    };
    name_state(flow.get_mut("status"), detail.status);
    let nodes = flow.get_mut("nodeList").map_or(&mut [][..], Document::items_mut);
    for (node, detail) in nodes.iter_mut().zip(&detail.node_list) {
        name_state(node.get_mut("nodeStatus"), detail.node_status);
    }
    Ok(flow.without_nulls())
}

/// Prints the lines that differ between a flow and a file, as `diff -u` does.
fn diff(flow: &FlowFile, file: &FlowFile) -> Result<(), Failure> {
    let (before, after) = (flow.to_toml()?, file.to_toml()?);
    let diff = TextDiff::from_lines(&before, &after);
    let text = diff.unified_diff().header("flow", "file").to_string();
    if text.is_empty() { Ok(()) } else { print_text(&text) }
}

async fn cancel(connection: &Connection, output: Output, id: i64, scope: Scope, yes: bool) -> Result<(), Failure> {
    let (scope, what) = match scope {
        Scope::Flow => (CancelScope::Flow, "flow"),
        Scope::ParentTask => (CancelScope::ParentTask, "the flow of task"),
        Scope::Node => (CancelScope::Node, "the rest of the flow from node"),
    };
    confirm(&format!("Cancel {what} {id} of {}?", connection.describe()), yes)?;
    connection.client.cancel_recall_flow(&CancelRecallFlow::new(scope, id)).await?;
    output.print_object(&document! { "id": id, "outcome": "canceled" })
}

async fn wait(
    connection: &Connection,
    output: Output,
    key: i64,
    until: &str,
    timeout: Duration,
) -> Result<(), Failure> {
    let until = find_status(until)?;
    let mut last = None;
    let report = |done: usize, total: usize, flow: &RecallFlowDetail| {
        let state = flow.status.and_then(RecallStatus::name).unwrap_or("unknown");
        if last != Some((done, state)) {
            last = Some((done, state));
            eprintln!("{state}, {done} of {total} nodes have ended");
        }
    };
    let detail = connection.client.wait_for_recall_flow(key, until, timeout, report).await?;
    output.print_object(&show(&detail, output.format)?)
}

fn find_status(name: &str) -> Result<RecallStatus, Failure> {
    find_by_name("state", name, RecallStatus::VALUES, |status| status.name().unwrap_or_default())
}
