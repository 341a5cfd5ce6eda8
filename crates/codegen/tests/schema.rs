//! Tests of the JSON Schemas of the real spec with an ordinary validator. Each rule is tested at least once.

use std::path::Path;

use jsonschema::Validator;
use recallflow_codegen::model::Api;
use recallflow_codegen::render::{json_schema, openapi, sandbox};
use serde_json::{Value, json};

/// A character of two UTF-16 code units and four UTF-8 bytes.
const WIDE: &str = "𝄞";

fn api() -> Api {
    recallflow_codegen::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")).expect("the spec is valid")
}

/// Returns the definitions of the rendered file.
fn definitions() -> Value {
    let files = json_schema::render(&api());
    let document: Value = serde_json::from_str(&files[0].contents).expect("the schema is JSON");
    document["$defs"].clone()
}

/// Compiles the validator of a type.
fn validator(name: &str) -> Validator {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/$defs/{name}"),
        "$defs": definitions(),
    });
    jsonschema::meta::validate(&schema).expect("the schema obeys its dialect");
    jsonschema::validator_for(&schema).expect("the schema can be used")
}

/// Returns a minimal node that plays an uploaded file.
fn node() -> Value {
    json!({ "source": 1, "voiceFileId": "a.wav", "hangUpSms": 0, "toSeat": 0 })
}

/// Replaces or adds members.
fn with(mut value: Value, changes: Value) -> Value {
    let (Value::Object(members), Value::Object(changes)) = (&mut value, changes) else { panic!("not objects") };
    members.extend(changes);
    value
}

/// Removes a member.
fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().expect("an object").remove(name).expect("the member is there");
    value
}

/// Returns a valid update of a flow.
fn update() -> Value {
    json!({ "keyId": 1, "recallInterval": 30, "recallNum": 1, "recallType": 0, "nodeList": [node()] })
}

/// Returns a query with changed members in `params`.
fn query(changes: Value) -> Value {
    let params = json!({ "strTime": "2024-01-01 00:00:00", "endTime": "2024-06-03 15:13:01", "taskType": 3 });
    json!({ "current": 1, "size": 10, "params": with(params, changes) })
}

fn assert_accepted(name: &str, values: impl IntoIterator<Item = Value>) {
    let validator = validator(name);
    for value in values {
        let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name} must accept {value}: {errors:?}");
    }
}

fn assert_rejected(name: &str, values: impl IntoIterator<Item = Value>) {
    let validator = validator(name);
    for value in values {
        assert!(!validator.is_valid(&value), "{name} must reject {value}");
    }
}

#[test]
fn the_examples_of_the_documents_are_accepted() {
    let api = api();
    for operation in &api.operations {
        for example in &operation.examples {
            assert_accepted(&operation.request, [serde_json::from_str(&example.request).unwrap()]);
            let response: Value = serde_json::from_str(&example.response).unwrap();
            if let (Some(name), false) = (&operation.response, response["data"].is_null()) {
                assert_accepted(name, [response["data"].clone()]);
            }
        }
    }
}

#[test]
fn a_detail_query_requires_its_key() {
    assert_accepted("RecallFlowDetailQuery", [json!({ "keyId": i64::MAX }), json!({ "keyId": -12.0 })]);
    assert_rejected(
        "RecallFlowDetailQuery",
        [
            json!({}),
            json!({ "keyId": null }),
            json!({ "keyId": "12" }),
            json!({ "keyId": 1.5 }),
            json!({ "keyId": 1e300 }),
            json!({ "keyId": 9_223_372_036_854_775_808_u64 }),
            json!({ "keyId": true }),
            json!([12]),
            json!(12),
            json!(null),
        ],
    );
}

