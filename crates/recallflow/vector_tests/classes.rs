//! `classes.json`: the retry class of each response and failure.

use std::collections::BTreeSet;

use recallflow_tests::{Case, check_all, load, same};
use serde::Deserialize;

use crate::generated::operations::OPERATIONS;
use crate::generated::positions::{operations, responses};
use crate::generated::shapes::RESPONSES;
use crate::operation::OperationKind;
use crate::response::content::Expected;
use crate::retry::RetryClass;
use crate::transport::failure::{FailureKind, TransportFailure};
use crate::transport::response::HttpResponse;
use crate::{Phase, classify};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<ResponseCase>>,
    failures: Vec<Case<FailureCase>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResponseCase {
    http_status: u16,
    body: String,
    class: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FailureCase {
    kind: Kind,
    phase: String,
    sent: bool,
    reused: bool,
    class: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Network,
    Permanent,
    System,
    Timeout,
    Truncated,
    Malformed,
    TooLarge,
}

impl ResponseCase {
    fn response(&self) -> HttpResponse {
        HttpResponse::recorded(self.http_status, None, self.body.clone().into())
    }
}

impl FailureCase {
    fn failure(&self) -> TransportFailure {
        let phase = Phase::ALL.iter().find(|phase| phase.as_str() == self.phase);
        TransportFailure {
            kind: match self.kind {
                Kind::Network => FailureKind::Network,
                Kind::Permanent => FailureKind::Permanent,
                Kind::System => FailureKind::System,
                Kind::Timeout => FailureKind::Timeout,
                Kind::Truncated => FailureKind::Truncated,
                Kind::Malformed => FailureKind::Malformed,
                Kind::TooLarge => FailureKind::TooLarge { limit: 1 },
            },
            phase: *phase.unwrap_or_else(|| panic!("unknown phase {:?}", self.phase)),
            sent: self.sent,
            reused: self.reused,
            status: None,
            message: String::new(),
            remedy: None,
        }
    }
}

/// Returns the circumstances of a response to a call of this kind, which would have the data of a flow.
fn context(kind: OperationKind) -> classify::Context<'static> {
    let operation = &OPERATIONS[operations::QUERY_RECALL_FLOW_DETAIL];
    classify::Context {
        kind,
        now: 0,
        expected: Expected::Object(&RESPONSES[responses::RECALL_FLOW_DETAIL], operation.content),
        max_values: usize::MAX,
        secrets: &[],
        base_url: "",
    }
}

#[test]
fn a_response_has_the_expected_retry_class() {
    check_all(&load::<File>("classes").cases, |case| {
        let context = context(OperationKind::Query);
        let failed = classify::classify_response(&case.response(), &context).err().ok_or("it is a success")?;
        same("class", &case.class.as_str(), &failed.class.as_str())
    });
}

#[test]
fn an_update_is_repeated_only_after_responses_without_a_server_error() {
    check_all(&load::<File>("classes").cases, |case| {
        let context = context(OperationKind::Update);
        let failed = classify::classify_response(&case.response(), &context).err().ok_or("it is a success")?;
        let is_repeatable = matches!(failed.class, RetryClass::Throttled | RetryClass::Clock);
        let is_refused = matches!(case.class.as_str(), "throttled" | "clock");
        same("repeatable", &(is_refused && case.http_status < 500), &is_repeatable)
    });
}

#[test]
fn a_failure_has_the_expected_retry_class() {
    check_all(&load::<File>("classes").failures, |case| {
        same(
            "class",
            &case.class.as_str(),
            &classify::classify_failure(case.failure(), "https://host.example").class.as_str(),
        )
    });
}

#[test]
fn the_vectors_cover_every_retry_class() {
    let File { cases, failures } = load("classes");
    let responses = cases.into_iter().map(|case| case.content.class);
    let found: BTreeSet<_> = responses.chain(failures.into_iter().map(|case| case.content.class)).collect();
    let all: BTreeSet<_> = RetryClass::ALL.iter().map(|class| class.as_str().to_owned()).collect();
    assert_eq!(found, all);
}
