//! The requests and responses of the benchmark.

use recallflow::{
    GroupCallQuery, LocalDateTime, OutboundControl, RecallNode, RecallType, SeatTransfer, UpdateRecallFlow, VoiceGender,
};

/// Records of a page.
pub(crate) const RECORDS: usize = 100;

/// Pages of the list that is read as a whole.
pub(crate) const PAGES: usize = 20;

/// The beginning of paths whose responses are late, as over a long distance.
pub(crate) const DISTANT: &str = "/distant";

pub(crate) const API_KEY: &str = "bDqJFiq9";
pub(crate) const API_SECRET: &str = "7bz1lzh9";

pub(crate) const UPDATE_PATH: &str = "/voice/recallFlow/update";
pub(crate) const QUERY_PATH: &str = "/voice/group/call/query";

/// The response to an update.
pub(crate) const SMALL: &str = r#"{"code":0,"msg":"success","data":null}"#;

pub(crate) const KEY_ID: i64 = 299;
pub(crate) const VOICE_FILE_ID: &str = "120250811103439c1901f4c53b691b419ad8a143b.wav";
pub(crate) const STR_TIME: &str = "2024-01-01 00:00:00";
pub(crate) const END_TIME: &str = "2024-06-03 15:13:01";

/// Returns a page of group calls like the documented one, with the numbers of larger campaigns.
pub(crate) fn page_response() -> String {
    page_of_list(1, 574, 6)
}

/// Returns the page of this number of a list that is read as a whole.
pub(crate) fn list_response(number: usize) -> String {
    page_of_list(number, PAGES * RECORDS, PAGES)
}

fn page_of_list(number: usize, total: usize, pages: usize) -> String {
    let first = (number - 1) * RECORDS;
    let records: Vec<String> = (first..first + RECORDS).map(record_json).collect();
    format!(
        r#"{{"code":0,"msg":"success","data":{{"records":[{}],"total":{total},"size":100,"current":{number},"searchCount":true,"pages":{pages}}}}}"#,
        records.join(",")
    )
}

fn record_json(index: usize) -> String {
    let (id, minute, called) = (5_000_602 + index * 17, index % 60, 10_000 + index * 37);
    let (answered, failed, cents) = (called * 8 / 10, called - called * 8 / 10, called * 3);
    format!(
        concat!(
            r#"{{"taskId":{id},"taskName":"2024-06-04 14:{minute:02}:17-agent-Recordatorio de cita previa n.º {index}","status":2,"#,
            r#""rate":"100","numCnt":{called},"callNum":{called},"success":{answered},"fail":{failed},"#,
            r#""createdTime":"2024-06-04 14:{minute:02}:36","scriptId":56,"taskType":3,"answeredNum":{answered},"asr":"80","#,
            r#""agentTotalFeetime":{cents},"agentFee":"{cents}.125000","chargeLen":{cents},"acd":"60s","#,
            r#""groupCallPayFee":"{cents}.034827(USD)","smsPayFee":"0(USD)","taskSumPayFee":"{cents}.159827(USD)","#,
            r#""sendSmsNum":{failed}}}"#
        ),
        id = id,
        index = index,
        minute = minute,
        called = called,
        answered = answered,
        failed = failed,
        cents = cents,
    )
}

/// Returns an update of a flow with one node.
pub(crate) fn update_request() -> UpdateRecallFlow {
    UpdateRecallFlow::new(KEY_ID, 30, 1, RecallType::All).node_list([RecallNode::uploaded(VOICE_FILE_ID)])
}

/// Returns the query of a page.
pub(crate) fn page_query() -> GroupCallQuery {
    let time = |text: &str| text.parse::<LocalDateTime>().expect("the constant is a valid time");
    GroupCallQuery::new(time(STR_TIME), time(END_TIME))
}

/// Returns a node with every field set.
pub(crate) fn full_node() -> RecallNode {
    RecallNode::text_to_speech("Hello, your appointment is tomorrow at nine.", "en-US")
        .voice_file_id(VOICE_FILE_ID)
        .voice_file_name("appointment.wav")
        .upload_name("appointment.wav")
        .base_file("UklGRi4uLi5XQVZFZm10IA==")
        .speaking_rate(1.25)
        .ssml_gender(VoiceGender::Female)
        .accent(1)
        .hang_up_sms(true)
        .idx_sms_app_id(7)
        .sms_content("Your appointment: ${text1} at ${text2}")
        .sender_id("Clinic")
        .feedback_push(true)
        .feedback_value("1")
        .success_push(true)
        .success_push_time(10)
        .failed_push(true)
        .ring_push(true)
        .to_seat(true)
        .sip_group_id(12)
        .outbound_control(OutboundControl::VALUES[0])
        .callout_rate(50)
        .to_seat_type(SeatTransfer::Keypress)
        .to_seat_key("1")
        .delay_transfer(3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain;

    #[test]
    fn the_page_decodes_alike_into_types_of_the_client_and_derived_ones() {
        let text = page_response();
        assert!((44_000..50_000).contains(&text.len()), "{}", text.len());
        let ours: plain::PlainEnvelope<recallflow::GroupCallPage> = serde_json::from_str(&text).unwrap();
        let theirs: plain::PlainEnvelope<plain::PlainPage> = serde_json::from_str(&text).unwrap();
        let (ours, theirs) = (ours.data.unwrap(), theirs.data.unwrap());
        assert_eq!(ours.records.len(), RECORDS);
        assert!(ours.records.iter().all(|record| record.extra.is_empty()));
        for (ours, theirs) in ours.records.iter().zip(&theirs.records) {
            assert_eq!(ours.task_id, Some(theirs.task_id));
            assert_eq!(ours.task_sum_pay_fee.as_ref(), Some(&theirs.task_sum_pay_fee));
        }
    }

    #[test]
    fn the_requests_are_valid_and_alike_in_types_of_the_client_and_derived_ones() {
        assert_eq!(
            serde_json::to_value(update_request()).unwrap(),
            serde_json::to_value(plain::PlainUpdate::fixture()).unwrap()
        );
        assert_eq!(
            serde_json::to_value(page_query()).unwrap(),
            serde_json::to_value(plain::PlainQuery::fixture()).unwrap()
        );
        assert!(update_request().validate().is_empty());
        assert!(page_query().validate().is_empty());
        assert!(full_node().validate().is_empty());
        let fields = serde_json::to_value(full_node()).unwrap();
        assert_eq!(fields.as_object().unwrap().len(), 27);
    }
}
