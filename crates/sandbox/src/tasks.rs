//! The group-call tasks of the sandbox: their progress, and the pages that a query selects.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::clock::civil;
use crate::generated::protocol::SeedTask;
use crate::json::integer;
use crate::progress::{Moment, Schedule, Stage};

/// Maximum number of phone numbers of a task, above which its figures would overflow.
const MAX_NUMBERS: i64 = 1_000_000_000;

/// The only type of task that a query can select.
const TASK_TYPE: i64 = 3;

/// The states in which a task makes progress, and the one that it ends in.
const WAITING: i64 = 0;
const CALLING: i64 = 1;
const FINISHED: i64 = 2;
const SUBMITTING: i64 = 6;

/// How many of a task's phone numbers were called and reached. The other figures follow from these.
#[derive(Clone, Copy)]
pub(crate) struct TaskCounts {
    pub(crate) numbers: i64,
    pub(crate) called: i64,
    pub(crate) succeeded: i64,
}

impl TaskCounts {
    /// Returns the fields of a record that follow from the counts, with the prices of the documents' example. The ratio
    /// and duration of a task that reached no number are null.
    pub(crate) fn figures(self) -> Map<String, Value> {
        let Self { numbers, called, succeeded } = self;
        let (agent_fee, call_fee) = (succeeded * 125_000 / 8, succeeded * 34_827 / 8);
        let reached = |text: String| if succeeded > 0 { Value::from(text) } else { Value::Null };
        let record = json!({
            "rate": (called * 100 / numbers.max(1)).to_string(),
            "numCnt": numbers,
            "callNum": called,
            "success": succeeded,
            "fail": called - succeeded,
            "answeredNum": succeeded,
            "asr": reached((succeeded * 100 / called.max(1)).to_string()),
            "agentTotalFeetime": succeeded * 40,
            "agentFee": millionths(agent_fee),
            "chargeLen": succeeded * 60,
            "acd": reached("60s".to_owned()),
            "groupCallPayFee": format!("{}(USD)", millionths(call_fee)),
            "smsPayFee": "0(USD)",
            "taskSumPayFee": format!("{}(USD)", millionths(agent_fee + call_fee)),
            "sendSmsNum": 0,
        });
        if let Value::Object(record) = record { record } else { Map::new() }
    }
}

/// Formats an amount with six decimals.
fn millionths(amount: i64) -> String {
    format!("{}.{:06}", amount / 1_000_000, amount % 1_000_000)
}

/// A task of a running sandbox.
#[derive(Clone)]
pub(crate) struct Task {
    seed: SeedTask,
    schedule: Schedule,
}

impl Task {
    /// Returns the record that a response shows at this time.
    fn record_at(&self, moment: Moment) -> Cow<'_, Map<String, Value>> {
        let record = &self.seed.record;
        let status = record.get("status").and_then(integer);
        let has_begun = status == Some(CALLING);
        // A schedule counts from the first call, and else the calls that were already made are kept.
        let made = |name: &str| match self.seed.progress {
            Some(_) => 0,
            None => record.get(name).and_then(integer).unwrap_or_default(),
        };
        let stage = self.schedule.stage_at(moment, has_begun);
        if self.seed.progress.is_none()
            && (stage == Stage::Waiting || !matches!(status, Some(WAITING | CALLING | SUBMITTING)))
        {
            return Cow::Borrowed(record);
        }
        let numbers = record.get("numCnt").and_then(integer).unwrap_or(100).clamp(0, MAX_NUMBERS);
        let rest = (numbers - made("callNum")).max(0);
        let (status, called) = match stage {
            Stage::Waiting => (WAITING, 0),
            Stage::Calling { elapsed, lasts } => (CALLING, rest * elapsed / lasts),
            Stage::Finished => (FINISHED, rest),
        };
        let counts =
            TaskCounts { numbers, called: made("callNum") + called, succeeded: made("success") + called * 8 / 10 };
        let mut record = record.clone();
        record.extend(counts.figures());
        record.insert("status".to_owned(), status.into());
        if let Some(begin) = self.schedule.begin() {
            record.entry("createdTime").or_insert_with(|| civil(begin).into());
        }
        Cow::Owned(record)
    }
}

/// All tasks.
#[derive(Default)]
pub(crate) struct Tasks {
    tasks: Vec<Task>,
}

