//! `to_update()` copies everything that can be sent, and reports the rest.

use proptest::prelude::*;
use recallflow::{RecallFlowDetail, UpdateRecallFlow};
use serde_json::{Value, json};

use crate::arbitrary;
use crate::decoding::response;
use crate::json::{drop_nulls, drop_unknown, same};
use crate::oracle::{Object, Request, Type, violating_paths};
use crate::response_oracle::{Holds, RECALL_FLOW_DETAIL, Record, rewritten};
use crate::subject::{broken, cases};

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_flow_is_sent_as_it_was_read(
        update in arbitrary::valid(Request::UpdateRecallFlow),
        status in 0..5,
        key_id in any::<i64>(),
    ) {
        // The fields that the service adds to a flow.
        let mut detail = update.clone();
        detail["status"] = json!(status);
        for node in detail["nodeList"].as_array_mut().into_iter().flatten() {
            node["keyId"] = json!(key_id);
            node["nodeStatus"] = json!(status);
        }
        let sent = serde_json::to_value(to_update(&detail).unwrap())?;

        let mut expected = update;
        drop_nulls(Request::UpdateRecallFlow.object(), &mut expected);
        leave_out_an_empty_list(&mut expected);
        prop_assert!(same(&sent, &expected), "{} becomes {}", detail, sent);
    }

    #[test]
    fn invalid_values_are_reported_and_all_others_are_sent(detail in response(&RECALL_FLOW_DETAIL)) {
        let request = Request::UpdateRecallFlow;
        let mut copied = Value::from(rewritten(&RECALL_FLOW_DETAIL, detail.as_object().unwrap()).json);
        drop_state(request.object(), &RECALL_FLOW_DETAIL, &mut copied);
        drop_nulls(request.object(), &mut copied);
        leave_out_an_empty_list(&mut copied);
        let mut known = copied.clone();
        drop_unknown(request.object(), &mut known);
        let expected = violating_paths(request, &known);
        match to_update(&detail) {
            Ok(update) => {
                prop_assert_eq!(broken(&update.validate()), expected);
                let sent = serde_json::to_value(update)?;
                prop_assert!(same(&sent, &copied), "{} becomes {}", copied, sent);
            }
            Err(error) => prop_assert_eq!(broken(error.violations()), expected),
        }
    }
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

/// Removes an empty node list: a response without nodes becomes an update without `nodeList`.
fn leave_out_an_empty_list(update: &mut Value) {
    if update["nodeList"] == json!([]) {
        update.as_object_mut().unwrap().remove("nodeList");
    }
}

fn to_update(detail: &Value) -> Result<UpdateRecallFlow, recallflow::Error> {
    serde_json::from_value::<RecallFlowDetail>(detail.clone()).unwrap().to_update()
}
