//! Completeness of the vectors.

use std::collections::BTreeSet;

use recallflow::ffi::CLIENT_OPTIONS;
use recallflow::{ErrorKind, OPERATIONS, OperationKind, Phase, Rule};
use serde_json::Value;

use crate::operations::Operation;
use crate::{config, decoding, errors, validation};

/// Error classes that no response causes, and where they are tested instead.
const OTHER_ERRORS: &[(ErrorKind, &str)] = &[
    (ErrorKind::Config, "config.json"),
    (ErrorKind::InvalidRequest, "validation.json"),
    (ErrorKind::Timeout, "tests/tests/behavior, as it takes time"),
    (ErrorKind::Conflict, "tests/tests/behavior/edits.rs"),
    (ErrorKind::Incomplete, "tests/tests/behavior/pages.rs"),
    (ErrorKind::Wait, "tests/tests/behavior/wait.rs"),
];

/// Phases that no response reaches, and where they are tested instead.
const OTHER_PHASES: &[(Phase, &str)] = &[
    (Phase::Resolve, "the client's transport/tests.rs"),
    (Phase::Connect, "the client's transport/tests.rs"),
    (Phase::Tls, "the client's transport/tests.rs"),
    (Phase::Request, "the client's transport/tests.rs"),
    (Phase::Body, "the client's transport/tests.rs"),
];

fn all<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn every_kind_of_rule_is_broken_somewhere() {
    let broken: BTreeSet<String> = validation::rules().into_iter().collect();
    assert_eq!(broken, all(Rule::ALL.iter().map(|rule| rule.as_str())));
}

#[test]
fn every_class_of_errors_occurs() {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for (_, error) in errors::errors() {
        found.extend(error.cause.map(|cause| cause.kind));
        found.insert(error.kind);
    }
    for (kind, place) in OTHER_ERRORS {
        assert!(found.insert(kind.as_str().to_owned()), "{kind} is said to be proven in {place} only");
    }
    assert_eq!(found, all(ErrorKind::ALL.iter().map(|kind| kind.as_str())));
    assert!(config::refused() > 0);
}

#[test]
fn every_phase_occurs() {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for (_, error) in errors::errors() {
        found.extend(error.cause.and_then(|cause| cause.phase));
        found.extend(error.phase);
    }
    for (phase, place) in OTHER_PHASES {
        assert!(found.insert(phase.as_str().to_owned()), "{phase} is said to be proven in {place} only");
    }
    assert_eq!(found, all(Phase::ALL.iter().map(|phase| phase.as_str())));
}

/// The generated data of the sandbox is the only public list of the codes.
#[test]
fn every_code_occurs_for_queries_and_updates() {
    let service: Value =
        serde_json::from_str(include_str!("../../../crates/sandbox/src/generated/service.json")).unwrap();
    let codes = service["codes"].as_array().unwrap().iter().filter_map(|code| code["number"].as_i64());
    let errors = errors::errors();
    for code in codes.filter(|code| *code != 0) {
        for kind in [OperationKind::Query, OperationKind::Update] {
            let covered = errors.iter().any(|(operation, error)| {
                let reported = error.cause.as_deref().unwrap_or(error);
                reported.code == Some(code) && info(*operation).kind == kind && reported.kind != ErrorKind::Api.as_str()
            });
            assert!(covered, "code {code} of an operation that is a {kind:?}");
        }
    }
}

#[test]
fn every_operation_occurs() {
    for expected in Operation::ALL {
        let is_meant = |operation: &Operation| *operation == expected;
        assert!(decoding::operations().iter().any(is_meant), "{expected:?} in decoding.json");
        assert!(errors::errors().iter().any(|(operation, _)| is_meant(operation)), "{expected:?} in errors.json");
    }
}

#[test]
fn every_option_occurs() {
    let found = config::options();
    for option in CLIENT_OPTIONS {
        assert!(found.contains(option.name), "{} in config.json", option.name);
    }
}

fn info(operation: Operation) -> &'static recallflow::OperationInfo {
    OPERATIONS.iter().find(|info| info.name == operation.name()).unwrap()
}
