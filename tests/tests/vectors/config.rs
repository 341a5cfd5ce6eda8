//! `config.json`: valid and invalid options of a client.

use std::time::Duration;

use recallflow::blocking::Client;
use recallflow::{ClientBuilder, ErrorKind};
use recallflow_tests::{Case, check_all, contains, lacks, load, same};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    defaults: Options,
    cases: Vec<Case<Choice>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    options: Options,
    error: Option<Expected>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    api_key: Option<String>,
    api_secret: Option<String>,
    base_url: Option<String>,
    timeout_ms: Option<u64>,
    connect_timeout_ms: Option<u64>,
    attempt_timeout_ms: Option<u64>,
    max_retries: Option<u32>,
    max_response_bytes: Option<usize>,
    proxy: Option<String>,
    ca_file: Option<String>,
    dangerously_allow_http: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    message_contains: Vec<String>,
    #[serde(default)]
    message_lacks: Vec<String>,
}

impl Options {
    fn builder(self, defaults: Self) -> ClientBuilder {
        let text = |own: Option<String>, default: Option<String>| own.or(default).unwrap_or_default();
        let key = text(self.api_key, defaults.api_key);
        let mut builder = Client::builder(key, text(self.api_secret, defaults.api_secret));
        builder = builder.base_url(text(self.base_url, defaults.base_url));
        if let Some(timeout) = self.timeout_ms {
            builder = builder.timeout(Duration::from_millis(timeout));
        }
        if let Some(timeout) = self.connect_timeout_ms {
            builder = builder.connect_timeout(Duration::from_millis(timeout));
        }
        if let Some(timeout) = self.attempt_timeout_ms {
            builder = builder.attempt_timeout(Duration::from_millis(timeout));
        }
        if let Some(retries) = self.max_retries {
            builder = builder.max_retries(retries);
        }
        if let Some(bytes) = self.max_response_bytes {
            builder = builder.max_response_bytes(bytes);
        }
        if let Some(proxy) = self.proxy {
            builder = builder.proxy(proxy);
        }
        if let Some(path) = self.ca_file {
            builder = builder.ca_file(path);
        }
        builder.dangerously_allow_http(self.dangerously_allow_http.unwrap_or(false))
    }
}

/// Returns the number of invalid cases.
pub(crate) fn refused() -> usize {
    load::<File>("config").cases.iter().filter(|case| case.content.error.is_some()).count()
}

#[test]
fn options_have_the_expected_errors() {
    let file: File = load("config");
    check_all(&file.cases, |case| {
        let outcome = case.options.clone().builder(file.defaults.clone()).build_blocking();
        match (&case.error, outcome) {
            (None, Ok(_)) => Ok(()),
            (None, Err(error)) => Err(format!("it was refused: {error}")),
            (Some(_), Ok(_)) => Err("it was not refused".to_owned()),
            (Some(expected), Err(error)) => {
                same("kind", &ErrorKind::Config, &error.kind())?;
                contains("message", &error.to_string(), &expected.message_contains)?;
                lacks("message", &error.to_string(), &expected.message_lacks)
            }
        }
    });
}
