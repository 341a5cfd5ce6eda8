//! One mistake in a valid request causes exactly one violation.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use crate::arbitrary;
use crate::oracle::{Broken, Request, breakable, violating_paths};
use crate::subject::{cases, client_violations, schema_accepts};

/// One mutation that breaks one rule of an object.
struct Breaker {
    /// Fields that make the rule apply and keep all others satisfied.
    given: Value,
    /// The field that is changed.
    field: &'static str,
    /// The new values; null removes the field.
    values: Vec<Value>,
    /// The path of the violation, relative to the object.
    path: &'static str,
    /// The violated rule.
    rule: &'static str,
}

/// Returns a mutation of a field that is reported at the same field.
fn at(field: &'static str, rule: &'static str, given: Value, values: impl Into<Vec<Value>>) -> Breaker {
    Breaker { given, field, values: values.into(), path: field, rule }
}

/// Returns values of every type except integers.
fn not_a_whole_number() -> [Value; 8] {
    [json!(true), json!("1"), json!(""), json!(1.5), json!(1e300), json!(1_u64 << 63), json!([1]), json!({})]
}

fn not_32_bits() -> Vec<Value> {
    let wide = [json!(1_i64 << 31), json!((1_i64 << 32) + 5), json!(-(1_i64 << 31) - 1), json!(i64::MAX)];
    not_a_whole_number().into_iter().chain(wide).collect()
}

fn not_text() -> [Value; 5] {
    [json!(false), json!(5), json!(0.5), json!(["a"]), json!({ "a": "a" })]
}

fn missing_or_empty() -> [Value; 2] {
    [Value::Null, json!("")]
}

fn long(length: usize) -> Value {
    "\u{1F600}".repeat(length).into()
}

fn of_update() -> Vec<Breaker> {
    vec![
        at("keyId", "required", json!({}), [Value::Null]),
        at("keyId", "type", json!({}), not_a_whole_number()),
        at("recallInterval", "required", json!({}), [Value::Null]),
        at("recallInterval", "range", json!({}), [json!(0), json!(-1), json!(1441), json!(1441.0), json!(i32::MAX)]),
        at("recallInterval", "type", json!({}), not_32_bits()),
        at("recallNum", "required", json!({}), [Value::Null]),
        at("recallNum", "range", json!({}), [json!(0), json!(11)]),
        at("recallNum", "type", json!({}), not_32_bits()),
        at("recallType", "required", json!({}), [Value::Null]),
        at("recallType", "one_of", json!({}), [json!(-1), json!(2), json!(i64::MAX)]),
        at("recallType", "type", json!({}), not_a_whole_number()),
        at("nodeList", "type", json!({}), [json!({}), json!(""), json!(0), json!(false)]),
        Breaker {
            given: json!({}),
            field: "nodeList",
            values: [Value::Null, json!([]), json!(1), json!("{}")].map(|item| json!([item])).into(),
            path: "nodeList[0]",
            rule: "type",
        },
        at("recallinterval", "type", json!({}), [json!(30)]),
    ]
}

