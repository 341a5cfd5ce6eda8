//! The client, the JSON Schema and the oracle agree about every request.

use proptest::prelude::*;

use crate::arbitrary;
use crate::oracle::{Request, may_be_sent, violating_paths};
use crate::subject::{cases, client_violations, schema_accepts};

proptest! {
    #![proptest_config(cases(768))]

    #[test]
    fn all_agree_about_an_update(json in arbitrary::request(Request::UpdateRecallFlow)) {
        agree(Request::UpdateRecallFlow, &json)?;
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
    fn all_accept_a_valid_update(json in arbitrary::valid(Request::UpdateRecallFlow)) {
        prop_assert_eq!(violating_paths(Request::UpdateRecallFlow, &json), [].into());
        agree(Request::UpdateRecallFlow, &json)?;
    }
}

fn agree(request: Request, json: &serde_json::Value) -> Result<(), TestCaseError> {
    let expected = violating_paths(request, json);
    prop_assert_eq!(client_violations(request, json), expected.clone(), "the client, then the oracle");
    let accepted = schema_accepts(request, json);
    prop_assert_eq!(accepted, may_be_sent(request, json), "the schema; the oracle says {:?}", expected);
    Ok(())
}
