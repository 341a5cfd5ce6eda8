//! `signing.json`: the signature of a request.

use recallflow_tests::{Case, check_all, load, same};
use serde::Deserialize;

use crate::signing::Credentials;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Signing>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signing {
    api_key: String,
    api_secret: String,
    timestamp: i64,
    sign: String,
    /// The result of a common mistake.
    not: Option<String>,
}

#[test]
fn a_request_has_the_expected_signature() {
    check_all(&load::<File>("signing").cases, |case| {
        let credentials = Credentials::new(case.api_key.clone(), case.api_secret.clone());
        let sign = credentials.map_err(|error| error.to_string())?.sign(case.timestamp);
        same("sign", &case.sign, &sign)?;
        if case.not.as_ref() == Some(&sign) { Err("this is the result of a common mistake".to_owned()) } else { Ok(()) }
    });
}
