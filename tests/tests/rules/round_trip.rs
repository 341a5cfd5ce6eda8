//! A request that is read from JSON is sent unchanged.

use proptest::prelude::*;
use serde_json::Value;

use crate::arbitrary;
use crate::json::{add_nulls, drop_nulls, same};
use crate::oracle::{Request, violating_paths};
use crate::subject::{Subject, broken, cases, client_violations, read, schema_accepts, with_type};

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn a_valid_update_is_sent_as_it_was_read(json in arbitrary::valid(Request::UpdateRecallFlow)) {
        is_sent_as_it_was_read(Request::UpdateRecallFlow, &json)?;
    }

    #[test]
    fn a_valid_query_of_tasks_is_sent_as_it_was_read(json in arbitrary::valid(Request::GroupCallQuery)) {
        is_sent_as_it_was_read(Request::GroupCallQuery, &json)?;
    }

    #[test]
    fn a_valid_query_of_a_flow_is_sent_as_it_was_read(json in arbitrary::valid(Request::RecallFlowDetailQuery)) {
        is_sent_as_it_was_read(Request::RecallFlowDetailQuery, &json)?;
    }

    #[test]
    fn every_readable_request_round_trips((request, json) in any_request()) {
        with_type!(request, round_trips(&json))?;
    }

    #[test]
    fn null_equals_absent((request, json) in any_request()) {
        let mut without = json.clone();
        drop_nulls(request.object(), &mut without);
        prop_assert_eq!(client_violations(request, &json), client_violations(request, &without));
        prop_assert_eq!(violating_paths(request, &json), violating_paths(request, &without));
        prop_assert_eq!(schema_accepts(request, &json), schema_accepts(request, &without));
        with_type!(request, reads_the_same(&json, &without))?;

        let mut with = json;
        add_nulls(request.object(), &mut with);
        prop_assert_eq!(client_violations(request, &with), client_violations(request, &without));
        prop_assert_eq!(schema_accepts(request, &with), schema_accepts(request, &without));
        with_type!(request, reads_the_same(&with, &without))?;
    }
}

/// Generates any request with its type.
fn any_request() -> impl Strategy<Value = (Request, Value)> {
    prop::sample::select(&Request::ALL[..]).prop_flat_map(|request| (Just(request), arbitrary::request(request)))
}

fn is_sent_as_it_was_read(request: Request, json: &Value) -> Result<(), TestCaseError> {
    let sent = with_type!(request, sent(json))?;
    let mut expected = json.clone();
    drop_nulls(request.object(), &mut expected);
    prop_assert!(same(&sent, &expected), "{} was read, {} is sent", json, sent);
    prop_assert!(schema_accepts(request, &sent), "the schema refuses {}", sent);
    Ok(())
}

fn sent<T: Subject>(json: &Value) -> Result<Value, TestCaseError> {
    let request = read::<T>(json).map_err(|violations| TestCaseError::fail(format!("{violations:?}")))?;
    Ok(serde_json::to_value(request)?)
}

fn round_trips<T: Subject>(json: &Value) -> Result<(), TestCaseError> {
    let with_serde = serde_json::from_value::<T>(json.clone());
    let request = match read::<T>(json) {
        Ok(request) => request,
        Err(violations) => {
            let message = with_serde.unwrap_err().to_string();
            prop_assert!(message.contains(&violations[0].message), "{} does not tell {:?}", message, violations);
            return Ok(());
        }
    };
    prop_assert_eq!(&with_serde?, &request);

    let sent = serde_json::to_value(&request)?;
    let again = read::<T>(&sent).map_err(|violations| TestCaseError::fail(format!("{sent}: {violations:?}")))?;
    prop_assert_eq!(broken(&again.violations()), broken(&request.violations()));
    prop_assert_eq!(serde_json::to_value(&again)?, sent);
    prop_assert_eq!(again, request);
    Ok(())
}

fn reads_the_same<T: Subject>(json: &Value, other: &Value) -> Result<(), TestCaseError> {
    prop_assert_eq!(read::<T>(json).ok(), read::<T>(other).ok());
    Ok(())
}
