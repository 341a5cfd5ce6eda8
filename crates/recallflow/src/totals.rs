//! Totals of the fees of many tasks.

use std::collections::BTreeMap;

use crate::generated::responses::{GroupCallTask, Totals};

/// Totals the fees of group-call tasks by currency, and counts the fees that could not be parsed.
///
/// ```
/// # let tasks: Vec<recallflow::GroupCallTask> =
/// #     serde_json::from_str(r#"[{"taskSumPayFee": "0.1(USD)"}, {"taskSumPayFee": "0.2(USD)"}]"#).unwrap();
/// let totals = recallflow::totals(&tasks);
/// assert_eq!(totals.task_sum_pay_fee.amount("USD").to_string(), "0.3");
/// ```
pub fn totals<'a>(tasks: impl IntoIterator<Item = &'a GroupCallTask>) -> Totals {
    let mut totals = Totals::default();
    for task in tasks {
        totals.add(task);
    }
    totals
}

/// Totals the fees of group-call tasks for each day of their `created_time`, as [`totals`] does for all.
///
/// A day is `yyyy-MM-dd`, as the service's clock shows it. Tasks without a time are under the empty name.
///
/// ```
/// # let tasks: Vec<recallflow::GroupCallTask> = serde_json::from_str(
/// #     r#"[{"createdTime": "2024-05-01 10:00:00", "taskSumPayFee": "0.1(USD)"}]"#).unwrap();
/// for (day, totals) in recallflow::totals_by_day(&tasks) {
///     println!("{day} {}", totals.task_sum_pay_fee); // 2024-05-01 0.1(USD)
/// }
/// ```
pub fn totals_by_day<'a>(tasks: impl IntoIterator<Item = &'a GroupCallTask>) -> BTreeMap<String, Totals> {
    let mut days = BTreeMap::<String, Totals>::new();
    for task in tasks {
        let day = task.created_time.map(|time| time.to_string()[..10].to_owned()).unwrap_or_default();
        days.entry(day).or_default().add(task);
    }
    days
}
