//! `call.json`: calls of any endpoint.

use recallflow::OperationKind;
use recallflow::blocking::Client;
use recallflow_sandbox::{Fault, Sandbox};
use recallflow_tests::{Case, check_all, contains, lacks, load, same, same_json};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<EndpointCase>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndpointCase {
    path: String,
    kind: String,
    body: Value,
    response: Option<String>,
    sent_path: Option<String>,
    data: Option<String>,
    error: Option<ExpectedError>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedError {
    kind: String,
    message_contains: Vec<String>,
}

#[test]
fn calls_of_any_endpoint_end_as_expected() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    check_all(&load::<File>("call").cases, |case| {
        sandbox.reset();
        if let Some(body) = &case.response {
            sandbox.script([Fault::Respond { status: 200, headers: Vec::new(), body: body.clone().into_bytes() }]);
        }
        let builder = Client::builder(sandbox.api_key(), sandbox.api_secret()).base_url(sandbox.url()).max_retries(0);
        let client = builder.build_blocking().expect("a client");
        let kind = if case.kind == "query" { OperationKind::Query } else { OperationKind::Update };
        let outcome = client.call::<_, Box<RawValue>>(&case.path, &case.body, kind);
        let requests = sandbox.requests();
        same("requests", &usize::from(case.response.is_some()), &requests.len())?;
        let error = match (outcome, &case.error) {
            (Ok(data), None) => {
                let expected = case.data.as_deref().expect("a case has data or an error");
                let is_verbatim = case.response.iter().all(|response| !response.contains('\\'));
                if is_verbatim {
                    same("data", &expected, &data.get())?;
                }
                let parse = |json: &str| serde_json::from_str::<Value>(json).expect("it is JSON");
                same_json("data", &parse(expected), &parse(data.get()))?;
                same("signature", &true, &requests[0].signature_valid)?;
                same_json("body", &case.body, &parse(&requests[0].body))?;
                return same("path", &case.sent_path.as_deref(), &Some(&*requests[0].path));
            }
            (Ok(data), Some(_)) => return Err(format!("there was no error, but {data}")),
            (Err(error), None) => return Err(error.to_string()),
            (Err(error), Some(expected)) => {
                same("kind", &expected.kind.as_str(), &error.kind().as_str())?;
                contains("message", &error.to_string(), &expected.message_contains)?;
                error
            }
        };
        lacks("message", &format!("{error} {error:?}"), &["hunter2".to_owned()])
    });
}