/// The filters of a query.
struct Selection<'a> {
    from: &'a str,
    to: &'a str,
    task_type: Option<i64>,
    statuses: Vec<i64>,
    app_id: Option<i64>,
    search: String,
}

impl<'a> Selection<'a> {
    fn new(params: &'a Value) -> Self {
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        Self {
            from: text("strTime"),
            to: text("endTime"),
            task_type: integer(&params["taskType"]),
            statuses: params["statusList"].as_array().into_iter().flatten().filter_map(integer).collect(),
            app_id: integer(&params["idxAppId"]),
            search: text("searchCondition").to_lowercase(),
        }
    }

    /// Returns whether a task is selected. Both ends of the time span are included.
    fn selects(&self, task: &SeedTask, record: &Map<String, Value>, filed_at: &str) -> bool {
        let number = |name: &str| record.get(name).and_then(integer);
        let contains = |text: Option<&str>| text.is_some_and(|text| text.to_lowercase().contains(&self.search));
        (self.from..=self.to).contains(&filed_at)
            && (self.task_type.is_none() || self.task_type == number("taskType"))
            && (self.statuses.is_empty() || number("status").is_some_and(|status| self.statuses.contains(&status)))
            && (self.app_id.is_none() || self.app_id == task.app_id)
            && (self.search.is_empty()
                || contains(record.get("taskName").and_then(Value::as_str))
                || contains(task.audio.as_deref()))
    }
}

impl Tasks {
    /// Creates the tasks of a seed.
    pub(crate) fn new(tasks: &[SeedTask], moment: Moment) -> Self {
        let mut all = Self { tasks: Vec::with_capacity(tasks.len()) };
        for task in tasks {
            all.insert(task.clone(), moment);
        }
        all
    }

    /// Adds a task. A missing type or time is filled in, because queries would not find the task.
    pub(crate) fn insert(&mut self, mut seed: SeedTask, moment: Moment) {
        let mut fill_in = |name: &str, value: Value| {
            if seed.record.get(name).is_none_or(Value::is_null) {
                seed.record.insert(name.to_owned(), value);
            }
        };
        fill_in("taskType", TASK_TYPE.into());
        if seed.filed_at.is_none() && seed.progress.is_none() {
            fill_in("createdTime", civil(moment.now).into());
        }
        let schedule = Schedule::new(seed.progress, moment);
        self.tasks.push(Task { seed, schedule });
    }

    /// Returns all tasks as a seed. The record of a task with `progress` stays, which describes the rest.
    pub(crate) fn to_seed(&self, moment: Moment) -> Vec<SeedTask> {
        let seed = |task: &Task| match task.seed.progress {
            Some(_) => task.seed.clone(),
            None => SeedTask { record: task.record_at(moment).into_owned(), ..task.seed.clone() },
        };
        self.tasks.iter().map(seed).collect()
    }

    /// Returns the records that a query selects, the newest first.
    pub(crate) fn select(&self, params: &Value, moment: Moment) -> Vec<Cow<'_, Map<String, Value>>> {
        let selection = Selection::new(params);
        let mut found = Vec::new();
        for task in &self.tasks {
            let record = task.record_at(moment);
            let created = record.get("createdTime").and_then(Value::as_str);
            let filed_at = task.seed.filed_at.as_deref().or(created).unwrap_or_default().to_owned();
            if selection.selects(&task.seed, &record, &filed_at) {
                found.push((filed_at, record.get("taskId").and_then(integer), record));
            }
        }
        found.sort_by(|(left_time, left_id, _), (right_time, right_id, _)| {
            (right_time, right_id).cmp(&(left_time, left_id))
        });
        found.into_iter().map(|(_, _, record)| record).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Tasks;
    use crate::generated::protocol::{Progress, SeedTask};
    use crate::progress::Moment;

    fn tasks(count: i64) -> Tasks {
        let task = |id: i64| {
            let record = json!({ "taskId": id, "taskType": 3, "status": id % 2, "taskName": format!("Name {id}"),
                "createdTime": format!("2024-01-01 00:00:{id:02}") });
            let Value::Object(record) = record else { unreachable!("it is an object") };
            let audio = Some("hello.wav".to_owned());
            SeedTask { record, filed_at: None, app_id: Some(id % 3), audio, progress: None }
        };
        Tasks::new(&(1..=count).map(task).collect::<Vec<_>>(), Moment::default())
    }

