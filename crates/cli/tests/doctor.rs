//! What `recallflow doctor` says about good and bad accounts.

use std::process::{Command, Output};

use recallflow_sandbox::{Fault, RefusedPort, Sandbox};
use serde_json::Value;

fn doctor(url: &str, secret: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recallflow"));
    command.arg("doctor").env("RECALLFLOW_BASE_URL", url).env("RECALLFLOW_API_KEY", "bDqJFiq9");
    command.env("RECALLFLOW_API_SECRET", secret).env_remove("HTTPS_PROXY").env_remove("ALL_PROXY");
    command.output().expect("the command runs")
}

/// Returns the outcome and the detail of each check.
fn findings(output: &Output) -> Vec<(String, String, String)> {
    let lines = String::from_utf8(output.stdout.clone()).unwrap();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| (text(&line, "check"), text(&line, "outcome"), text(&line, "detail"))).collect()
}

fn find<'a>(findings: &'a [(String, String, String)], check: &str) -> &'a (String, String, String) {
    findings.iter().find(|(name, ..)| name == check).unwrap_or_else(|| panic!("{check}: {findings:?}"))
}

#[test]
fn a_good_account_passes() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let output = doctor(&sandbox.url(), sandbox.api_secret());
    assert!(output.status.success());
    let findings = findings(&output);
    assert!(findings.iter().all(|(_, outcome, _)| outcome == "ok"), "{findings:?}");
    assert!(find(&findings, "signed query").2.contains("accepted"));
    assert_eq!(sandbox.requests().len(), 1);
    assert!(!String::from_utf8_lossy(&output.stdout).contains(sandbox.api_secret()));
}

#[test]
fn a_refusal_is_explained() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let wrong = doctor(&sandbox.url(), "wrong-secret");
    assert_eq!(wrong.status.code(), Some(3));
    let signed = find(&findings(&wrong), "signed query").clone();
    assert!(signed.1 == "failed" && signed.2.contains("base URL"), "{signed:?}");
    assert!(!format!("{wrong:?}").contains("wrong-secret"));

    sandbox.script([Fault::Code(-2)]);
    let restricted = doctor(&sandbox.url(), sandbox.api_secret());
    assert_eq!(restricted.status.code(), Some(3));
    assert!(find(&findings(&restricted), "signed query").2.contains("address of the last proxy"));
}

#[test]
fn the_step_that_fails_is_named() {
    let port = RefusedPort::open().unwrap();
    let output = doctor(&format!("http://{}", port.address().unwrap()), "secret");
    assert_eq!(output.status.code(), Some(1));
    let findings = findings(&output);
    assert_eq!(find(&findings, "name lookup").1, "ok");
    assert_eq!(find(&findings, "connection").1, "failed");
    assert!(findings.iter().all(|(check, ..)| check != "response"));
}