#[test]
fn an_update_obeys_its_limits() {
    assert_accepted(
        "UpdateRecallFlow",
        [
            update(),
            without(update(), "nodeList"),
            with(update(), json!({ "nodeList": null })),
            with(update(), json!({ "nodeList": [] })),
            with(update(), json!({ "recallInterval": 1440, "recallNum": 10, "recallType": 1 })),
            with(update(), json!({ "recallInterval": 30.0, "recallNum": 1e1, "recallType": 1.0 })),
        ],
    );
    let required = ["keyId", "recallInterval", "recallNum", "recallType"];
    assert_rejected("UpdateRecallFlow", required.map(|name| without(update(), name)));
    assert_rejected("UpdateRecallFlow", required.map(|name| with(update(), json!({ name: null }))));
    let wrong = [
        json!({ "recallInterval": 0 }),
        json!({ "recallInterval": 1441 }),
        json!({ "recallInterval": 1.5 }),
        json!({ "recallInterval": "30" }),
        json!({ "recallInterval": 4_294_967_301_u64 }),
        json!({ "recallNum": 0 }),
        json!({ "recallNum": 11 }),
        json!({ "recallType": 2 }),
        json!({ "recallType": -1 }),
        json!({ "recallType": false }),
        json!({ "recallType": "0" }),
        json!({ "nodeList": {} }),
        json!({ "nodeList": [null] }),
        json!({ "nodeList": [node(), {}] }),
    ];
    assert_rejected("UpdateRecallFlow", wrong.map(|change| with(update(), change)));
}

#[test]
fn unknown_fields_are_accepted_at_every_depth() {
    assert_accepted("UpdateRecallFlow", [with(update(), json!({ "new": { "x": 1 }, "nodeList": [] }))]);
    assert_accepted("RecallNode", [with(node(), json!({ "new": null }))]);
    assert_accepted("GroupCallQuery", [query(json!({ "new": 1 })), with(query(json!({})), json!({ "new": 1 }))]);
    // The field with the right name is still missing.
    assert_rejected("RecallFlowDetailQuery", [json!({ "keyid": 12 })]);
}

#[test]
fn a_node_requires_the_fields_of_its_source() {
    let source = |changes: Value| with(json!({ "hangUpSms": 0, "toSeat": 0 }), changes);
    assert_accepted(
        "RecallNode",
        [
            node(),
            with(node(), json!({ "text": null, "uploadName": "12345", "baseFile": "" })),
            source(json!({ "source": 2, "uploadName": "a.wav", "baseFile": "AA==" })),
            source(json!({ "source": 2, "uploadName": WIDE.repeat(32), "baseFile": "AAAA" })),
            source(json!({ "source": 3, "text": WIDE.repeat(1000), "lan": "EN" })),
            source(json!({ "source": 3.0, "text": "Hello", "lan": "EN", "voiceFileId": "" })),
        ],
    );
    assert_rejected(
        "RecallNode",
        [
            without(node(), "source"),
            with(node(), json!({ "source": 0 })),
            with(node(), json!({ "source": 4 })),
            with(node(), json!({ "source": "1" })),
            with(node(), json!({ "source": null })),
            without(node(), "voiceFileId"),
            with(node(), json!({ "voiceFileId": "" })),
            with(node(), json!({ "voiceFileId": null })),
            with(node(), json!({ "voiceFileId": 1 })),
            source(json!({ "source": 2, "baseFile": "AAAA" })),
            source(json!({ "source": 2, "uploadName": "a.wav" })),
            source(json!({ "source": 2, "uploadName": "a.wav", "baseFile": "" })),
            source(json!({ "source": 2, "uploadName": "a.wav", "baseFile": null })),
            source(json!({ "source": 2, "uploadName": "1234", "baseFile": "AAAA" })),
            source(json!({ "source": 2, "uploadName": WIDE.repeat(33), "baseFile": "AAAA" })),
            source(json!({ "source": 3, "lan": "EN" })),
            source(json!({ "source": 3, "text": "Hello" })),
            source(json!({ "source": 3, "text": "", "lan": "EN" })),
            source(json!({ "source": 3, "text": "Hello", "lan": "" })),
            source(json!({ "source": 3, "text": "x".repeat(1001), "lan": "EN" })),
            with(node(), json!({ "uploadName": "" })),
            with(node(), json!({ "text": "x".repeat(1001) })),
        ],
    );
}

