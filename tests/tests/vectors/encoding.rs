//! `encoding.json`: the exact body of each request.

use recallflow::blocking::Client;
use recallflow_sandbox::Sandbox;
use recallflow_tests::{Case, check_all, load, same};
use serde::Deserialize;

use crate::requests::Given;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Encoding>>,
}

#[derive(Deserialize)]
struct Encoding {
    #[serde(flatten)]
    given: Given,
    body: String,
}

#[test]
fn requests_have_the_expected_json() {
    check_all(&load::<File>("encoding").cases, |case| {
        let request = case.given.read().map_err(|error| error.to_string())?;
        same("body", &case.body, &request.to_json())
    });
}

#[test]
fn requests_are_sent_with_the_expected_body() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    // Some cases are invalid. The body must not depend on validation.
    let client = Client::builder(sandbox.api_key(), sandbox.api_secret()).base_url(sandbox.url()).validate(false);
    let client = client.build_blocking().expect("a client");
    check_all(&load::<File>("encoding").cases, |case| {
        let request = case.given.read().map_err(|error| error.to_string())?;
        sandbox.reset();
        if request.send(&client).is_none() {
            return Ok(());
        }
        let received = sandbox.requests();
        let [received] = received.as_slice() else { return Err(format!("{} requests were sent", received.len())) };
        same("body", &case.body, &received.body)?;
        same("signature", &true, &received.signature_valid)?;
        same("content type", &Some("application/json;charset=UTF-8"), &received.header("content-type"))
    });
}