fn of_node() -> Vec<Breaker> {
    let uploaded = || json!({ "source": 1, "voiceFileId": "a.wav" });
    let reupload = || json!({ "source": 2, "uploadName": "hello", "baseFile": "UklGRg==" });
    let spoken = || json!({ "source": 3, "text": "Hello", "lan": "EN" });
    let sms = || json!({ "hangUpSms": 1, "smsContent": "Hello", "failedPush": 1 });
    let seat = |transfer: i32| {
        json!({
            "toSeat": 1, "sipGroupId": 7, "outboundControl": 1, "calloutRate": 1,
            "toSeatType": transfer, "toSeatKey": "1",
        })
    };
    // With another push, so that an invalid push does not also break `at_least_one`.
    let pushed_on_key = || json!({ "feedbackPush": 1, "feedbackValue": "5" });
    let pushed_on_success = || json!({ "successPush": 1, "successPushTime": 5 });
    let no_push = || {
        let mut given = sms();
        merge(&mut given, &json!({ "feedbackPush": 0, "successPush": 0, "ringPush": 0 }));
        given
    };
    vec![
        at("source", "required", json!({}), [Value::Null]),
        at("source", "one_of", json!({}), [json!(0), json!(4), json!(4.0)]),
        at("source", "type", json!({}), not_a_whole_number()),
        at("voiceFileId", "required", uploaded(), missing_or_empty()),
        at("voiceFileId", "type", uploaded(), not_text()),
        at("voiceFileName", "type", json!({}), not_text()),
        at("uploadName", "required", reupload(), missing_or_empty()),
        at("uploadName", "length", reupload(), [long(4), long(33)]),
        at("uploadName", "length", uploaded(), [json!(""), long(1), long(33)]),
        at("uploadName", "type", reupload(), not_text()),
        at("baseFile", "required", reupload(), missing_or_empty()),
        at(
            "baseFile",
            "format",
            reupload(),
            ["UklGRg", "UklGRh==", "UklGRgB=", "Ukl-", "UklG\n", "U===", "="].map(Value::from),
        ),
        at("baseFile", "format", spoken(), ["Ukl", "Uk lG", "\u{1F600}"].map(Value::from)),
        at("baseFile", "type", reupload(), not_text()),
        at("text", "required", spoken(), missing_or_empty()),
        at("text", "length", spoken(), [long(1001)]),
        at("text", "length", uploaded(), [long(1001)]),
        at("text", "type", spoken(), not_text()),
        at("lan", "required", spoken(), missing_or_empty()),
        at("lan", "type", spoken(), not_text()),
        at("speakingRate", "range", json!({}), [json!(0.249), json!(4.001), json!(0), json!(-1.0), json!(1e300)]),
        at("speakingRate", "type", json!({}), [json!("1"), json!(true), json!([1]), json!("NaN")]),
        at("ssmlGender", "one_of", json!({}), [json!(0), json!(3)]),
        at("ssmlGender", "type", json!({}), not_a_whole_number()),
        at("accent", "type", json!({}), not_32_bits()),
        at("hangUpSms", "required", json!({}), [Value::Null]),
        at("hangUpSms", "one_of", json!({}), [json!(2), json!(-1)]),
        at("hangUpSms", "type", json!({}), not_a_whole_number()),
        at("idxSmsAppId", "type", json!({}), not_a_whole_number()),
        at("smsContent", "required", sms(), missing_or_empty()),
        at("smsContent", "length", sms(), [long(1001)]),
        at("smsContent", "length", json!({ "hangUpSms": 0 }), [long(1001)]),
        at("smsContent", "type", sms(), not_text()),
        at("senderId", "length", json!({}), [long(33)]),
        at("senderId", "type", json!({}), not_text()),
        at("feedbackPush", "one_of", pushed_on_success(), [json!(2)]),
        at("feedbackPush", "type", pushed_on_success(), not_a_whole_number()),
        at("feedbackValue", "required", pushed_on_key(), missing_or_empty()),
        at("feedbackValue", "format", pushed_on_key(), ["10", "a", "-", "\u{663}", "5\n", " "].map(Value::from)),
        at("feedbackValue", "format", json!({ "feedbackPush": 0, "failedPush": 1 }), ["", "10"].map(Value::from)),
        at("feedbackValue", "type", pushed_on_key(), not_text()),
        at("successPush", "one_of", pushed_on_key(), [json!(2)]),
        at("successPush", "type", pushed_on_key(), not_a_whole_number()),
        at("successPushTime", "required", pushed_on_success(), [Value::Null]),
        at("successPushTime", "range", pushed_on_success(), [json!(0), json!(10_000)]),
        at("successPushTime", "type", pushed_on_success(), not_32_bits()),
        at("failedPush", "one_of", pushed_on_key(), [json!(2)]),
        at("failedPush", "type", pushed_on_key(), not_a_whole_number()),
        at("ringPush", "one_of", pushed_on_key(), [json!(2)]),
        at("ringPush", "type", pushed_on_key(), not_a_whole_number()),
        at("toSeat", "required", json!({}), [Value::Null]),
        at("toSeat", "one_of", json!({}), [json!(2), json!(-1)]),
        at("toSeat", "type", json!({}), not_a_whole_number()),
        at("sipGroupId", "required", seat(1), [Value::Null]),
        at("sipGroupId", "type", seat(1), not_a_whole_number()),
        at("outboundControl", "required", seat(2), [Value::Null]),
        at("outboundControl", "one_of", json!({}), [json!(0), json!(2)]),
        at("outboundControl", "type", seat(1), not_a_whole_number()),
        at("calloutRate", "required", seat(1), [Value::Null]),
        at("calloutRate", "range", seat(2), [json!(0), json!(101)]),
        at("calloutRate", "type", json!({}), not_32_bits()),
        at("toSeatType", "required", seat(1), [Value::Null]),
        at("toSeatType", "one_of", seat(1), [json!(0), json!(3)]),
        at("toSeatType", "type", seat(2), not_a_whole_number()),
        at("toSeatKey", "required", seat(2), missing_or_empty()),
        at("toSeatKey", "type", json!({}), not_text()),
        at("delayTransfer", "type", json!({}), not_32_bits()),
        Breaker {
            given: no_push(),
            field: "failedPush",
            values: vec![Value::Null, json!(0), json!(0.0)],
            path: "",
            rule: "at_least_one",
        },
        at("voiceFileID", "type", json!({}), [json!("a.wav")]),
    ]
}