#[test]
fn speech_fields_obey_their_limits() {
    let accepted = [
        json!({ "speakingRate": 0.25, "ssmlGender": 1, "accent": 44 }),
        json!({ "speakingRate": 4, "ssmlGender": 2, "accent": null }),
    ];
    assert_accepted("RecallNode", accepted.map(|change| with(node(), change)));
    let wrong = [
        json!({ "speakingRate": 0.24 }),
        json!({ "speakingRate": 4.01 }),
        json!({ "speakingRate": "1" }),
        json!({ "ssmlGender": 0 }),
        json!({ "ssmlGender": 3 }),
        json!({ "accent": 2_147_483_648_u64 }),
        json!({ "accent": 0.5 }),
    ];
    assert_rejected("RecallNode", wrong.map(|change| with(node(), change)));
}

#[test]
fn a_hang_up_sms_requires_its_text_and_an_event() {
    let sms = with(node(), json!({ "hangUpSms": 1, "smsContent": "Bye", "ringPush": 1 }));
    let accepted = [
        json!({}),
        json!({ "hangUpSms": 1.0 }),
        json!({ "smsContent": WIDE.repeat(1000), "senderId": WIDE.repeat(32) }),
        json!({ "ringPush": null, "failedPush": 1 }),
        json!({ "ringPush": 0, "successPush": 1, "successPushTime": 9999 }),
        json!({ "ringPush": 0, "feedbackPush": 1, "feedbackValue": "0" }),
        json!({ "hangUpSms": 0, "smsContent": "", "ringPush": 0 }),
    ];
    assert_accepted("RecallNode", accepted.map(|change| with(sms.clone(), change)));
    let wrong = [
        json!({ "hangUpSms": null }),
        json!({ "hangUpSms": 2 }),
        json!({ "hangUpSms": true }),
        json!({ "smsContent": null }),
        json!({ "smsContent": "" }),
        json!({ "smsContent": WIDE.repeat(1001) }),
        json!({ "senderId": WIDE.repeat(33) }),
        json!({ "ringPush": 0 }),
        json!({ "ringPush": null }),
        json!({ "ringPush": "1" }),
        json!({ "ringPush": 2 }),
        json!({ "feedbackPush": 1 }),
        json!({ "feedbackPush": 1, "feedbackValue": "" }),
        json!({ "feedbackPush": 1, "feedbackValue": null }),
        json!({ "successPush": 1 }),
        json!({ "successPush": 1, "successPushTime": 0 }),
        json!({ "successPush": 1, "successPushTime": 10000 }),
        json!({ "successPushTime": 0 }),
    ];
    assert_rejected("RecallNode", wrong.map(|change| with(sms.clone(), change)));
    assert_rejected("RecallNode", ["smsContent", "ringPush", "hangUpSms"].map(|name| without(sms.clone(), name)));
    let keys = ["", "10", "a", "5\n", "\n", "٣", "３", " 1"];
    assert_rejected("RecallNode", keys.map(|key| with(node(), json!({ "feedbackValue": key }))));
    assert_rejected("RecallNode", [with(node(), json!({ "feedbackValue": 5 }))]);
}

#[test]
fn a_transfer_requires_its_fields() {
    let seat = json!({ "toSeat": 1, "sipGroupId": 7, "outboundControl": 1, "calloutRate": 100, "toSeatType": 1 });
    let seat = with(node(), seat);
    let accepted = [
        json!({}),
        json!({ "toSeatType": 2, "toSeatKey": "1", "delayTransfer": 3 }),
        json!({ "toSeat": 0, "toSeatType": 2 }),
        json!({ "toSeatKey": "" }),
    ];
    assert_accepted("RecallNode", accepted.map(|change| with(seat.clone(), change)));
    let wrong = [
        json!({ "toSeat": 2 }),
        json!({ "toSeat": null }),
        json!({ "sipGroupId": null }),
        json!({ "outboundControl": 0 }),
        json!({ "outboundControl": 2 }),
        json!({ "calloutRate": 0 }),
        json!({ "calloutRate": 101 }),
        json!({ "toSeatType": 0 }),
        json!({ "toSeatType": 3 }),
        json!({ "toSeatType": 2 }),
        json!({ "toSeatType": 2, "toSeatKey": "" }),
        json!({ "toSeatType": 2.0, "toSeatKey": null }),
    ];
    assert_rejected("RecallNode", wrong.map(|change| with(seat.clone(), change)));
    let required = ["toSeat", "sipGroupId", "outboundControl", "calloutRate", "toSeatType"];
    assert_rejected("RecallNode", required.map(|name| without(seat.clone(), name)));
}

