//! `decoding.json`: the result of reading each response.

use recallflow_sandbox::{Fault, Sandbox};
use recallflow_tests::{Case, check_all, load, same, same_json};
use serde::Deserialize;
use serde_json::Value;

use crate::operations::{Operation, play};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Decoding>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decoding {
    operation: Operation,
    #[serde(default = "ok")]
    http_status: u16,
    body: String,
    response: Value,
    #[serde(default)]
    extra: Vec<String>,
}

fn ok() -> u16 {
    200
}

/// Returns the operations in the cases.
pub(crate) fn operations() -> Vec<Operation> {
    load::<File>("decoding").cases.into_iter().map(|case| case.content.operation).collect()
}

#[test]
fn responses_have_the_expected_result() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    check_all(&load::<File>("decoding").cases, |case| {
        let scripted = Fault::Respond { status: case.http_status, headers: Vec::new(), body: case.body.clone().into() };
        let response = play(&sandbox, case.operation, scripted, |client| client).map_err(|error| error.to_string())?;
        let text = response.to_json();
        let wire: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        same_json("response", &case.response, &wire)?;
        let mut extra = case.extra.clone();
        extra.sort();
        same("extra", &extra, &response.extra())?;
        let again = case.operation.read(&text).map_err(|error| error.to_string())?;
        same("read from its own wire form", &response, &again)
    });
}
