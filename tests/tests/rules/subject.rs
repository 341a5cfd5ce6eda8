//! One interface to the implementations under test: the requests of the client and the JSON Schema.

use std::fmt::Debug;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::test_runner::Config;
use recallflow::{
    CancelRecallFlow, Error, GroupCallQuery, RecallFlowDetailQuery, RecallFlowQuery, RecallNode, UpdateAgentRecallFlow,
    UpdateRecallFlow, Violation, Warning,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::oracle::{Broken, Request};

/// The common interface of the request types.
pub(crate) trait Subject: Debug + PartialEq + Serialize + DeserializeOwned {
    /// Parses JSON text.
    fn from_text(json: &str) -> Result<Self, Error>;
    /// Returns every violation.
    fn violations(&self) -> Vec<Violation>;
    /// Returns every warning.
    fn warnings(&self) -> Vec<Warning>;
}

macro_rules! subject {
    ($($type:ident),*) => {$(
        impl Subject for $type {
            fn from_text(json: &str) -> Result<Self, Error> {
                $type::from_json(json)
            }

            fn violations(&self) -> Vec<Violation> {
                self.validate()
            }

            fn warnings(&self) -> Vec<Warning> {
                self.warnings()
            }
        }
    )*};
}

subject!(
    UpdateRecallFlow,
    UpdateAgentRecallFlow,
    RecallFlowDetailQuery,
    GroupCallQuery,
    RecallFlowQuery,
    CancelRecallFlow,
    RecallNode
);

/// Calls a generic function with the type of a request.
macro_rules! with_type {
    ($request:expr, $function:ident($($argument:expr),*)) => {
        match $request {
            $crate::oracle::Request::UpdateRecallFlow => $function::<recallflow::UpdateRecallFlow>($($argument),*),
            $crate::oracle::Request::UpdateAgentRecallFlow => {
                $function::<recallflow::UpdateAgentRecallFlow>($($argument),*)
            }
            $crate::oracle::Request::RecallFlowDetailQuery => {
                $function::<recallflow::RecallFlowDetailQuery>($($argument),*)
            }
            $crate::oracle::Request::GroupCallQuery => $function::<recallflow::GroupCallQuery>($($argument),*),
            $crate::oracle::Request::RecallFlowQuery => $function::<recallflow::RecallFlowQuery>($($argument),*),
            $crate::oracle::Request::CancelRecallFlow => $function::<recallflow::CancelRecallFlow>($($argument),*),
        }
    };
}
pub(crate) use with_type;

/// Reads a request, or returns every violation.
pub(crate) fn read<T: Subject>(json: &Value) -> Result<T, Vec<Violation>> {
    T::from_text(&json.to_string()).map_err(|error| error.violations().to_vec())
}

/// Returns the rules that the client finds broken.
pub(crate) fn client_violations(request: Request, json: &Value) -> Broken {
    broken(&reported(request, json))
}

/// Returns the violations that the client reports, in its order.
pub(crate) fn reported(request: Request, json: &Value) -> Vec<Violation> {
    with_type!(request, violations_of(json))
}

fn violations_of<T: Subject>(json: &Value) -> Vec<Violation> {
    match read::<T>(json) {
        Ok(request) => request.violations(),
        Err(violations) => {
            assert!(!violations.is_empty(), "refused without a reason: {json}");
            violations
        }
    }
}

/// Converts violations to the form of the oracle, and checks each of them.
pub(crate) fn broken(violations: &[Violation]) -> Broken {
    for violation in violations {
        assert!(violation.message.contains(&violation.path), "{violation:?} does not say where");
        assert!(!violation.message.ends_with('.'), "{violation:?} ends with a full stop");
    }
    let broken: Broken = violations.iter().map(|violation| (violation.path.clone(), violation.rule.as_str())).collect();
    assert_eq!(broken.len(), violations.len(), "a path is reported twice: {violations:?}");
    broken
}

/// Returns whether the JSON Schema of the sandbox accepts a request.
pub(crate) fn schema_accepts(request: Request, json: &Value) -> bool {
    static SCHEMAS: LazyLock<Vec<(Request, Validator)>> = LazyLock::new(|| {
        let service = include_str!("../../../crates/sandbox/src/generated/service.json");
        let service: Value = serde_json::from_str(service).unwrap();
        Request::ALL.map(|request| (request, validator(&service, operation(request)))).into()
    });
    SCHEMAS.iter().find(|(of, _)| *of == request).is_some_and(|(_, schema)| schema.is_valid(json))
}

fn validator(service: &Value, operation: &str) -> Validator {
    let operations = service["operations"].as_array().unwrap();
    let operation = operations.iter().find(|candidate| candidate["name"] == operation).unwrap();
    jsonschema::draft202012::new(&operation["request"]).unwrap()
}

fn operation(request: Request) -> &'static str {
    match request {
        Request::UpdateRecallFlow => "update_recall_flow",
        Request::UpdateAgentRecallFlow => "update_agent_recall_flow",
        Request::RecallFlowDetailQuery => "query_recall_flow_detail",
        Request::GroupCallQuery => "query_group_calls",
        Request::RecallFlowQuery => "query_recall_flows",
        Request::CancelRecallFlow => "cancel_recall_flow",
    }
}

/// Configures this number of cases, or the number in `PROPTEST_CASES`.
pub(crate) fn cases(cases: u32) -> Config {
    let default = Config::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    Config { cases, failure_persistence: None, ..default }
}
