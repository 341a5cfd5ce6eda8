//! Edge cases in which the client, the schema and the oracle might disagree.

use serde_json::{Value, json};

use crate::oracle::{Broken, Request, may_be_sent, violating_paths};
use crate::subject::{client_violations, schema_accepts};

/// Expected violations.
type Expected = &'static [(&'static str, &'static str)];

fn assert_violations(request: Request, json: &Value, expected: Expected) {
    let expected: Broken = expected.iter().map(|(path, rule)| ((*path).to_owned(), *rule)).collect();
    assert_eq!(violating_paths(request, json), expected, "the oracle on {json}");
    assert_eq!(client_violations(request, json), expected, "the client on {json}");
    assert_eq!(schema_accepts(request, json), may_be_sent(request, json), "the schema on {json}");
}

fn update(change: impl FnOnce(&mut Value)) -> Value {
    let mut json = json!({ "keyId": 1, "recallInterval": 30, "recallNum": 1, "recallType": 0 });
    change(&mut json);
    json
}

#[test]
fn a_whole_number_may_be_written_with_a_fraction_of_zero() {
    assert_violations(Request::UpdateRecallFlow, &update(|json| json["recallInterval"] = json!(30.0)), &[]);
    assert_violations(Request::UpdateRecallFlow, &update(|json| json["recallType"] = json!(-0.0)), &[]);
    assert_violations(
        Request::UpdateRecallFlow,
        &update(|json| json["keyId"] = json!(-9_223_372_036_854_775_808.0)),
        &[],
    );
}

#[test]
fn a_number_beyond_64_bits_is_no_whole_number() {
    for number in [json!(9_223_372_036_854_775_808.0), json!(u64::MAX), json!(1_u64 << 63), json!(1e300)] {
        for field in ["keyId", "recallInterval", "recallType"] {
            let expected: Expected = match field {
                "keyId" => &[("keyId", "type")],
                "recallInterval" => &[("recallInterval", "type")],
                _ => &[("recallType", "type")],
            };
            assert_violations(Request::UpdateRecallFlow, &update(|json| json[field] = number.clone()), expected);
        }
    }
}

#[test]
fn an_unknown_field_hides_nothing_whatever_its_name() {
    for (name, path) in [("", ""), ("recall", "recall"), ("recallNum.x", "recallNum.x"), ("nodeList[", "nodeList[")] {
        let json = update(|json| {
            json[name] = json!(1);
            json["recallInterval"] = json!(0);
            json["recallNum"] = json!(11);
        });
        let mut expected = vec![("recallInterval", "range"), ("recallNum", "range")];
        expected.push((path, "type"));
        assert_violations(Request::UpdateRecallFlow, &json, Vec::leak(expected));
    }
}

#[test]
fn an_unknown_null_field_is_a_violation() {
    assert_violations(Request::UpdateRecallFlow, &update(|json| json["key_id"] = Value::Null), &[("key_id", "type")]);
}

#[test]
fn a_query_without_params_lacks_every_required_param() {
    let expected: Expected =
        &[("params.strTime", "required"), ("params.endTime", "required"), ("params.taskType", "required")];
    for params in [None, Some(Value::Null), Some(json!({})), Some(json!({ "strTime": null }))] {
        let mut json = json!({ "current": 1, "size": 1 });
        if let Some(params) = params {
            json["params"] = params;
        }
        assert_violations(Request::GroupCallQuery, &json, expected);
    }
    assert_violations(
        Request::GroupCallQuery,
        &json!({ "current": 1, "size": 1, "params": [] }),
        &[("params", "type")],
    );
}

#[test]
fn a_condition_on_a_field_of_the_wrong_type_does_not_hold() {
    let node = json!({ "source": "1", "hangUpSms": true, "toSeat": "1" });
    assert_violations(
        Request::UpdateRecallFlow,
        &update(|json| json["nodeList"] = json!([node])),
        &[("nodeList[0].source", "type"), ("nodeList[0].hangUpSms", "type"), ("nodeList[0].toSeat", "type")],
    );
    let node = json!({
        "source": 1, "voiceFileId": "a", "hangUpSms": 1, "smsContent": "a", "feedbackPush": true, "toSeat": 0,
    });
    assert_violations(
        Request::UpdateRecallFlow,
        &update(|json| json["nodeList"] = json!([node])),
        &[("nodeList[0].feedbackPush", "type"), ("nodeList[0]", "at_least_one")],
    );
}

#[test]
fn json_that_is_not_an_object_is_one_violation() {
    for json in [json!(null), json!([]), json!([{}]), json!("{}"), json!(0), json!(true)] {
        for request in Request::ALL {
            assert_violations(request, &json, &[("", "type")]);
        }
    }
}

#[test]
fn invalid_json_is_a_type_violation() {
    for text in ["", "{", "{}{}", "nul", "[1,]", "{\"keyId\": NaN}", "\u{FEFF}{}"] {
        let error = recallflow::UpdateRecallFlow::from_json(text).unwrap_err();
        let [violation] = error.violations() else { panic!("{text:?}: {error:?}") };
        assert_eq!((&*violation.path, violation.rule), ("", recallflow::Rule::Type), "{text:?}");
    }
}

#[test]
fn a_request_nested_too_deeply_is_an_error() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(recallflow::UpdateRecallFlow::from_json(&deep).is_err());
    assert!(recallflow::GroupCallQuery::from_json(&format!("{{\"params\": {deep}}}")).is_err());
}
