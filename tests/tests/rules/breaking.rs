//! One mistake in a valid request causes exactly one violation.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use crate::arbitrary;
use crate::oracle::{Broken, Request, breakable, may_be_sent, violating_paths};
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
fn breaks(field: &'static str, rule: &'static str, given: Value, values: impl Into<Vec<Value>>) -> Breaker {
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
        breaks("keyId", "required", json!({}), [Value::Null]),
        breaks("keyId", "type", json!({}), not_a_whole_number()),
        breaks("recallInterval", "required", json!({}), [Value::Null]),
        breaks(
            "recallInterval",
            "range",
            json!({}),
            [json!(0), json!(-1), json!(1441), json!(1441.0), json!(i32::MAX)],
        ),
        breaks("recallInterval", "type", json!({}), not_32_bits()),
        breaks("recallNum", "required", json!({}), [Value::Null]),
        breaks("recallNum", "range", json!({}), [json!(0), json!(11)]),
        breaks("recallNum", "type", json!({}), not_32_bits()),
        breaks("recallType", "required", json!({}), [Value::Null]),
        breaks("recallType", "one_of", json!({}), [json!(-1), json!(2), json!(i64::MAX)]),
        breaks("recallType", "type", json!({}), not_a_whole_number()),
        breaks("nodeList", "type", json!({}), [json!({}), json!(""), json!(0), json!(false)]),
        Breaker {
            given: json!({}),
            field: "nodeList",
            values: [Value::Null, json!([]), json!(1), json!("{}")].map(|item| json!([item])).into(),
            path: "nodeList[0]",
            rule: "type",
        },
        breaks("recallinterval", "type", json!({}), [json!(30)]),
    ]
}

fn of_agent_update() -> Vec<Breaker> {
    let mut breakers = of_update();
    breakers.extend([
        breaks("recallIntent", "type", json!({}), [json!("101"), json!({}), json!(5)]),
        Breaker {
            given: json!({}),
            field: "recallIntent",
            values: [Value::Null, json!(101), json!([])].map(|item| json!([item])).into(),
            path: "recallIntent[0]",
            rule: "type",
        },
    ]);
    breakers
}

