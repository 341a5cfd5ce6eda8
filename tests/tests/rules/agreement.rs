//! The client, the JSON Schema and the oracle agree about every request.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::arbitrary;
use crate::mistake::make;
use crate::oracle::{Request, has_foreign, may_be_sent, violating_paths};
use crate::subject::{cases, client_violations, schema_accepts};

proptest! {
    #![proptest_config(cases(768))]

    #[test]
    fn all_agree_about_an_update(json in arbitrary::request(Request::UpdateRecallFlow)) {
        agree(Request::UpdateRecallFlow, &json)?;
    }

    #[test]
    fn all_agree_about_an_update_of_an_agent_flow(json in arbitrary::request(Request::UpdateAgentRecallFlow)) {
        agree(Request::UpdateAgentRecallFlow, &json)?;
    }

    #[test]
    fn all_agree_about_an_update_of_either_kind(
        (request, json) in either_update(),
        foreign in arbitrary::foreign_field(),
        place in any::<Index>(),
    ) {
        agree(request, &json)?;
        let mut mixed = json;
        make(&mut mixed, place, foreign);
        for request in [Request::UpdateRecallFlow, Request::UpdateAgentRecallFlow] {
            agree(request, &mixed)?;
        }
        // The types exclude each other, unless only common fields are given.
        let kinds = [Request::UpdateRecallFlow, Request::UpdateAgentRecallFlow].map(|it| schema_accepts(it, &mixed));
        let has_own = [Request::UpdateRecallFlow, Request::UpdateAgentRecallFlow].map(|it| has_foreign(it.object(), &mixed));
        prop_assert!(kinds != [true, true] || has_own == [false, false], "{}", mixed);
    }

    #[test]
    fn all_agree_about_a_query_of_tasks(json in arbitrary::request(Request::GroupCallQuery)) {
        agree(Request::GroupCallQuery, &json)?;
    }

    #[test]
    fn all_agree_about_a_query_of_a_flow(json in arbitrary::request(Request::RecallFlowDetailQuery)) {
        agree(Request::RecallFlowDetailQuery, &json)?;
    }

    #[test]
    fn all_agree_about_a_query_of_flows(json in arbitrary::request(Request::RecallFlowQuery)) {
        agree(Request::RecallFlowQuery, &json)?;
    }

    #[test]
    fn all_agree_about_a_cancellation(json in arbitrary::request(Request::CancelRecallFlow)) {
        agree(Request::CancelRecallFlow, &json)?;
    }

    #[test]
    fn all_accept_a_valid_update(json in arbitrary::valid(Request::UpdateRecallFlow)) {
        prop_assert_eq!(violating_paths(Request::UpdateRecallFlow, &json), [].into());
        agree(Request::UpdateRecallFlow, &json)?;
    }
}

fn either_update() -> impl Strategy<Value = (Request, serde_json::Value)> {
    let kinds = vec![Request::UpdateRecallFlow, Request::UpdateAgentRecallFlow];
    select(kinds).prop_flat_map(|request| (Just(request), arbitrary::valid(request)))
}

/// Checks that the client, the schema and the oracle judge a request alike.
pub(crate) fn agree(request: Request, json: &serde_json::Value) -> Result<(), TestCaseError> {
    let expected = violating_paths(request, json);
    prop_assert_eq!(client_violations(request, json), expected.clone(), "the client, then the oracle");
    let accepted = schema_accepts(request, json);
    prop_assert_eq!(accepted, may_be_sent(request, json), "the schema; the oracle says {:?}", expected);
    Ok(())
}