    /// Returns the IDs of the selected tasks of seven.
    fn ids(params: &Value) -> Vec<i64> {
        let mut all = json!({ "strTime": "2024-01-01 00:00:00", "endTime": "2024-01-02 00:00:00", "taskType": 3 });
        all.as_object_mut().expect("it is an object").extend(params.as_object().expect("it is an object").clone());
        tasks(7).select(&all, Moment::default()).iter().filter_map(|record| record["taskId"].as_i64()).collect()
    }

    #[test]
    fn a_filter_selects_tasks_the_newest_first() {
        let cases = [
            (json!({}), vec![7, 6, 5, 4, 3, 2, 1]),
            (json!({ "statusList": [1] }), vec![7, 5, 3, 1]),
            (json!({ "statusList": [0, 1] }), vec![7, 6, 5, 4, 3, 2, 1]),
            (json!({ "idxAppId": 1 }), vec![7, 4, 1]),
            (json!({ "searchCondition": "name 4" }), vec![4]),
            (json!({ "searchCondition": "HELLO" }), vec![7, 6, 5, 4, 3, 2, 1]),
            (json!({ "searchCondition": "missing" }), vec![]),
            (json!({ "strTime": "2024-01-01 00:00:06" }), vec![7, 6]),
            (json!({ "endTime": "2024-01-01 00:00:02" }), vec![2, 1]),
            (json!({ "taskType": 1 }), vec![]),
        ];
        for (params, expected) in cases {
            assert_eq!(ids(&params), expected, "{params}");
        }
    }

    /// Returns the tasks with one that has this record and progress, added at 1000.
    fn one(record: Value, progress: Option<Progress>) -> Tasks {
        let Value::Object(record) = record else { unreachable!("it is an object") };
        let task = SeedTask { record, filed_at: None, app_id: None, audio: None, progress };
        Tasks::new(&[task], Moment { now: 1000, advanced: 0 })
    }

    /// Returns status, rate, calls and successes of the only task.
    fn shown(tasks: &Tasks, now: i64, advanced: i64) -> [Value; 4] {
        let record = tasks.tasks[0].record_at(Moment { now: now + advanced, advanced });
        ["status", "rate", "callNum", "success"].map(|name| record.get(name).cloned().unwrap_or_default())
    }

    #[test]
    fn a_task_makes_progress_with_the_clock() {
        let tasks = one(json!({ "taskId": 1, "numCnt": 200 }), Some(Progress { starts_after: 10, lasts: 100 }));
        assert_eq!(shown(&tasks, 1000, 0), [json!(0), json!("0"), json!(0), json!(0)]);
        assert_eq!(shown(&tasks, 1010, 0), [json!(1), json!("0"), json!(0), json!(0)]);
        assert_eq!(shown(&tasks, 1000, 60), [json!(1), json!("50"), json!(100), json!(80)]);
        assert_eq!(shown(&tasks, 1110, 0), [json!(2), json!("100"), json!(200), json!(160)]);
        assert_eq!(tasks.tasks[0].record_at(Moment::default())["createdTime"], "1970-01-01 00:16:50");
    }

    #[test]
    fn a_task_without_progress_changes_only_when_time_passes() {
        let tasks = one(json!({ "status": 1, "numCnt": 200, "callNum": 100, "success": 90 }), None);
        let before = [json!(1), json!(null), json!(100), json!(90)];
        assert_eq!(shown(&tasks, 5_000_000, 0)[0], before[0]);
        assert_eq!(shown(&tasks, 1000, 300), [json!(1), json!("75"), json!(150), json!(130)]);
        assert_eq!(shown(&tasks, 1000, 600), [json!(2), json!("100"), json!(200), json!(170)]);
    }

    #[test]
    fn a_waiting_task_begins_after_a_minute_and_final_states_stay() {
        for status in [0, 6] {
            let tasks = one(json!({ "status": status, "numCnt": 10 }), None);
            let states = [59, 60, 659, 660].map(|advanced| shown(&tasks, 1000, advanced)[0].clone());
            assert_eq!(states, [json!(status), json!(1), json!(1), json!(2)]);
        }
        for status in 2..=5 {
            let tasks = one(json!({ "status": status, "numCnt": 10, "callNum": 3 }), None);
            assert_eq!(shown(&tasks, 1000, 100_000), [json!(status), json!(null), json!(3), json!(null)]);
        }
    }
}
