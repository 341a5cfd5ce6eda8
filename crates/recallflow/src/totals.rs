//! Totals of the fees of many tasks.

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