fn of_detail_query() -> Vec<Breaker> {
    vec![
        at("keyId", "required", json!({}), [Value::Null]),
        at("keyId", "type", json!({}), not_a_whole_number()),
        at("key_id", "type", json!({}), [json!(1)]),
    ]
}

fn of_query() -> Vec<Breaker> {
    vec![
        at("current", "required", json!({}), [Value::Null]),
        at("current", "range", json!({}), [json!(0), json!(i32::MIN)]),
        at("current", "type", json!({}), not_32_bits()),
        at("size", "required", json!({}), [Value::Null]),
        at("size", "range", json!({}), [json!(0), json!(101)]),
        at("size", "type", json!({}), not_32_bits()),
        at("params", "type", json!({}), [json!([]), json!(""), json!(1), json!(true)]),
        at("strTime", "type", json!({}), [json!("2024-01-01 00:00:00")]),
    ]
}

fn of_params() -> Vec<Breaker> {
    let no_times =
        ["2023-02-29 00:00:00", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 24:00:00", "0000-01-01 00:00:00", " "];
    let item = |values: Vec<Value>, rule| Breaker {
        given: json!({}),
        field: "statusList",
        values: values.into_iter().map(|value| json!([6, value])).collect(),
        path: "statusList[1]",
        rule,
    };
    vec![
        at("strTime", "required", json!({}), [Value::Null]),
        at("strTime", "format", json!({}), no_times.map(Value::from)),
        at("strTime", "type", json!({}), not_text()),
        at("endTime", "required", json!({}), [Value::Null]),
        at("endTime", "format", json!({}), no_times.map(Value::from)),
        at("endTime", "type", json!({}), not_text()),
        at("taskType", "required", json!({}), [Value::Null]),
        at("taskType", "one_of", json!({}), [json!(1), json!(2), json!(4)]),
        at("taskType", "type", json!({}), not_a_whole_number()),
        at("statusList", "type", json!({}), [json!(1), json!("1"), json!({})]),
        item(vec![json!(-1), json!(7)], "one_of"),
        item(not_a_whole_number().into_iter().chain([Value::Null]).collect(), "type"),
        at("idxAppId", "type", json!({}), not_a_whole_number()),
        at("searchCondition", "type", json!({}), not_text()),
        at("current", "type", json!({}), [json!(1)]),
    ]
}

/// Sets fields; null removes one.
fn merge(object: &mut Value, members: &Value) {
    let Some(object) = object.as_object_mut() else { return };
    for (name, value) in members.as_object().into_iter().flatten() {
        if value.is_null() {
            object.remove(name)
        } else {
            object.insert(name.clone(), value.clone())
        };
    }
}

/// Breaks every rule of one object in a valid request, one after the other.
fn break_each(
    request: Request,
    valid: &Value,
    (pointer, path): (&str, &str),
    breakers: Vec<Breaker>,
) -> Result<(), TestCaseError> {
    for Breaker { given, field, values, path: inner, rule } in breakers {
        let mut base = valid.clone();
        merge(base.pointer_mut(pointer).unwrap(), &given);
        prop_assert_eq!(client_violations(request, &base), Broken::new(), "before {} is broken: {}", field, base);

        let separator = if path.is_empty() || inner.is_empty() { "" } else { "." };
        let expected = Broken::from([(format!("{path}{separator}{inner}"), rule)]);
        for value in values {
            let mut broken = base.clone();
            merge(broken.pointer_mut(pointer).unwrap(), &Map::from_iter([(field.to_owned(), value)]).into());
            prop_assert_eq!(client_violations(request, &broken), expected.clone(), "the client on {}", broken);
            prop_assert_eq!(violating_paths(request, &broken), expected.clone(), "the oracle on {}", broken);
            prop_assert!(!schema_accepts(request, &broken), "the schema accepts {}", broken);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn one_mistake_in_an_update_is_one_violation(valid in arbitrary::valid(Request::UpdateRecallFlow)) {
        break_each(Request::UpdateRecallFlow, &valid, ("", ""), of_update())?;
    }

    #[test]
    fn one_mistake_in_a_node_is_one_violation(
        mut valid in arbitrary::valid(Request::UpdateRecallFlow),
        node in arbitrary::node(),
        index in any::<Index>(),
    ) {
        let mut nodes = valid["nodeList"].as_array().cloned().unwrap_or_default();
        let index = index.index(nodes.len() + 1);
        nodes.insert(index, node);
        valid["nodeList"] = nodes.into();
        let place = (&*format!("/nodeList/{index}"), &*format!("nodeList[{index}]"));
        break_each(Request::UpdateRecallFlow, &valid, place, of_node())?;
    }

    #[test]
    fn one_mistake_in_a_query_of_a_flow_is_one_violation(valid in arbitrary::valid(Request::RecallFlowDetailQuery)) {
        break_each(Request::RecallFlowDetailQuery, &valid, ("", ""), of_detail_query())?;
    }

    #[test]
    fn one_mistake_in_a_query_of_tasks_is_one_violation(valid in arbitrary::valid(Request::GroupCallQuery)) {
        break_each(Request::GroupCallQuery, &valid, ("", ""), of_query())?;
        break_each(Request::GroupCallQuery, &valid, ("/params", "params"), of_params())?;
    }
}

#[test]
fn the_tables_break_every_rule_of_every_field() {
    let told = |path: &str, breakers: Vec<Breaker>| -> Broken {
        let join = |inner: &str| match (path, inner) {
            ("", inner) => inner.to_owned(),
            (path, "") => path.to_owned(),
            (path, inner) => format!("{path}.{inner}"),
        };
        breakers.iter().map(|breaker| (join(&breaker.path.replace(['0', '1'], "")), breaker.rule)).collect()
    };
    for (request, tables) in [
        (Request::UpdateRecallFlow, [told("", of_update()), told("nodeList[]", of_node())]),
        (Request::RecallFlowDetailQuery, [told("", of_detail_query()), Broken::new()]),
        (Request::GroupCallQuery, [told("", of_query()), told("params", of_params())]),
    ] {
        let told: Broken = tables.into_iter().flatten().collect();
        let missing: Vec<_> =
            breakable(request).into_iter().filter(|rule| !rule.0.is_empty() && !told.contains(rule)).collect();
        assert!(missing.is_empty(), "{request:?}: no breaker for {missing:?}");
    }
}
