//! `recallflow doctor`: where each setting comes from, and whether a harmless signed query works. It shows no secret.

use std::time::Instant;

use recallflow::{Error, ErrorKind, GroupCallQuery, Phase, span_of_day};

use crate::account::{Account, Connection};
use crate::arguments::Global;
use crate::document::Document;
use crate::failure::Failure;
use crate::output::Output;

/// Environment variables that clients read, and whether the value may be shown.
const VARIABLES: [(&str, bool); 11] = [
    ("RECALLFLOW_API_KEY", false),
    ("RECALLFLOW_API_SECRET", false),
    ("RECALLFLOW_BASE_URL", true),
    ("RECALLFLOW_PROFILE", true),
    ("RECALLFLOW_PROFILES", true),
    ("RECALLFLOW_LOG", true),
    // The URL of a proxy may have a password.
    ("HTTPS_PROXY", false),
    ("https_proxy", false),
    ("ALL_PROXY", false),
    ("NO_PROXY", true),
    ("SSL_CERT_FILE", true),
];

/// Seconds by which the clock of this machine may be off without a remark.
const CLOCK_TOLERANCE: i64 = 60;

/// The steps of a call, each with the phase in which it fails.
const STEPS: [(&str, &[Phase]); 4] = [
    ("name lookup", &[Phase::Resolve]),
    ("connection", &[Phase::Connect]),
    ("TLS", &[Phase::Tls]),
    ("response", &[Phase::Request, Phase::Response, Phase::Body]),
];

/// The findings, line by line.
#[derive(Default)]
struct Findings(Vec<Vec<Document>>);

impl Findings {
    fn add(&mut self, check: &str, outcome: &str, detail: impl Into<String>) {
        self.0.push(vec![check.into(), outcome.into(), detail.into().into()]);
    }
}

pub(crate) async fn run(global: &Global) -> Result<(), Failure> {
    let mut findings = Findings::default();
    findings.add("version", "ok", format!("recallflow-cli {}", env!("CARGO_PKG_VERSION")));
    describe_environment(&mut findings);
    let result = check(global, &mut findings).await;
    if let Err(failure) = &result
        && !matches!(failure, Failure::Library(_))
    {
        findings.add("account", "failed", failure.to_string());
    }
    Output::new(global).print_rows(&["check", "outcome", "detail"], &findings.0)?;
    result
}

fn describe_environment(findings: &mut Findings) {
    for (name, is_shown) in VARIABLES {
        if let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) {
            let value = value.to_string_lossy();
            let detail = if is_shown { value.into_owned() } else { "set".to_owned() };
            findings.add(name, "ok", detail);
        }
    }
}

async fn check(global: &Global, findings: &mut Findings) -> Result<(), Failure> {
    let connection = Connection::open(global)?;
    let client = &connection.client;
    findings.add("account", "ok", describe_account(&connection.account));
    findings.add("base URL", "ok", client.base_url());
    let span = span_of_day("2000-01-01")?;
    let query = GroupCallQuery::new(span.start, span.end).size(1);
    let start = Instant::now();
    let result = client.with_max_retries(0).query_group_calls(&query).await;
    let milliseconds = start.elapsed().as_millis();
    let failed_step = result.as_ref().err().and_then(Error::phase);
    for (step, phases) in STEPS {
        match (&result, failed_step) {
            (Err(error), Some(phase)) if phases.contains(&phase) => {
                findings.add(step, "failed", error.to_string());
                break;
            }
            _ if step == "response" => findings.add(step, "ok", format!("{milliseconds} ms")),
            _ => findings.add(step, "ok", ""),
        }
    }
    if let Some(offset) = client.clock_offset() {
        let outcome = if offset.abs() > CLOCK_TOLERANCE { "warning" } else { "ok" };
        findings.add("clock", outcome, format!("the service is ahead by {offset} s"));
    }
    match &result {
        Ok(_) => findings.add("signed query", "ok", "the key and the secret are accepted"),
        Err(error) if failed_step.is_none() => findings.add("signed query", "failed", explain(error)),
        Err(_) => {}
    }
    result.map(drop).map_err(Into::into)
}

fn describe_account(account: &Account) -> String {
    match account {
        Account::Environment => "environment".to_owned(),
        Account::Profile(name, profile) => {
            let secret = if profile.secret_command().is_some() { "printed by a program" } else { "stored" };
            format!("profile {name}, secret {secret}")
        }
    }
}

/// Adds to an error what it means for the account.
fn explain(error: &Error) -> String {
    let here = match error.kind() {
        ErrorKind::Authentication => {
            " The account may also belong to another of the three services; compare the base URL."
        }
        ErrorKind::IpRestricted => {
            " The service sees the address of the last proxy or gateway, and not that of this machine."
        }
        ErrorKind::TimestampExpired => " Set the clock of this machine by NTP.",
        _ => "",
    };
    format!("{error}{}{here}", if here.is_empty() { "" } else { "." })
}
