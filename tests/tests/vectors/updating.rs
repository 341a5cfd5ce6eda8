//! `updating.json`: the update that each flow becomes.

use recallflow::RecallFlowDetail;
use recallflow_tests::{Case, check_all, load, same_json};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Updating>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Updating {
    detail: Value,
    r#type: Option<String>,
    update: Option<Value>,
    #[serde(default)]
    violations: Vec<Value>,
    #[serde(default)]
    warnings: Vec<Value>,
}

#[test]
fn flows_become_the_expected_updates() {
    check_all(&load::<File>("updating").cases, |case| {
        let detail: RecallFlowDetail =
            serde_json::from_value(case.detail.clone()).map_err(|error| error.to_string())?;
        let is_agent = case.r#type.as_deref() == Some("UpdateAgentRecallFlow");
        let update = if is_agent {
            detail.to_agent_update().map(|update| (json!(update), update.warnings()))
        } else {
            detail.to_update().map(|update| (json!(update), update.warnings()))
        };
        let (update, violations, warnings) = match update {
            Ok((update, warnings)) => (Some(update), Vec::new(), warnings),
            Err(error) => (None, error.violations().to_vec(), Vec::new()),
        };
        same_json("update", &json!(case.update), &json!(update))?;
        let violations = violations.iter().map(|it| json!({ "path": it.path, "rule": it.rule.as_str() }));
        same_json("violations", &json!(case.violations), &violations.collect())?;
        let warnings = warnings.iter().map(|it| json!({ "path": it.path, "message": it.message }));
        same_json("warnings", &json!(case.warnings), &warnings.collect())
    });
}
