//! Advice is given exactly when there is a reason, and never makes a request invalid.

use std::collections::BTreeSet;

use proptest::prelude::*;
use recallflow::{GroupCallQuery, RecallFlowDetailQuery, RecallNode, SeatTransfer, UpdateRecallFlow};
use serde_json::{Value, json};

use crate::arbitrary;
use crate::oracle::Request;
use crate::subject::{Subject, cases, read, schema_accepts};

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn an_update_is_warned_about_for_a_reason(json in arbitrary::request(Request::UpdateRecallFlow)) {
        if let Ok(update) = read::<UpdateRecallFlow>(&json) {
            prop_assert_eq!(paths(&update), reasons(&json), "{}", json);
        }
    }

    #[test]
    fn a_warning_makes_nothing_invalid(
        mut json in arbitrary::valid(Request::UpdateRecallFlow),
        node in arbitrary::node(),
        delay in any::<i32>(),
    ) {
        json["nodeList"] = json!([node]);
        json["nodeList"][0]["delayTransfer"] = json!(delay);
        json["nodeList"][0]["smsContent"] = json!("${text0} ${anything}");
        let update = read::<UpdateRecallFlow>(&json).unwrap();
        prop_assert!(paths(&update).contains("nodeList[0].smsContent"));
        prop_assert_eq!(update.validate(), []);
        prop_assert!(schema_accepts(Request::UpdateRecallFlow, &json));
    }

    #[test]
    fn there_is_no_advice_about_queries(
        tasks in arbitrary::valid(Request::GroupCallQuery),
        flow in arbitrary::valid(Request::RecallFlowDetailQuery),
    ) {
        prop_assert!(paths(&read::<GroupCallQuery>(&tasks).unwrap()).is_empty());
        prop_assert!(paths(&read::<RecallFlowDetailQuery>(&flow).unwrap()).is_empty());
    }
}

#[test]
fn a_delay_takes_effect_only_on_a_transfer_by_key() {
    // The documents' own example has a delay of 0 where it takes no effect, so that is nothing to warn about.
    for (to_seat, to_seat_type, delay, warned) in
        [(1, 2, 5, false), (1, 1, 5, true), (0, 2, 5, true), (0, 1, -1, true), (1, 1, 0, false), (0, 2, 0, false)]
    {
        let node = RecallNode::uploaded("a")
            .to_seat(to_seat == 1)
            .to_seat_type(SeatTransfer::from(to_seat_type))
            .delay_transfer(delay);
        assert_eq!(!node.warnings().is_empty(), warned, "{node:?}");
    }
}

fn paths<T: Subject>(request: &T) -> BTreeSet<String> {
    let warnings = request.advice();
    let paths: BTreeSet<String> = warnings.iter().map(|warning| warning.path.clone()).collect();
    assert_eq!(paths.len(), warnings.len(), "something is told twice: {warnings:?}");
    assert!(warnings.iter().all(|warning| warning.message.ends_with('.')), "{warnings:?}");
    paths
}

/// Where there is a reason for a warning: a delay of the transfer that takes no effect, or a template variable other
/// than `${text1}` to `${text10}`.
fn reasons(update: &Value) -> BTreeSet<String> {
    let nodes = update["nodeList"].as_array().into_iter().flatten().enumerate();
    nodes
        .flat_map(|(index, node)| {
            let is = |name: &str, number: f64| node[name].as_f64() == Some(number);
            let delayed = node["delayTransfer"].is_number() && !is("delayTransfer", 0.0);
            let unused = delayed && !(is("toSeat", 1.0) && is("toSeatType", 2.0));
            let unknown = node["smsContent"].as_str().is_some_and(has_unknown_variable);
            let reasons = [(unused, "delayTransfer"), (unknown, "smsContent")].into_iter().filter(|(holds, _)| *holds);
            reasons.map(move |(_, field)| format!("nodeList[{index}].{field}"))
        })
        .collect()
}

/// A variable is what stands between `${` and the next `}`.
fn has_unknown_variable(template: &str) -> bool {
    let Some((_, after)) = template.split_once("${") else { return false };
    let Some((name, rest)) = after.split_once('}') else { return false };
    !(1..=10).any(|number| name == format!("text{number}")) || has_unknown_variable(rest)
}
