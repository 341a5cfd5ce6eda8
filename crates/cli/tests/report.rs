//! The page of `recallflow tasks report`: escaped, without other files, and shown by a browser if there is one.

use std::path::{Path, PathBuf};
use std::process::Command;

use recallflow_sandbox::{Sandbox, Seed, SeedTask};
use serde_json::{Value, json};

/// The name of a task that would be a program if it were not escaped.
const NAME: &str = "</td><script>document.title='taken'</script>&\"五月\"";

/// Writes a report of three tasks, and returns its text.
fn write_report(path: &Path) -> String {
    let task = |id: i64| {
        let record = json!({
            "taskId": id, "taskName": if id == 1 { NAME } else { "other" }, "status": 2, "callNum": 4, "answeredNum": 2,
            "createdTime": format!("2024-05-0{id} 10:00:00"), "taskSumPayFee": format!("{id}.5(USD)"),
        });
        let Value::Object(record) = record else { unreachable!("it is an object") };
        SeedTask { record, filed_at: None, app_id: None, audio: None, progress: None }
    };
    let seed = Seed { tasks: (1..=3).map(task).collect(), ..Seed::default() };
    let sandbox = Sandbox::builder().seed(seed).start_blocking().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_recallflow"))
        .args(["tasks", "report", "--month", "2024-05"])
        .arg(path)
        .env("RECALLFLOW_API_KEY", sandbox.api_key())
        .env("RECALLFLOW_API_SECRET", sandbox.api_secret())
        .env("RECALLFLOW_BASE_URL", sandbox.url())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let html = std::fs::read_to_string(path).unwrap();
    assert!(!html.contains(sandbox.api_key()) && !html.contains(sandbox.api_secret()));
    html
}

#[test]
fn a_report_is_escaped_and_needs_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let html = write_report(&folder.path().join("may.html"));
    assert!(!html.contains("<script>document.title"), "{html}");
    assert!(html.contains("&lt;script&gt;document.title"), "{html}");
    for outside in ["http:", "https:", "src=", "href=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("default-src 'none'"));
    assert_eq!(html.matches("class=\"bar\"").count(), 3);
    assert!(html.contains("width: 100.0%") && html.contains("width: 42.9%"), "{html}");
    assert!(html.contains("<td class=\"number\">7.5</td><td>USD</td>"), "{html}");
    assert!(html.contains("2024-05-01 00:00:00 to 2024-05-31 23:59:59, the service&#x27;s time"), "{html}");
}

#[test]
fn a_browser_shows_every_task_and_runs_no_text() {
    let Some(browser) = find_browser() else {
        eprintln!("skipped: Chromium is not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("may.html");
    write_report(&path);
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--virtual-time-budget=1000"])
        .arg(format!("--user-data-dir={}", folder.path().join("browser").display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    assert!(dom.contains("<title>Group-call tasks</title>"), "{dom}");
    assert!(dom.contains("<span id=\"count\">3 of 3</span>"), "its own program ran: {dom}");
}

/// Returns the path of Chromium or Chrome.
fn find_browser() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&folders).flat_map(|folder| names.map(|name| folder.join(name))).find(|path| path.is_file())
}
