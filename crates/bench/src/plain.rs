//! Derived, owned types as a competent user writes them, for the documented fields only.

use serde::{Deserialize, Serialize};

use crate::fixture::{END_TIME, KEY_ID, STR_TIME, VOICE_FILE_ID};

/// The envelope of every response.
#[derive(Deserialize)]
pub(crate) struct PlainEnvelope<T> {
    pub(crate) code: i64,
    pub(crate) msg: String,
    pub(crate) data: Option<T>,
}

impl<T> PlainEnvelope<T> {
    /// Returns the data of a success.
    pub(crate) fn open(self) -> Result<Option<T>, String> {
        if self.code == 0 { Ok(self.data) } else { Err(format!("{}: {}", self.code, self.msg)) }
    }
}

/// A page of tasks.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "decoding the fields is measured, not using them")]
pub(crate) struct PlainPage {
    pub(crate) records: Vec<PlainTask>,
    pub(crate) total: i64,
    pub(crate) size: i64,
    pub(crate) current: i64,
    pub(crate) search_count: bool,
    pub(crate) pages: i64,
}

/// A task.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "decoding the fields is measured, not using them")]
pub(crate) struct PlainTask {
    pub(crate) task_id: i64,
    pub(crate) task_name: String,
    pub(crate) status: i32,
    pub(crate) rate: String,
    pub(crate) num_cnt: i64,
    pub(crate) call_num: i64,
    pub(crate) success: i64,
    pub(crate) fail: i64,
    pub(crate) created_time: String,
    pub(crate) script_id: i64,
    pub(crate) task_type: i32,
    pub(crate) answered_num: i64,
    pub(crate) asr: String,
    pub(crate) agent_total_feetime: i64,
    pub(crate) agent_fee: String,
    pub(crate) charge_len: i64,
    pub(crate) acd: String,
    pub(crate) group_call_pay_fee: String,
    pub(crate) sms_pay_fee: String,
    pub(crate) task_sum_pay_fee: String,
    pub(crate) send_sms_num: i64,
}

/// An update of a flow.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlainUpdate {
    key_id: i64,
    recall_interval: i32,
    recall_num: i32,
    recall_type: i32,
    node_list: Vec<PlainNode>,
}

/// A node of a flow.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlainNode {
    source: i32,
    voice_file_id: String,
    hang_up_sms: i32,
    to_seat: i32,
}

impl PlainUpdate {
    /// Returns the same update as [`crate::fixture::update_request`].
    pub(crate) fn fixture() -> Self {
        let node = PlainNode { source: 1, voice_file_id: VOICE_FILE_ID.to_owned(), hang_up_sms: 0, to_seat: 0 };
        Self { key_id: KEY_ID, recall_interval: 30, recall_num: 1, recall_type: 0, node_list: vec![node] }
    }
}

/// A query for tasks.
#[derive(Clone, Serialize)]
pub(crate) struct PlainQuery {
    current: i32,
    size: i32,
    params: PlainParams,
}

impl PlainQuery {
    pub(crate) fn set_page(&mut self, number: i32) {
        self.current = number;
    }
}

/// The time range of a [`PlainQuery`].
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct PlainParams {
    str_time: String,
    end_time: String,
    task_type: i32,
}

impl PlainQuery {
    /// Returns the same query as [`crate::fixture::page_query`].
    pub(crate) fn fixture() -> Self {
        let params = PlainParams { str_time: STR_TIME.to_owned(), end_time: END_TIME.to_owned(), task_type: 3 };
        Self { current: 1, size: 100, params }
    }
}
