//! `recallflow flow edit`: a safe edit whose difference is shown before it is sent.

use std::fs;
use std::path::Path;
use std::process::Command;

use recallflow::{
    Change, Client, FlowEdit, FlowUpdate, Operation as _, UpdateAgentRecallFlow, UpdateRecallFlow, Warning,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fields::assign;
use super::file::FlowFile;
use crate::account::Connection;
use crate::arguments::EditArguments;
use crate::confirm::confirm;
use crate::document::{Document, document, unwritable};
use crate::failure::Failure;
use crate::output::{Format, Output, print_text};

pub(crate) async fn run(connection: &Connection, output: Output, options: EditArguments) -> Result<(), Failure> {
    let client = &connection.client;
    let detail = client.query_recall_flow_detail(options.key).await?;
    if FlowFile::of_detail(&detail)?.is_agent {
        let edit = client.edit_agent_recall_flow(options.key).await?;
        finish(connection, output, &options, edit, UpdateAgentRecallFlow::warnings).await
    } else {
        let edit = client.edit_recall_flow(options.key).await?;
        finish(connection, output, &options, edit, UpdateRecallFlow::warnings).await
    }
}

async fn finish<U: FlowUpdate + Serialize + DeserializeOwned>(
    connection: &Connection,
    output: Output,
    options: &EditArguments,
    mut edit: FlowEdit<U, Client>,
    warnings: fn(&U) -> Vec<Warning>,
) -> Result<(), Failure> {
    let is_agent = U::INFO.name == UpdateAgentRecallFlow::INFO.name;
    let original = serde_json::to_value(edit.original()).map_err(unwritable)?;
    let changed = change(FlowFile { is_agent, wire: original }, options)?;
    edit.draft = changed.to_request()?;
    let planned = edit.plan()?;
    for warning in warnings(&edit.draft) {
        eprintln!("warning: {warning}");
    }
    if options.sending.dry_run || planned.changes.is_empty() {
        let result = if options.sending.dry_run { planned } else { edit.apply().await? };
        return print_result(output, options.key, result.outcome.as_str(), &result.changes);
    }
    eprintln!("{}", describe_changes(&planned.changes).trim_end());
    confirm(&format!("Change flow {} of {}?", options.key, connection.describe()), options.sending.yes)?;
    let result = if options.sending.verify { edit.apply_and_verify().await? } else { edit.apply().await? };
    print_result(output, options.key, result.outcome.as_str(), &result.changes)
}

/// Changes a flow as the options say: first by the file or the editor, then field by field.
fn change(mut flow: FlowFile, options: &EditArguments) -> Result<FlowFile, Failure> {
    if let Some(path) = &options.file {
        flow = take_file(&flow, FlowFile::read(path)?)?;
    } else if options.editor {
        let text = run_editor(&flow.to_toml()?)?;
        let edited = FlowFile::parse(&text).map_err(|why| Failure::Usage(format!("the edited flow: {why}")))?;
        flow = take_file(&flow, edited)?;
    }
    for assignment in &options.assignments.0 {
        assign(&mut flow.wire, flow.is_agent, assignment)?;
    }
    Ok(flow)
}

/// Checks that a file is about the flow that is edited.
fn take_file(flow: &FlowFile, file: FlowFile) -> Result<FlowFile, Failure> {
    let (read, given) = (&flow.wire["keyId"], &file.wire["keyId"]);
    if given == read {
        return Ok(FlowFile { is_agent: flow.is_agent, ..file });
    }
    Err(Failure::Usage(format!("the file is for flow {given}, and not for {read}")))
}

/// Lets the user edit text in an editor.
fn run_editor(text: &str) -> Result<String, Failure> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = variable("VISUAL").or_else(|| variable("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    let path = std::env::temp_dir().join(format!("recallflow-{}.toml", std::process::id()));
    let edited = edit_file(&editor, &path, text);
    // The text may be confidential. Without the right to remove it, it could not have been written.
    let _ = fs::remove_file(&path);
    edited
}

fn edit_file(editor: &str, path: &Path, text: &str) -> Result<String, Failure> {
    let of_file = |error: &std::io::Error| Failure::io(path.display(), error);
    fs::write(path, text).map_err(|error| of_file(&error))?;
    let mut words = editor.split_whitespace();
    let status = Command::new(words.next().unwrap_or("vi")).args(words).arg(path).status();
    match status {
        Ok(status) if status.success() => fs::read_to_string(path).map_err(|error| of_file(&error)),
        Ok(status) => Err(Failure::Local(format!("`{editor}` ended with {status}; nothing was changed"))),
        Err(error) => Err(Failure::io(format!("`{editor}`"), &error)),
    }
}

/// Returns a line for each change.
fn describe_changes(changes: &[Change]) -> String {
    let mut lines: Vec<_> = changes.iter().map(ToString::to_string).collect();
    lines.push(String::new());
    lines.join("\n")
}

fn print_result(output: Output, key: i64, outcome: &str, changes: &[Change]) -> Result<(), Failure> {
    if output.format == Format::Table {
        return print_text(&format!("{}flow {key}: {outcome}", describe_changes(changes)));
    }
    let changes = changes.iter().map(|change| {
        let [before, after] =
            [&change.before, &change.after].map(|text| text.as_deref().map_or(Value::Null, json_value));
        document! { "path": change.path, "before": before, "after": after }
    });
    let changes = Document::List(changes.collect());
    output.print_object(&document! { "keyId": key, "outcome": outcome, "changes": changes })
}

/// Reads the text of a value in a change, which is JSON.
fn json_value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
