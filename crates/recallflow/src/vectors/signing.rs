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
    /// What a common mistake computes.
    not: Option<String>,
}

#[test]
fn requests_are_signed_as_the_service_demands() {
    check_all(&load::<File>("signing").cases, |case| {
        let credentials = Credentials::new(case.api_key.clone(), case.api_secret.clone());
        let sign = credentials.map_err(|error| error.to_string())?.sign(case.timestamp);
        same("sign", &case.sign, &sign)?;
        if case.not.as_ref() == Some(&sign) { Err("this is what a common mistake computes".to_owned()) } else { Ok(()) }
    });
}
