//! A request built from typed values equals the same request read from JSON, with the same violations.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use recallflow::{
    GroupCallQuery, LocalDateTime, OutboundControl, RecallFlowDetailQuery, RecallNode, RecallType, SeatTransfer,
    TaskStatus, TaskType, UpdateRecallFlow, VoiceGender, VoiceSource,
};
use serde_json::{Value, json};

use crate::arbitrary;
use crate::odd::odd_text;
use crate::oracle::{Broken, Needed, Object, Request, Type, violating_paths};
use crate::subject::{Subject, broken, cases, client_violations, read};

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn a_typed_update_equals_its_json(json in well_typed(Request::UpdateRecallFlow.object())) {
        judged_alike(Request::UpdateRecallFlow, &build_update(&json), &json)?;
    }

    #[test]
    fn a_typed_query_of_tasks_equals_its_json(json in well_typed(Request::GroupCallQuery.object())) {
        judged_alike(Request::GroupCallQuery, &build_query(&json), &json)?;
    }

    #[test]
    fn a_typed_query_of_a_flow_equals_its_json(key_id in any::<i64>()) {
        let json = json!({ "keyId": key_id });
        judged_alike(Request::RecallFlowDetailQuery, &RecallFlowDetailQuery::new(key_id), &json)?;
    }

    #[test]
    fn a_node_with_any_audio_equals_its_json(name in "[a-z]{5,32}", audio in vec(any::<u8>(), 1..64)) {
        let update = UpdateRecallFlow::new(1, 30, 1, RecallType::All).node_list([RecallNode::reupload(name, audio)]);
        prop_assert_eq!(update.validate(), []);
        prop_assert_eq!(violating_paths(Request::UpdateRecallFlow, &serde_json::to_value(update)?), Broken::new());
    }

    #[test]
    fn a_typed_time_equals_its_text(
        (year, month, day) in (0..10_010_u16, 0..14_u8, 0..33_u8),
        (hour, minute, second) in (0..26_u8, 0..62_u8, 0..62_u8),
    ) {
        let text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
        let json = query_from(&text);
        let time = LocalDateTime::new(year, month, day, hour, minute, second);
        prop_assert_eq!(time.is_some(), violating_paths(Request::GroupCallQuery, &json).is_empty());
        prop_assert_eq!(time, text.parse().ok());
        if let Some(time) = time {
            prop_assert_eq!(time.to_string(), text);
            prop_assert_eq!(read::<GroupCallQuery>(&json).unwrap().str_time, time);
        }
    }
}

#[test]
fn a_speaking_rate_of_nan_is_a_type_violation() {
    let json = json!({
        "keyId": 1, "recallInterval": 30, "recallNum": 1, "recallType": 0,
        "nodeList": [{ "source": 1, "voiceFileId": "a", "speakingRate": "NaN", "hangUpSms": 0, "toSeat": 0 }],
    });
    let expected = Broken::from([("nodeList[0].speakingRate".to_owned(), "type")]);
    assert_eq!(client_violations(Request::UpdateRecallFlow, &json), expected);
    assert_eq!(violating_paths(Request::UpdateRecallFlow, &json), expected);
    for rate in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let node = RecallNode::uploaded("a").speaking_rate(rate);
        let update = UpdateRecallFlow::new(1, 30, 1, RecallType::All).node_list([node]);
        assert_eq!(broken(&update.validate()), expected, "{rate}");
    }
}

#[test]
fn an_unknown_enum_with_a_known_number_equals_the_known_value() {
    let named = UpdateRecallFlow::new(1, 30, 1, RecallType::Failed);
    let numbered = UpdateRecallFlow::new(1, 30, 1, RecallType::Unknown(1));
    assert_eq!(named, numbered);
    assert_eq!(numbered.validate(), []);
}

fn judged_alike<T: Subject>(request: Request, typed: &T, json: &Value) -> Result<(), TestCaseError> {
    let read = read::<T>(json).map_err(|violations| TestCaseError::fail(format!("{violations:?}")))?;
    prop_assert_eq!(typed, &read, "from {}", json);
    // With the same words, in the same order.
    prop_assert_eq!(typed.violations(), read.violations());
    prop_assert_eq!(typed.warnings(), read.warnings());
    prop_assert_eq!(broken(&typed.violations()), violating_paths(request, json));
    prop_assert_eq!(client_violations(request, json), violating_paths(request, json));
    Ok(())
}

/// Generates an object whose fields have the right types and any values.
fn well_typed(object: &'static Object) -> BoxedStrategy<Value> {
    let fields: Vec<_> = object
        .fields
        .iter()
        .map(|&(name, kind, needed, _)| {
            let given = value_of(kind).prop_map(Some);
            let lacking = if matches!(needed, Needed::Yes) { 0 } else { 2 };
            (Just(name), prop_oneof![3 => given, lacking => Just(None)])
        })
        .collect();
    fields
        .prop_map(|fields| fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
        .boxed()
}

fn value_of(kind: Type) -> BoxedStrategy<Value> {
    let near = || select(vec![-1, 0, 1, 2, 3, 4, 9, 10, 11, 99, 100, 101, 1440, 1441, 9999, 10_000]);
    match kind {
        Type::Int32 => prop_oneof![3 => near(), 1 => any::<i32>()].prop_map(Value::from).boxed(),
        Type::Int64 => any::<i64>().prop_map(Value::from).boxed(),
        Type::Double => {
            let rates = select(vec![0.0, 0.249, 0.25, 1.0, 4.0, 4.001, f64::MAX, f64::MIN_POSITIVE]);
            prop_oneof![rates, 0.25..=4.0].prop_map(Value::from).boxed()
        }
        Type::Flag => (0..=1).prop_map(Value::from).boxed(),
        Type::Number(_) => prop_oneof![9 => 0..8_i64, 1 => any::<i64>()].prop_map(Value::from).boxed(),
        Type::Text | Type::Base64 => odd_text().boxed(),
        Type::Time => arbitrary::time().boxed(),
        Type::List(item) => vec(value_of(*item), 0..4).prop_map(Value::from).boxed(),
        Type::Nested(object) => well_typed(object),
    }
}

fn query_from(start: &str) -> Value {
    json!({ "current": 1, "size": 1, "params": { "strTime": start, "endTime": "2024-01-01 00:00:00", "taskType": 3 } })
}

/// Accessors of a well-typed JSON object.
#[derive(Clone, Copy)]
struct Members<'a>(&'a Value);

