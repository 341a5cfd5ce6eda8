//! A warning appears exactly if there is a reason, and never makes a request invalid.

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
    fn an_update_has_exactly_the_expected_warnings(json in arbitrary::request(Request::UpdateRecallFlow)) {
        if let Ok(update) = read::<UpdateRecallFlow>(&json) {
            prop_assert_eq!(paths(&update), reasons(&json), "{}", json);
        }
    }

    #[test]
    fn a_warning_does_not_make_a_request_invalid(
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
    fn only_a_query_of_tasks_that_ends_before_it_starts_has_a_warning(
        tasks in arbitrary::valid(Request::GroupCallQuery),
        flow in arbitrary::valid(Request::RecallFlowDetailQuery),
    ) {
        // Texts of times sort as the times do.
        let is_reversed = tasks["params"]["endTime"].as_str() < tasks["params"]["strTime"].as_str();
        let expected = if is_reversed { vec!["params.endTime"] } else { Vec::new() };
        prop_assert_eq!(Vec::from_iter(paths(&read::<GroupCallQuery>(&tasks).unwrap())), expected);
        prop_assert!(paths(&read::<RecallFlowDetailQuery>(&flow).unwrap()).is_empty());
    }
}

#[test]
fn a_delay_takes_effect_only_on_a_transfer_by_key() {
    // An example of the documents has a delay of 0 where it has no effect, so 0 causes no warning.
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
    let warnings = request.warnings();
    let paths: BTreeSet<String> = warnings.iter().map(|warning| warning.path.clone()).collect();
    assert_eq!(paths.len(), warnings.len(), "a path is reported twice: {warnings:?}");
    assert!(warnings.iter().all(|warning| warning.message.ends_with('.')), "{warnings:?}");
    paths
}

/// Returns the paths with a reason for a warning: a transfer delay without effect, a template variable other than
/// `${text1}` to `${text10}`, or an empty list of nodes.
fn reasons(update: &Value) -> BTreeSet<String> {
    let nodes = update["nodeList"].as_array().into_iter().flatten().enumerate();
    let no_nodes = (update["nodeList"] == json!([])).then(|| "nodeList".to_owned());
    nodes
        .flat_map(|(index, node)| {
            let is = |name: &str, number: f64| node[name].as_f64() == Some(number);
            let delayed = node["delayTransfer"].is_number() && !is("delayTransfer", 0.0);
            let unused = delayed && !(is("toSeat", 1.0) && is("toSeatType", 2.0));
            let unknown = node["smsContent"].as_str().is_some_and(has_unknown_variable);
            let reasons = [(unused, "delayTransfer"), (unknown, "smsContent")].into_iter().filter(|(holds, _)| *holds);
            reasons.map(move |(_, field)| format!("nodeList[{index}].{field}"))
        })
        .chain(no_nodes)
        .collect()
}

/// Returns whether a text has an unknown variable between `${` and the next `}`.
fn has_unknown_variable(template: &str) -> bool {
    let Some((_, after)) = template.split_once("${") else { return false };
    let Some((name, rest)) = after.split_once('}') else { return false };
    !(1..=10).any(|number| name == format!("text{number}")) || has_unknown_variable(rest)
}
