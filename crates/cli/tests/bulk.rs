//! Bulk changes that are killed at every request, and then finished.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use recallflow_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

/// The flows that are changed.
const KEYS: std::ops::Range<i64> = 501..504;

/// More than any machine needs for a request.
const LONG: Duration = Duration::from_secs(60);

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let flow = sandbox.flow(299).expect("the flow of the documents");
    for key in KEYS {
        let mut flow = flow.clone();
        flow["keyId"] = key.into();
        assert!(sandbox.insert_flow(flow));
    }
    sandbox
}

fn command(sandbox: &Sandbox, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recallflow"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command.env("RECALLFLOW_API_KEY", sandbox.api_key()).env("RECALLFLOW_API_SECRET", sandbox.api_secret());
    command.env("RECALLFLOW_BASE_URL", sandbox.url());
    command
}

fn run(sandbox: &Sandbox, folder: &Path, arguments: &[&str]) -> Output {
    command(sandbox, folder, arguments).output().expect("the command runs")
}

fn plan(sandbox: &Sandbox, folder: &Path) {
    let lines: Vec<_> = KEYS.map(|key| format!("{key},{},Hello {key}\n", key - 470)).collect();
    std::fs::write(folder.join("changes.csv"), format!("keyId,recallInterval,node1.text\n{}", lines.concat())).unwrap();
    let output = run(sandbox, folder, &["bulk", "plan", "changes.csv"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Checks that every flow has its new values, and that each update was applied exactly once.
fn check_flows(sandbox: &Sandbox) {
    let mut applied: BTreeMap<i64, usize> = BTreeMap::new();
    for request in sandbox.requests() {
        if request.operation.as_deref() == Some("update_recall_flow") && request.response.applied {
            let body: Value = serde_json::from_str(&request.body).unwrap();
            *applied.entry(body["keyId"].as_i64().unwrap()).or_default() += 1;
        }
    }
    assert_eq!(applied, KEYS.map(|key| (key, 1)).collect());
    for key in KEYS {
        let flow = sandbox.flow(key).unwrap();
        assert_eq!(flow["recallInterval"], json!(key - 470));
        assert_eq!(flow["nodeList"][0]["text"], json!(format!("Hello {key}")));
    }
}

#[test]
fn a_plan_is_finished_after_a_kill_at_any_request() {
    // Each flow is read twice, then updated.
    let requests = 3 * KEYS.count();
    for position in 0..requests {
        for is_applied in [false, true] {
            let sandbox = sandbox();
            let folder = tempfile::tempdir().unwrap();
            plan(&sandbox, folder.path());
            let before = sandbox.requests().len();
            let last = if is_applied { Fault::All(vec![Fault::Applied, Fault::Hold]) } else { Fault::Hold };
            sandbox.script((0..position).map(|_| Fault::Ok).chain([last]));
            let apply = ["bulk", "apply", "plan.json", "--yes"];
            let mut child =
                command(&sandbox, folder.path(), &apply).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            assert!(sandbox.wait_for_requests_blocking(before + position + 1, LONG), "request {position}");
            child.kill().unwrap();
            child.wait().unwrap();

            let output = run(&sandbox, folder.path(), &apply);
            assert!(output.status.success(), "request {position}: {}", String::from_utf8_lossy(&output.stderr));
            check_flows(&sandbox);
            // There is nothing left to do.
            let count = sandbox.requests().len();
            assert!(run(&sandbox, folder.path(), &apply).status.success());
            assert_eq!(sandbox.requests().len(), count);
        }
    }
}

#[test]
fn a_flow_that_changed_since_the_plan_is_not_overwritten() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    plan(&sandbox, folder.path());
    let mut flow = sandbox.flow(502).unwrap();
    flow["recallNum"] = 7.into();
    assert!(sandbox.insert_flow(flow));
    let output = run(&sandbox, folder.path(), &["bulk", "apply", "plan.json", "--yes"]);
    assert_eq!(output.status.code(), Some(6));
    let lines = String::from_utf8(output.stdout).unwrap();
    let outcomes: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let outcomes: Vec<_> = outcomes.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["applied", "conflict", "applied"]);
    assert_eq!(sandbox.flow(502).unwrap()["recallInterval"], 30);
}

#[test]
fn nothing_is_planned_if_one_change_breaks_a_rule() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("changes.csv"), "keyId,recallInterval\n501,60\n502,5000\n").unwrap();
    let output = run(&sandbox, folder.path(), &["bulk", "plan", "changes.csv", "plan.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stdout).unwrap().contains("1 to 1440"));
    assert!(!folder.path().join("plan.json").exists());
}

#[test]
fn a_run_stops_after_failures() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    plan(&sandbox, folder.path());
    sandbox.script_for("update_recall_flow", [Fault::Code(-99), Fault::Code(-99)]);
    let output = run(&sandbox, folder.path(), &["bulk", "apply", "plan.json", "--yes", "--stop-after", "2"]);
    assert_eq!(output.status.code(), Some(6));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
    assert!(run(&sandbox, folder.path(), &["bulk", "apply", "plan.json", "--yes"]).status.success());
    check_flows(&sandbox);
}