impl<'a> Members<'a> {
    fn int64(self, name: &str) -> Option<i64> {
        self.0[name].as_i64()
    }

    fn int32(self, name: &str) -> Option<i32> {
        self.int64(name).map(|number| number.try_into().unwrap())
    }

    fn flag(self, name: &str) -> Option<bool> {
        self.int64(name).map(|number| number == 1)
    }

    fn text(self, name: &str) -> Option<&'a str> {
        self.0[name].as_str()
    }

    fn time(self, name: &str) -> LocalDateTime {
        self.text(name).unwrap().parse().unwrap()
    }

    fn list(self, name: &str) -> Option<&'a Vec<Value>> {
        self.0[name].as_array()
    }
}

fn build_update(json: &Value) -> UpdateRecallFlow {
    let given = Members(json);
    let update = UpdateRecallFlow::new(
        given.int64("keyId").unwrap(),
        given.int32("recallInterval").unwrap(),
        given.int32("recallNum").unwrap(),
        given.int64("recallType").unwrap().into(),
    );
    match given.list("nodeList") {
        Some(nodes) => update.node_list(nodes.iter().map(build_node).collect::<Vec<_>>()),
        None => update,
    }
}

fn build_query(json: &Value) -> GroupCallQuery {
    let given = Members(json);
    let params = Members(&json["params"]);
    let mut query = GroupCallQuery::new(params.time("strTime"), params.time("endTime"))
        .current(given.int32("current").unwrap())
        .size(given.int32("size").unwrap())
        .task_type(TaskType::from_number(params.int64("taskType").unwrap()));
    if let Some(statuses) = params.list("statusList") {
        let statuses = statuses.iter().map(|status| TaskStatus::from(status.as_i64().unwrap()));
        query = query.status_list(statuses.collect::<Vec<_>>());
    }
    query = set_some(query, params.int64("idxAppId"), GroupCallQuery::idx_app_id);
    set_some(query, params.text("searchCondition"), GroupCallQuery::search_condition)
}

fn build_node(json: &Value) -> RecallNode {
    let given = Members(json);
    let mut node = match given.int64("source").map(VoiceSource::from) {
        Some(VoiceSource::TextToSpeech) if given.text("lan").is_some() && given.text("text").is_some() => {
            RecallNode::text_to_speech(given.text("text").unwrap(), given.text("lan").unwrap())
        }
        source => {
            let mut node = RecallNode::uploaded("").source(source.unwrap());
            node.voice_file_id = None;
            node
        }
    };
    // The setter takes bytes, so it cannot set text that is not base64.
    node.base_file = given.text("baseFile").map(str::to_owned);
    node = set_some(node, given.text("voiceFileId"), RecallNode::voice_file_id);
    node = set_some(node, given.text("voiceFileName"), RecallNode::voice_file_name);
    node = set_some(node, given.text("uploadName"), RecallNode::upload_name);
    node = set_some(node, given.text("text"), RecallNode::text);
    node = set_some(node, given.text("lan"), RecallNode::lan);
    node = set_some(node, json["speakingRate"].as_f64(), RecallNode::speaking_rate);
    node = set_some(node, given.int64("ssmlGender").map(VoiceGender::from), RecallNode::ssml_gender);
    node = set_some(node, given.int32("accent"), RecallNode::accent);
    node = set_some(node, given.flag("hangUpSms"), RecallNode::hang_up_sms);
    node = set_some(node, given.int64("idxSmsAppId"), RecallNode::idx_sms_app_id);
    node = set_some(node, given.text("smsContent"), RecallNode::sms_content);
    node = set_some(node, given.text("senderId"), RecallNode::sender_id);
    node = set_some(node, given.flag("feedbackPush"), RecallNode::feedback_push);
    node = set_some(node, given.text("feedbackValue"), RecallNode::feedback_value);
    node = set_some(node, given.flag("successPush"), RecallNode::success_push);
    node = set_some(node, given.int32("successPushTime"), RecallNode::success_push_time);
    node = set_some(node, given.flag("failedPush"), RecallNode::failed_push);
    node = set_some(node, given.flag("ringPush"), RecallNode::ring_push);
    node = set_some(node, given.flag("toSeat"), RecallNode::to_seat);
    node = set_some(node, given.int64("sipGroupId"), RecallNode::sip_group_id);
    node = set_some(node, given.int64("outboundControl").map(OutboundControl::from), RecallNode::outbound_control);
    node = set_some(node, given.int32("calloutRate"), RecallNode::callout_rate);
    node = set_some(node, given.int64("toSeatType").map(SeatTransfer::from), RecallNode::to_seat_type);
    node = set_some(node, given.text("toSeatKey"), RecallNode::to_seat_key);
    set_some(node, given.int32("delayTransfer"), RecallNode::delay_transfer)
}

/// Calls a setter if there is a value.
fn set_some<T, V>(request: T, value: Option<V>, set: impl FnOnce(T, V) -> T) -> T {
    match value {
        Some(value) => set(request, value),
        None => request,
    }
}
