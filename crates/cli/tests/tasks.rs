//! `recallflow tasks` with more tasks than two pages, with failures, and with lists that change.

use std::path::Path;
use std::process::{Command, Output};

use recallflow::{Profile, Profiles};
use recallflow_sandbox::{Fault, Sandbox, Seed, SeedTask};
use serde_json::{Value, json};

const PATH: &str = "voice/group/call/query";
const COUNT: i64 = 450;

/// Starts a sandbox with 450 tasks of May, each with 10 calls, 4 of them answered, and a cost of 0.25 USD.
fn sandbox() -> Sandbox {
    let task = |id: i64| {
        let record = json!({
            "taskId": id, "taskName": format!("task {id}"), "status": if id % 3 == 0 { 4 } else { 2 }, "taskType": 3,
            "createdTime": format!("2024-05-{:02} 10:00:00", 1 + id % 31), "numCnt": 10, "callNum": 10,
            "answeredNum": 4, "sendSmsNum": 1, "taskSumPayFee": "0.250000(USD)",
        });
        let Value::Object(record) = record else { unreachable!("it is an object") };
        SeedTask { record, filed_at: None, app_id: None, audio: None, progress: None }
    };
    let seed = Seed { tasks: (1..=COUNT).map(task).collect(), ..Seed::default() };
    Sandbox::builder().seed(seed).start_blocking().unwrap()
}

fn command(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recallflow"));
    command
        .arg("tasks")
        .args(arguments)
        .env("RECALLFLOW_API_KEY", sandbox.api_key())
        .env("RECALLFLOW_API_SECRET", sandbox.api_secret())
        .env("RECALLFLOW_BASE_URL", sandbox.url());
    command
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    command(sandbox, arguments).output().unwrap()
}

/// Runs a command that succeeds, and returns its lines of JSON.
fn run_well(sandbox: &Sandbox, arguments: &[&str]) -> Vec<Value> {
    let output = run(sandbox, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns the exit code and the error of a command that fails.
fn run_badly(sandbox: &Sandbox, arguments: &[&str]) -> (i32, Value) {
    let output = run(sandbox, arguments);
    let text = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), serde_json::from_str(text.lines().last().unwrap()).unwrap())
}

fn names_in(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn totals_of_a_month_count_every_page_also_if_one_fails_once() {
    let sandbox = sandbox();
    sandbox.script_for(PATH, [Fault::Ok, Fault::Status(503), Fault::Ok]);
    let totals = run_well(&sandbox, &["totals", "--month", "2024-05"]);
    assert_eq!(
        totals,
        [json!({
            "tasks": 450, "numbers": 4500, "calls": 4500, "answered": 1800, "answer_rate": 40.0, "sms": 450,
            "cost": 112.5, "currency": "USD", "cost_per_answered": 0.0625, "unreadable_fees": 0, "missing_fees": 0,
        })]
    );
    assert_eq!(sandbox.faults_left(), 0);
    assert_eq!(sandbox.requests().len(), 6, "five pages, and one of them twice");
}

#[test]
fn groups_add_up_to_the_totals() {
    let sandbox = sandbox();
    for (by, groups) in [("day", 31), ("status", 2), ("name", 450), ("currency", 1)] {
        let rows = run_well(&sandbox, &["totals", "--month", "2024-05", "--by", by]);
        assert_eq!(rows.len(), groups, "{by}");
        assert_eq!(rows.iter().map(|row| row["tasks"].as_i64().unwrap()).sum::<i64>(), COUNT);
        assert!((rows.iter().map(|row| row["cost"].as_f64().unwrap()).sum::<f64>() - 112.5).abs() < 1e-9);
    }
}

#[test]
fn an_export_holds_every_task_in_each_format() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    for name in ["may.csv", "may.jsonl", "may.xlsx"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "old").unwrap();
        let printed = run_well(&sandbox, &["export", "--month", "2024-05", path.to_str().unwrap()]);
        assert_eq!(printed, [json!({ "file": path.to_str().unwrap(), "rows": COUNT })]);
        let bytes = std::fs::read(&path).unwrap();
        match name {
            "may.csv" => assert_eq!(String::from_utf8(bytes).unwrap().lines().count(), 451),
            "may.jsonl" => assert_eq!(String::from_utf8(bytes).unwrap().lines().count(), 450),
            _ => assert!(bytes.starts_with(b"PK")),
        }
    }
    assert_eq!(names_in(folder.path()).len(), 3, "temporary files are renamed");
}

#[test]
fn an_export_has_the_named_columns_in_their_order() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    for (name, head) in
        [("may.csv", "task_sum_pay_fee,task_id"), ("may.jsonl", r#"{"task_sum_pay_fee":0.25,"task_id":"#)]
    {
        let path = folder.path().join(name);
        run_well(&sandbox, &["export", "--month", "2024-05", "--columns", "cost,id", path.to_str().unwrap()]);
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.trim_start_matches('\u{feff}');
        assert!(text.starts_with(head), "{text}");
        assert!(name == "may.jsonl" || text.lines().nth(1).unwrap().starts_with("0.250000,"), "{text}");
    }
}

#[test]
fn an_export_that_fails_leaves_the_old_file() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    for name in ["may.csv", "may.xlsx", "may.html"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "old").unwrap();
        sandbox.script_for(PATH, [Fault::Ok, Fault::Code(-22)]);
        let kind = if name == "may.html" { "report" } else { "export" };
        let options = [kind, "--month", "2024-05", "--concurrency", "1", path.to_str().unwrap()];
        let (code, error) = run_badly(&sandbox, &options);
        assert_eq!((code, &error["class"]), (1, &json!("ParameterError")), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
    }
    assert_eq!(names_in(folder.path()).len(), 3, "temporary files are removed");
}