fn of_agent_node() -> Vec<Breaker> {
    vec![
        breaks("scriptId", "required", json!({}), [Value::Null]),
        breaks("scriptId", "type", json!({}), not_a_whole_number()),
        breaks("source", "type", json!({}), [json!(1)]),
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
    // With another push, because an invalid push alone would also break `at_least_one`.
    let pushed_on_key = || json!({ "feedbackPush": 1, "feedbackValue": "5" });
    let pushed_on_success = || json!({ "successPush": 1, "successPushTime": 5 });
    let no_push = || {
        let mut given = sms();
        merge(&mut given, &json!({ "feedbackPush": 0, "successPush": 0, "ringPush": 0 }));
        given
    };
    vec![
        breaks("source", "required", json!({}), [Value::Null]),
        breaks("source", "one_of", json!({}), [json!(0), json!(4), json!(4.0)]),
        breaks("source", "type", json!({}), not_a_whole_number()),
        breaks("voiceFileId", "required", uploaded(), missing_or_empty()),
        breaks("voiceFileId", "type", uploaded(), not_text()),
        breaks("voiceFileName", "type", json!({}), not_text()),
        breaks("uploadName", "required", reupload(), missing_or_empty()),
        breaks("uploadName", "length", reupload(), [long(4), long(33)]),
        breaks("uploadName", "length", uploaded(), [json!(""), long(1), long(33)]),
        breaks("uploadName", "type", reupload(), not_text()),
        breaks("baseFile", "required", reupload(), missing_or_empty()),
        breaks(
            "baseFile",
            "format",
            reupload(),
            ["UklGRg", "UklGRh==", "UklGRgB=", "Ukl-", "UklG\n", "U===", "="].map(Value::from),
        ),
        breaks("baseFile", "format", spoken(), ["Ukl", "Uk lG", "\u{1F600}"].map(Value::from)),
        breaks("baseFile", "type", reupload(), not_text()),
        breaks("text", "required", spoken(), missing_or_empty()),
        breaks("text", "length", spoken(), [long(1001)]),
        breaks("text", "length", uploaded(), [long(1001)]),
        breaks("text", "type", spoken(), not_text()),
        breaks("lan", "required", spoken(), missing_or_empty()),
        breaks("lan", "type", spoken(), not_text()),
        breaks("speakingRate", "range", json!({}), [json!(0.249), json!(4.001), json!(0), json!(-1.0), json!(1e300)]),
        breaks("speakingRate", "type", json!({}), [json!("1"), json!(true), json!([1]), json!("NaN")]),
        breaks("ssmlGender", "one_of", json!({}), [json!(0), json!(3)]),
        breaks("ssmlGender", "type", json!({}), not_a_whole_number()),
        breaks("accent", "type", json!({}), not_32_bits()),
        breaks("hangUpSms", "required", json!({}), [Value::Null]),
        breaks("hangUpSms", "one_of", json!({}), [json!(2), json!(-1)]),
        breaks("hangUpSms", "type", json!({}), not_a_whole_number()),
        breaks("idxSmsAppId", "type", json!({}), not_a_whole_number()),
        breaks("smsContent", "required", sms(), missing_or_empty()),
        breaks("smsContent", "length", sms(), [long(1001)]),
        breaks("smsContent", "length", json!({ "hangUpSms": 0 }), [long(1001)]),
        breaks("smsContent", "type", sms(), not_text()),
        breaks("senderId", "length", json!({}), [long(33)]),
        breaks("senderId", "type", json!({}), not_text()),
        breaks("feedbackPush", "one_of", pushed_on_success(), [json!(2)]),
        breaks("feedbackPush", "type", pushed_on_success(), not_a_whole_number()),
        breaks("feedbackValue", "required", pushed_on_key(), missing_or_empty()),
        breaks("feedbackValue", "format", pushed_on_key(), ["10", "a", "-", "\u{663}", "5\n", " "].map(Value::from)),
        breaks("feedbackValue", "format", json!({ "feedbackPush": 0, "failedPush": 1 }), ["", "10"].map(Value::from)),
        breaks("feedbackValue", "type", pushed_on_key(), not_text()),
        breaks("successPush", "one_of", pushed_on_key(), [json!(2)]),
        breaks("successPush", "type", pushed_on_key(), not_a_whole_number()),
        breaks("successPushTime", "required", pushed_on_success(), [Value::Null]),
        breaks("successPushTime", "range", pushed_on_success(), [json!(0), json!(10_000)]),
        breaks("successPushTime", "type", pushed_on_success(), not_32_bits()),
        breaks("failedPush", "one_of", pushed_on_key(), [json!(2)]),
        breaks("failedPush", "type", pushed_on_key(), not_a_whole_number()),
        breaks("ringPush", "one_of", pushed_on_key(), [json!(2)]),
        breaks("ringPush", "type", pushed_on_key(), not_a_whole_number()),
        breaks("toSeat", "required", json!({}), [Value::Null]),
        breaks("toSeat", "one_of", json!({}), [json!(2), json!(-1)]),
        breaks("toSeat", "type", json!({}), not_a_whole_number()),
        breaks("sipGroupId", "required", seat(1), [Value::Null]),
        breaks("sipGroupId", "type", seat(1), not_a_whole_number()),
        breaks("outboundControl", "required", seat(2), [Value::Null]),
        breaks("outboundControl", "one_of", json!({}), [json!(0), json!(2)]),
        breaks("outboundControl", "type", seat(1), not_a_whole_number()),
        breaks("calloutRate", "required", seat(1), [Value::Null]),
        breaks("calloutRate", "range", seat(2), [json!(0), json!(101)]),
        breaks("calloutRate", "type", json!({}), not_32_bits()),
        breaks("toSeatType", "required", seat(1), [Value::Null]),
        breaks("toSeatType", "one_of", seat(1), [json!(0), json!(3)]),
        breaks("toSeatType", "type", seat(2), not_a_whole_number()),
        breaks("toSeatKey", "required", seat(2), missing_or_empty()),
        breaks("toSeatKey", "type", json!({}), not_text()),
        breaks("delayTransfer", "type", json!({}), not_32_bits()),
        Breaker {
            given: no_push(),
            field: "failedPush",
            values: vec![Value::Null, json!(0), json!(0.0)],
            path: "",
            rule: "at_least_one",
        },
        breaks("voiceFileID", "type", json!({}), [json!("a.wav")]),
    ]
}

fn of_detail_query() -> Vec<Breaker> {
    vec![
        breaks("keyId", "required", json!({}), [Value::Null]),
        breaks("keyId", "type", json!({}), not_a_whole_number()),
        breaks("key_id", "type", json!({}), [json!(1)]),
    ]
}

fn of_query() -> Vec<Breaker> {
    vec![
        breaks("current", "required", json!({}), [Value::Null]),
        breaks("current", "range", json!({}), [json!(0), json!(i32::MIN)]),
        breaks("current", "type", json!({}), not_32_bits()),
        breaks("size", "required", json!({}), [Value::Null]),
        breaks("size", "range", json!({}), [json!(0), json!(101)]),
        breaks("size", "type", json!({}), not_32_bits()),
        breaks("params", "type", json!({}), [json!([]), json!(""), json!(1), json!(true)]),
        breaks("strTime", "type", json!({}), [json!("2024-01-01 00:00:00")]),
    ]
}

fn of_times() -> Vec<Breaker> {
    let no_times =
        ["2023-02-29 00:00:00", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 24:00:00", "0000-01-01 00:00:00", " "];
    vec![
        breaks("strTime", "required", json!({}), [Value::Null]),
        breaks("strTime", "format", json!({}), no_times.map(Value::from)),
        breaks("strTime", "type", json!({}), not_text()),
        breaks("endTime", "required", json!({}), [Value::Null]),
        breaks("endTime", "format", json!({}), no_times.map(Value::from)),
        breaks("endTime", "type", json!({}), not_text()),
    ]
}

fn of_params() -> Vec<Breaker> {
    let item = |values: Vec<Value>, rule| Breaker {
        given: json!({}),
        field: "statusList",
        values: values.into_iter().map(|value| json!([6, value])).collect(),
        path: "statusList[1]",
        rule,
    };
    let mut breakers = of_times();
    breakers.extend([
        breaks("taskType", "required", json!({}), [Value::Null]),
        breaks("taskType", "one_of", json!({}), [json!(1), json!(2), json!(4)]),
        breaks("taskType", "type", json!({}), not_a_whole_number()),
        breaks("statusList", "type", json!({}), [json!(1), json!("1"), json!({})]),
        item(vec![json!(-1), json!(7)], "one_of"),
        item(not_a_whole_number().into_iter().chain([Value::Null]).collect(), "type"),
        breaks("idxAppId", "type", json!({}), not_a_whole_number()),
        breaks("searchCondition", "type", json!({}), not_text()),
        breaks("current", "type", json!({}), [json!(1)]),
    ]);
    breakers
}

fn of_flow_params() -> Vec<Breaker> {
    let mut breakers = of_times();
    breakers.push(breaks("taskName", "type", json!({}), not_text()));
    breakers
}

fn of_cancel() -> Vec<Breaker> {
    vec![
        breaks("type", "required", json!({}), [Value::Null]),
        breaks("type", "one_of", json!({}), [json!(0), json!(4), json!(i64::MIN)]),
        breaks("type", "type", json!({}), not_a_whole_number()),
        breaks("id", "required", json!({}), [Value::Null]),
        breaks("id", "type", json!({}), not_a_whole_number()),
        breaks("keyId", "type", json!({}), [json!(1)]),
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
            // The schema judges the wire form, in which an unknown field may come from `extra`.
            prop_assert_eq!(
                schema_accepts(request, &broken),
                may_be_sent(request, &broken),
                "the schema on {}",
                broken
            );
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
    fn one_mistake_in_an_update_of_an_agent_flow_is_one_violation(
        mut valid in arbitrary::valid(Request::UpdateAgentRecallFlow),
    ) {
        break_each(Request::UpdateAgentRecallFlow, &valid, ("", ""), of_agent_update())?;
        valid["nodeList"] = json!([{ "scriptId": 1 }, { "scriptId": 2 }]);
        break_each(Request::UpdateAgentRecallFlow, &valid, ("/nodeList/1", "nodeList[1]"), of_agent_node())?;
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

    #[test]
    fn one_mistake_in_a_query_of_flows_is_one_violation(valid in arbitrary::valid(Request::RecallFlowQuery)) {
        break_each(Request::RecallFlowQuery, &valid, ("", ""), of_query())?;
        break_each(Request::RecallFlowQuery, &valid, ("/params", "params"), of_flow_params())?;
    }

    #[test]
    fn one_mistake_in_a_cancellation_is_one_violation(valid in arbitrary::valid(Request::CancelRecallFlow)) {
        break_each(Request::CancelRecallFlow, &valid, ("", ""), of_cancel())?;
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
        (Request::UpdateAgentRecallFlow, [told("", of_agent_update()), told("nodeList[]", of_agent_node())]),
        (Request::RecallFlowDetailQuery, [told("", of_detail_query()), Broken::new()]),
        (Request::GroupCallQuery, [told("", of_query()), told("params", of_params())]),
        (Request::RecallFlowQuery, [told("", of_query()), told("params", of_flow_params())]),
        (Request::CancelRecallFlow, [told("", of_cancel()), Broken::new()]),
    ] {
        let told: Broken = tables.into_iter().flatten().collect();
        let missing: Vec<_> =
            breakable(request).into_iter().filter(|rule| !rule.0.is_empty() && !told.contains(rule)).collect();
        assert!(missing.is_empty(), "{request:?}: no breaker for {missing:?}");
    }
}
