//! `to_update()` copies everything that can be sent, and reports the rest.

use proptest::prelude::*;
use recallflow::{Error, RecallFlowDetail};
use serde_json::{Value, json};

use crate::arbitrary;
use crate::decoding::response;
use crate::json::{drop_nulls, drop_unknown, same};
use crate::oracle::{Object, Request, Type, has_foreign, violating_paths};
use crate::response_oracle::{Holds, RECALL_FLOW_DETAIL, Record, rewritten};
use crate::subject::{Subject, broken, cases};

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_flow_is_sent_as_it_was_read(
        update in arbitrary::valid(Request::UpdateRecallFlow),
        status in 0..5,
        key_id in any::<i64>(),
    ) {
        let sent = serde_json::to_value(flow(&update, status, key_id).to_update().unwrap())?;
        is_what_was_read(Request::UpdateRecallFlow, update, &sent)?;
    }

    #[test]
    fn an_agent_flow_is_sent_as_it_was_read(
        update in arbitrary::valid(Request::UpdateAgentRecallFlow),
        status in 0..5,
        key_id in any::<i64>(),
    ) {
        let sent = serde_json::to_value(flow(&update, status, key_id).to_agent_update().unwrap())?;
        is_what_was_read(Request::UpdateAgentRecallFlow, update, &sent)?;
    }

    #[test]
    fn invalid_values_are_reported_and_all_others_are_sent(detail in response(&RECALL_FLOW_DETAIL)) {
        let mut read = Value::from(rewritten(&RECALL_FLOW_DETAIL, detail.as_object().unwrap()).json);
        leave_out_empty_lists(&mut read);
        let flow: RecallFlowDetail = serde_json::from_value(detail).unwrap();
        is_written_back(Request::UpdateRecallFlow, Request::UpdateAgentRecallFlow, &read, flow.to_update())?;
        is_written_back(Request::UpdateAgentRecallFlow, Request::UpdateRecallFlow, &read, flow.to_agent_update())?;
    }
}

/// Returns the flow that an update edits, with the fields that the service adds.
fn flow(update: &Value, status: i32, key_id: i64) -> RecallFlowDetail {
    let mut detail = update.clone();
    detail["status"] = json!(status);
    for node in detail["nodeList"].as_array_mut().into_iter().flatten() {
        node["keyId"] = json!(key_id);
        node["nodeStatus"] = json!(status);
    }
    serde_json::from_value(detail).unwrap()
}

fn is_what_was_read(request: Request, mut update: Value, sent: &Value) -> Result<(), TestCaseError> {
    drop_nulls(request.object(), &mut update);
    leave_out_empty_lists(&mut update);
    prop_assert!(same(sent, &update), "{} becomes {}", update, sent);
    Ok(())
}

fn is_written_back<T: Subject>(
    request: Request,
    other: Request,
    read: &Value,
    update: Result<T, Error>,
) -> Result<(), TestCaseError> {
    let mut copied = read.clone();
    drop_state(request.object(), &RECALL_FLOW_DETAIL, &mut copied);
    drop_nulls(request.object(), &mut copied);
    let mut known = copied.clone();
    drop_unknown(request.object(), &mut known);
    let expected = violating_paths(request, &known);
    match update {
        Ok(update) => {
            prop_assert!(!has_foreign(request.object(), read), "{} has fields of the other kind", read);
            prop_assert_eq!(broken(&update.violations()), expected);
            let sent = serde_json::to_value(update)?;
            prop_assert!(same(&sent, &copied), "{} becomes {}", copied, sent);
        }
        Err(error) if has_foreign(request.object(), read) => {
            let [violation] = error.violations() else { panic!("{error:?}") };
            prop_assert_eq!(violation.path.is_empty(), has_foreign(other.object(), read), "{}", violation);
        }
        Err(error) => prop_assert_eq!(broken(error.violations()), expected),
    }
    Ok(())
}

/// Removes the documented fields of a response that its request does not have, such as `status`.
fn drop_state(request: &Object, response: &Record, json: &mut Value) {
    let Some(members) = json.as_object_mut() else { return };
    let is_state = |name: &str| {
        let documented = response.fields.iter().any(|(known, _)| *known == name);
        (documented || response.aliases.iter().any(|(alias, _)| *alias == name)) && !request.has(name)
    };
    members.retain(|name, _| !is_state(name));
    for (name, holds) in response.fields {
        let nested = request.fields.iter().find(|(known, ..)| known == name).map(|(_, kind, ..)| kind);
        if let (Holds::Records(record), Some(Type::List(Type::Nested(object)))) = (holds, nested) {
            let items = members.get_mut(*name).and_then(Value::as_array_mut).into_iter().flatten();
            items.for_each(|item| drop_state(object, record, item));
        }
    }
}

/// Removes empty lists: a response without nodes becomes an update without `nodeList`.
fn leave_out_empty_lists(update: &mut Value) {
    if let Some(members) = update.as_object_mut() {
        members.retain(|name, value| !["nodeList", "recallIntent"].contains(&&**name) || *value != json!([]));
    }
}