#[test]
fn a_list_that_changed_is_partly_done() {
    let sandbox = sandbox();
    let records: Vec<_> = (1..=100).map(|id| json!({ "taskId": id })).collect();
    let body = json!({ "code": 0, "msg": "ok", "data": { "total": 150, "records": records } });
    let short = json!({ "code": 0, "msg": "ok", "data": { "total": 150, "records": [{ "taskId": 101 }] } });
    let page = |body: Value| Fault::body(body.to_string());
    for command in ["list", "totals"] {
        sandbox.script_for(PATH, [page(body.clone()), page(short.clone())]);
        let (code, error) = run_badly(&sandbox, &[command, "--month", "2024-05"]);
        assert_eq!(code, 6, "{error}");
        assert!(error["message"].as_str().unwrap().contains("items may be missing"), "{error}");
    }
}

#[test]
fn a_list_is_sorted_filtered_and_limited() {
    let sandbox = sandbox();
    let ids = |arguments: &[&str]| -> Vec<i64> {
        let arguments = [&["list", "--month", "2024-05"], arguments].concat();
        run_well(&sandbox, &arguments).iter().map(|row| row["task_id"].as_i64().unwrap()).collect()
    };
    assert_eq!(ids(&["--sort", "id", "--limit", "2"]), [450, 449]);
    assert_eq!(ids(&["--name", "TASK 44", "--sort", "id", "--limit", "3"]), [449, 448, 447]);
    assert_eq!(ids(&["--status", "cancelled"]).len(), 150);
    assert_eq!(ids(&["--limit", "0"]), [0_i64; 0]);
}

#[test]
fn times_are_shifted_to_a_zone_if_the_profile_knows_the_one_of_the_service() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let recallflow = |arguments: &[&str]| {
        let output = command(&sandbox, arguments)
            .env("RECALLFLOW_PROFILES", folder.path().join("profiles.toml"))
            .env("RECALLFLOW_API_KEY", "")
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let mut profiles = Profiles::default();
    let mut profile = Profile::new(sandbox.api_key(), sandbox.api_secret());
    profile.base_url = Some(sandbox.url());
    profile.timezone = Some("Asia/Shanghai".to_owned());
    profiles.insert("main", profile).unwrap();
    profiles.save_to(&folder.path().join("profiles.toml")).unwrap();

    let day = ["list", "--day", "2024-05-01", "--columns", "created", "--limit", "1"];
    let (_, table, _) = recallflow(&[&day[..], &["-o", "table"]].concat());
    assert!(table.contains("2024-05-01 10:00:00") && table.contains("the service's time (Asia/Shanghai)"), "{table}");
    // 10:00 in Shanghai is 19:00 of the day before in Los Angeles.
    let (_, table, _) = recallflow(&[&day[..], &["-o", "table", "--zone", "America/Los_Angeles"]].concat());
    assert!(table.contains("2024-05-01 19:00:00"), "{table}");
    assert!(table.contains("America/Los_Angeles (shifted from Asia/Shanghai, the service's time)"), "{table}");
    let (_, days, _) = recallflow(&["totals", "--month", "2024-05", "--by", "day", "--zone", "America/Los_Angeles"]);
    assert!(!days.contains("2024-05-31") && days.starts_with("{\"day\":\"2024-05-01\""), "{days}");
    assert_eq!(recallflow(&[&day[..], &["--zone", "Nowhere"]].concat()).0, Some(2));
}

#[test]
fn a_table_is_aligned_by_the_width_of_its_text() {
    let sandbox = sandbox();
    let record =
        json!({ "taskId": 7, "taskName": "五月", "createdTime": "2024-06-01 10:00:00", "taskSumPayFee": "0.5(USD)" });
    let Value::Object(record) = record else { unreachable!("it is an object") };
    sandbox.insert_task(SeedTask { record, filed_at: None, app_id: None, audio: None, progress: None });
    let arguments = ["list", "--day", "2024-06-01", "--columns", "name,id,cost", "-o", "table"];
    let text = String::from_utf8(run(&sandbox, &arguments).stdout).unwrap();
    // Two characters take the width of four.
    assert!(text.contains(" task_name  task_id  task_sum_pay_fee\n 五月             7               0.5\n"), "{text}");
}

#[test]
fn watch_fails_with_exit_status_if_a_task_was_canceled() {
    let sandbox = sandbox();
    let watch = ["watch", "--day", "2024-05-02", "--status", "finished,cancelled"];
    assert_eq!(run_well(&sandbox, &watch).len(), 15);
    let (code, error) = run_badly(&sandbox, &[&watch[..], &["--exit-status"]].concat());
    assert_eq!(code, 1, "{error}");
    assert!(error["message"].as_str().unwrap().contains("of 15 tasks ended without"), "{error}");
}

#[test]
fn watch_ends_when_its_time_is_over() {
    let sandbox = Sandbox::builder().seed(Seed::default()).start_blocking().unwrap();
    let record =
        json!({ "taskId": 1, "taskName": "slow", "status": 1, "createdTime": "2024-05-01 10:00:00", "numCnt": 9 });
    let Value::Object(record) = record else { unreachable!("it is an object") };
    sandbox.insert_task(SeedTask { record, filed_at: None, app_id: None, audio: None, progress: None });
    let output = run(&sandbox, &["watch", "--day", "2024-05-01", "--timeout", "1s"]);
    assert_eq!(output.status.code(), Some(4));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("slow: calling, 0 of 9 calls\n"), "{text}");
}
