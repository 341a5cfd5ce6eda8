//! `validation.json`: the violations and warnings of each request.

use recallflow::blocking::Client;
use recallflow::{ErrorKind, Violation};
use recallflow_sandbox::Sandbox;
use recallflow_tests::{Case, check_all, load, same, same_json};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::requests::Given;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Validation>>,
}

#[derive(Deserialize)]
struct Validation {
    #[serde(flatten)]
    given: Given,
    violations: Vec<Expected>,
    #[serde(default)]
    warnings: Vec<ExpectedWarning>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    path: String,
    rule: String,
    message: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ExpectedWarning {
    path: String,
    message: String,
}

impl From<&Violation> for Expected {
    fn from(violation: &Violation) -> Self {
        let Violation { path, rule, message, .. } = violation;
        Self { path: path.clone(), rule: rule.to_string(), message: message.clone() }
    }
}

fn cases() -> Vec<Case<Validation>> {
    load::<File>("validation").cases
}

/// Returns the rules in the cases.
pub(crate) fn rules() -> Vec<String> {
    cases().into_iter().flat_map(|case| case.content.violations).map(|violation| violation.rule).collect()
}

#[test]
fn requests_have_the_expected_violations() {
    check_all(&cases(), |case| {
        let read = case.given.read();
        let violations = match &read {
            Ok(request) => request.violations(),
            Err(error) => error.violations().to_vec(),
        };
        let got: Vec<Expected> = violations.iter().map(Expected::from).collect();
        same_json("violations", &json!(case.violations), &json!(got))?;

        // A request that cannot be read has no warnings.
        let warnings = read.map(|request| request.warnings()).unwrap_or_default();
        let got = warnings.into_iter().map(|warning| ExpectedWarning { path: warning.path, message: warning.message });
        same_json("warnings", &json!(case.warnings), &json!(got.collect::<Vec<_>>()))
    });
}

#[test]
fn an_invalid_request_is_not_sent() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let client = Client::builder(sandbox.api_key(), sandbox.api_secret()).base_url(sandbox.url()).build_blocking();
    let client = client.expect("a client");
    let mut refused = 0;
    check_all(&cases(), |case| {
        let Ok(request) = case.given.read() else { return Ok(()) };
        let violations = request.violations();
        if violations.is_empty() {
            return Ok(());
        }
        let Some(outcome) = request.send(&client) else { return Ok(()) };
        refused += 1;
        let error = outcome.err().ok_or("it was sent")?;
        same("kind", &ErrorKind::InvalidRequest, &error.kind())?;
        same("violations", &violations.as_slice(), &error.violations())
    });
    assert!(refused > 0, "no case has a whole request that breaks rules");
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
}