#[test]
fn a_page_of_tasks_obeys_its_limits() {
    let accepted = [
        json!({}),
        json!({ "taskType": 3.0 }),
        json!({ "statusList": [0, 1, 2, 3, 4, 5, 6] }),
        json!({ "statusList": null, "idxAppId": null, "searchCondition": "" }),
    ];
    assert_accepted("GroupCallQuery", accepted.map(query));
    let wrong = [
        json!({ "strTime": null }),
        json!({ "endTime": null }),
        json!({ "taskType": null }),
        json!({ "taskType": 1 }),
        json!({ "taskType": "3" }),
        json!({ "statusList": [7] }),
        json!({ "statusList": [0, -1] }),
        json!({ "statusList": [0, null] }),
        json!({ "statusList": 1 }),
        json!({ "idxAppId": "1" }),
        json!({ "searchCondition": 1 }),
    ];
    assert_rejected("GroupCallQuery", wrong.map(query));
    let wrong = [
        json!({ "current": 0 }),
        json!({ "current": null }),
        json!({ "current": 2_147_483_648_u64 }),
        json!({ "size": 0 }),
        json!({ "size": 101 }),
        json!({ "params": null }),
        json!({ "params": {} }),
        json!({ "params": [] }),
        json!({ "params": "strTime" }),
    ];
    assert_rejected("GroupCallQuery", wrong.map(|change| with(query(json!({})), change)));
    assert_rejected("GroupCallQuery", ["current", "size", "params"].map(|name| without(query(json!({})), name)));
    for name in ["strTime", "endTime", "taskType"] {
        let mut value = query(json!({}));
        value["params"] = without(value["params"].clone(), name);
        assert_rejected("GroupCallQuery", [value]);
    }
}

#[test]
fn a_time_has_the_documented_format() {
    let times = ["0001-01-01 00:00:00", "9999-12-31 23:59:59", "2024-02-29 12:00:00", "2000-02-29 09:10:19"];
    assert_accepted("GroupCallQuery", times.map(|time| query(json!({ "strTime": time }))));
    let wrong = [
        "",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01 00:00:00\n",
        "\n2024-01-01 00:00:00",
        " 2024-01-01 00:00:00",
        "2024-01-01  00:00:00",
        "2024-1-1 00:00:00",
        "2024-01-01 24:00:00",
        "2024-01-01 00:60:00",
        "2024-01-01 00:00:60",
        "٢٠٢٤-01-01 00:00:00",
        "12024-01-01 00:00:00",
        "-001-01-01 00:00:00",
        "0000-01-01 00:00:00",
        "0000-02-29 00:00:00",
        "2023-02-29 00:00:00",
        "1900-02-29 00:00:00",
    ];
    assert_rejected("GroupCallQuery", wrong.map(|time| query(json!({ "strTime": time }))));
    assert_rejected("GroupCallQuery", [query(json!({ "strTime": 1_704_067_200 }))]);
}

/// Returns the number of days in a month, independently of the pattern under test.
fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

#[test]
fn a_time_is_a_real_date() {
    let schema = definitions()["dateTime"].clone();
    let validator = jsonschema::validator_for(&schema).expect("the schema stands on its own");
    let check = |year: u32, month: u32, day: u32| {
        let real = year > 0 && (1..=days(year, month)).contains(&day);
        let text = format!("{year:04}-{month:02}-{day:02} 23:59:59");
        assert_eq!(validator.is_valid(&Value::from(text.as_str())), real, "{text}");
    };
    for year in 0..=9999 {
        for day in 28..=30 {
            check(year, 2, day);
        }
    }
    for month in 0..=13 {
        for day in 0..=32 {
            check(2023, month, day);
        }
    }
}

