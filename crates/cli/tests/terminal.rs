//! `recallflow` in a terminal: bars, colors, tables and questions.
#![cfg(unix)]

use std::process::Command;

use recallflow_sandbox::{Fault, Sandbox, Seed, SeedTask};
use rexpect::session::{PtySession, spawn_command};
use serde_json::{Value, json};

/// Milliseconds until a test fails that waits for an output.
const LIMIT: u64 = 30_000;

/// The control sequence that clears a line, which only bars write.
const CLEAR_LINE: &str = "\u{1b}[2K";

fn sandbox(status: i64) -> Sandbox {
    let record = json!({
        "taskId": 1, "taskName": "may", "status": status, "createdTime": "2024-05-01 10:00:00", "numCnt": 9, "callNum": 3,
        "taskSumPayFee": "0.25(USD)",
    });
    let Value::Object(record) = record else { unreachable!("it is an object") };
    let task = SeedTask { record, filed_at: None, app_id: None, audio: None, progress: None };
    Sandbox::builder().seed(Seed { tasks: vec![task], ..Seed::default() }).start_blocking().unwrap()
}

fn spawn(sandbox: &Sandbox, arguments: &[&str]) -> PtySession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recallflow"));
    command
        .args(arguments)
        .env("RECALLFLOW_API_KEY", sandbox.api_key())
        .env("RECALLFLOW_API_SECRET", sandbox.api_secret())
        .env("RECALLFLOW_BASE_URL", sandbox.url())
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .env_remove("CI");
    spawn_command(command, Some(LIMIT)).unwrap()
}

#[test]
fn watch_shows_a_bar_until_the_task_has_ended() {
    let sandbox = sandbox(1);
    let mut session = spawn(&sandbox, &["tasks", "watch", "--day", "2024-05-01", "--timeout", "1h"]);
    session.exp_string("33% may: calling, 3 of 9 calls").unwrap();
    sandbox.advance(std::time::Duration::from_secs(3600));
    session.exp_string("100% may: finished, 9 of 9 calls").unwrap();
    session.exp_string("task_name").unwrap();
    let rest = session.exp_eof().unwrap();
    assert!(rest.contains("1 tasks, 2024-05-01 00:00:00 to 2024-05-01 23:59:59, the service's time"), "{rest}");
}

#[test]
fn a_list_is_a_table_that_replaces_the_bar() {
    let sandbox = sandbox(2);
    let mut session = spawn(&sandbox, &["tasks", "list", "--day", "2024-05-01", "--columns", "name,id,cost"]);
    let shown = session.exp_eof().unwrap();
    let (bar, table) = shown.rsplit_once(CLEAR_LINE).expect("a bar");
    assert!(bar.contains("1 of 1 tasks"), "{bar}");
    assert!(table.contains("task_name  task_id  task_sum_pay_fee") && table.contains("1 tasks, 2024"), "{table}");
}

#[test]
fn an_interrupted_export_leaves_no_file_and_exits_with_130() {
    let sandbox = sandbox(2);
    sandbox.script([Fault::Hold]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("may.csv");
    let mut session = spawn(&sandbox, &["tasks", "export", "--day", "2024-05-01", file.to_str().unwrap()]);
    assert!(sandbox.wait_for_requests_blocking(1, std::time::Duration::from_millis(LIMIT)));
    session.send_control('c').unwrap();
    let shown = session.exp_eof().unwrap();
    assert!(shown.contains("interrupted"), "{shown}");
    let status = session.process().wait().unwrap();
    assert!(matches!(status, rexpect::process::WaitStatus::Exited(_, 130)), "{status:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_change_is_shown_and_asked_for() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let edit = ["flow", "edit", "299", "--set", "recallInterval=60"];
    for (key, interval, expected) in
        [("n", 30, "nothing was changed"), ("\r", 30, "nothing was changed"), ("y", 60, "applied")]
    {
        let mut session = spawn(&sandbox, &edit);
        session.exp_string("recallInterval: 30 -> 60").unwrap();
        session.exp_string(&format!("Change flow 299 of {} (environment)?", sandbox.url())).unwrap();
        session.exp_string("[y/N]").unwrap();
        session.send(key).unwrap();
        session.flush().unwrap();
        let rest = session.exp_eof().unwrap();
        assert!(rest.contains(expected), "{rest}");
        assert_eq!(sandbox.flow(299).unwrap()["recallInterval"], interval);
    }
}

#[test]
fn a_secret_is_typed_without_being_shown() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profiles.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_recallflow"));
    command.args(["profile", "add", "main", "--key", "the-key", "--base-url", &sandbox.url()]);
    command.env("RECALLFLOW_PROFILES", &file).env_remove("RECALLFLOW_API_KEY");
    let mut session = spawn_command(command, Some(LIMIT)).unwrap();
    session.exp_string("API secret:").unwrap();
    session.send_line("typed-CANARY").unwrap();
    let shown = session.exp_eof().unwrap();
    assert!(!shown.contains("CANARY"), "{shown}");
    assert!(std::fs::read_to_string(file).unwrap().contains("secret = \"typed-CANARY\""));
}