#[test]
fn base64_is_strict() {
    let file =
        |text: &str| json!({ "source": 2, "uploadName": "a.wav", "baseFile": text, "hangUpSms": 0, "toSeat": 0 });
    let long = format!("{}Zg==", "Zm9v".repeat(500_000));
    assert_accepted("RecallNode", ["Zg==", "Zm8=", "Zm9v", "+/+/", "AAAAAA==", &long].map(file));
    let wrong = [
        "Z",
        "Zg",
        "Zg=",
        "Zg===",
        "Zm9vZ",
        "Zm9",
        "====",
        "=",
        "Zh==",
        "Zm9=",
        "Z g=",
        "Zg==\n",
        "Zm9v\n",
        "Zm9v\r\n",
        "\nZm9v",
        "Zm9vZg==Zm9v",
        "-_-_",
        "Zg==Zg==",
        "Zm9v=",
        "Ｚm9v",
        "Zm9v\u{0}",
    ];
    assert_rejected("RecallNode", wrong.map(file));
    assert_rejected("RecallNode", [with(file("Zg=="), json!({ "baseFile": [90] }))]);
}

#[test]
fn a_response_is_read_leniently() {
    assert_accepted(
        "RecallFlowDetail",
        [
            json!({}),
            json!({ "keyId": "12", "recallType": 77, "nodeList": null, "status": null, "new": { "x": 1 } }),
            json!({ "records": [{ "source": "1", "hangUpSms": true, "speakingRate": "1.5" }], "searchCount": 1 }),
        ],
    );
    assert_accepted("GroupCallPage", [json!({ "records": [{ "jobId": 1, "status": 9, "agentFee": null }] })]);
}

#[test]
fn the_schemas_of_the_sandbox_are_self_contained() {
    let files = sandbox::render(&api());
    let service: Value = serde_json::from_str(&files[0].contents).expect("the file is JSON");
    for operation in service["operations"].as_array().expect("a list") {
        let validator = jsonschema::validator_for(&operation["request"]).expect("the schema can be used");
        assert!(!validator.is_valid(&json!({})), "{} must reject an empty object", operation["name"]);
        for example in operation["examples"].as_array().expect("a list") {
            let request = serde_json::from_str(example["request"].as_str().expect("text")).expect("JSON");
            assert!(validator.is_valid(&request), "{} must accept {request}", operation["name"]);
        }
    }
}

/// Calls `visit` with the target of each `$ref` in a document.
fn references(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                visit(target);
            }
            members.values().for_each(|member| references(member, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, visit)),
        _ => {}
    }
}

#[test]
fn all_references_resolve() {
    for files in [json_schema::render(&api()), openapi::render(&api())] {
        let document: Value = serde_json::from_str(&files[0].contents).expect("the document is JSON");
        references(&document, &mut |target| {
            let pointer = target.strip_prefix('#').expect("references stay inside the document");
            assert!(document.pointer(pointer).is_some(), "{target} does not resolve");
        });
    }
}

#[test]
fn a_request_has_no_field_that_another_one_has_in_a_nested_object() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture");
    let files = json_schema::render(&recallflow_codegen::load(&fixture).expect("the spec is valid"));
    let mut document: Value = serde_json::from_str(&files[0].contents).expect("the schema is JSON");
    let mut accepts = |name: &str, value: Value| {
        document["$ref"] = json!(format!("#/$defs/{name}"));
        jsonschema::validator_for(&document).expect("the schema can be used").is_valid(&value)
    };
    let time = "2024-01-01 00:00:00";
    let old = json!({ "current": 1, "params": { "before": time, "new": 1 }, "past": { "owner": "a" } });
    assert!(accepts("OldThingQuery", old.clone()));
    assert!(!accepts("OldThingQuery", with(old.clone(), json!({ "params": { "since": time } }))));
    assert!(!accepts("OldThingQuery", with(old, json!({ "wire": { "lot": 5 } }))));
    let new = json!({ "current": 1, "params": { "since": time }, "past": { "new": 1 }, "wire": null });
    assert!(accepts("ThingQuery", new.clone()));
    assert!(!accepts("ThingQuery", with(new.clone(), json!({ "params": { "since": time, "before": time } }))));
    assert!(!accepts("ThingQuery", with(new, json!({ "past": { "owner": "a" } }))));
}
