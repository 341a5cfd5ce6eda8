//! `recallflow tasks totals`, and the sums of reports and workbooks.

use std::collections::BTreeMap;

use clap::ValueEnum;
use recallflow::{Amount, GroupCallTask, TaskStatus, Totals};
use serde_json::{Value, json};

use super::selection::{Selection, refuse_drift};
use crate::account::Connection;
use crate::failure::Failure;
use crate::output::{Format, Output, print_text};

/// What tasks have in common that are summed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Grouping {
    /// The day on which they were created
    Day,
    /// Their state
    Status,
    /// Their name
    Name,
    /// The currency of their cost
    Currency,
}

impl Grouping {
    /// Returns the name of the column.
    fn column(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Status => "status",
            Self::Name => "name",
            Self::Currency => "currency",
        }
    }

    fn key(self, task: &GroupCallTask) -> String {
        match self {
            Self::Day => task.created_time.map(|time| time.to_string()[..10].to_owned()),
            Self::Status => task.status.map(name_of_status),
            Self::Name => task.task_name.clone(),
            Self::Currency => task.cost().and_then(|cost| cost.currency),
        }
        .unwrap_or_default()
    }
}

/// Returns the name of a state, or the number of one that this version does not know.
pub(super) fn name_of_status(status: TaskStatus) -> String {
    status.name().map_or_else(|| status.number().to_string(), str::to_owned)
}

/// The columns of every sum.
pub(super) const COLUMNS: [&str; 11] = [
    "tasks",
    "numbers",
    "calls",
    "answered",
    "answer_rate",
    "sms",
    "cost",
    "currency",
    "cost_per_answered",
    "unreadable_fees",
    "missing_fees",
];

/// The sum of some tasks.
#[derive(Default)]
struct Sum {
    tasks: u64,
    numbers: i64,
    calls: i64,
    answered: i64,
    sms: i64,
    fees: Totals,
}

impl Sum {
    fn add(&mut self, task: &GroupCallTask) {
        let add = |sum: &mut i64, number: Option<i64>| *sum = sum.saturating_add(number.unwrap_or_default());
        self.tasks += 1;
        add(&mut self.numbers, task.num_cnt);
        add(&mut self.calls, task.call_num);
        add(&mut self.answered, task.answered_num);
        add(&mut self.sms, task.send_sms_num);
        self.fees.add(task);
    }

    /// Returns the values of [`COLUMNS`]. The cost is null if no fee could be read.
    fn cells(&self, currency: Option<&str>) -> Vec<Value> {
        let fee = &self.fees.task_sum_pay_fee;
        let cost = fee.amounts.get(&currency.map(str::to_owned)).copied().map(Amount::to_f64);
        vec![
            self.tasks.into(),
            self.numbers.into(),
            self.calls.into(),
            self.answered.into(),
            ratio(100 * i128::from(self.answered), self.calls, 1),
            self.sms.into(),
            json!(cost),
            json!(currency),
            json!(cost.filter(|_| self.answered > 0).map(|cost| round(cost / to_f64(self.answered.into()), 6))),
            fee.unreadable.into(),
            fee.missing.into(),
        ]
    }
}

/// The sums of tasks by a group and by the currency of their cost. Each task is part of one of them.
pub(super) struct Sums {
    by: Option<Grouping>,
    sums: BTreeMap<(String, Option<String>), Sum>,
}

impl Sums {
    pub(super) fn new(by: Option<Grouping>) -> Self {
        Self { by, sums: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, task: &GroupCallTask) {
        let group = self.by.map(|by| by.key(task)).unwrap_or_default();
        let currency = task.cost().and_then(|cost| cost.currency);
        self.sums.entry((group, currency)).or_default().add(task);
    }

    /// Returns the names of the columns.
    pub(super) fn columns(&self) -> Vec<&'static str> {
        // The currency is a column of each sum.
        let group = self.by.filter(|by| *by != Grouping::Currency).map(Grouping::column);
        group.into_iter().chain(COLUMNS).collect()
    }

    /// Returns a row for each sum, in the order of the groups.
    pub(super) fn rows(&self) -> Vec<Vec<Value>> {
        let has_group = self.columns().len() > COLUMNS.len();
        let row = |((group, currency), sum): (&(String, Option<String>), &Sum)| {
            let group = has_group.then(|| if group.is_empty() { Value::Null } else { group.as_str().into() });
            group.into_iter().chain(sum.cells(currency.as_deref())).collect()
        };
        self.sums.iter().map(row).collect()
    }
}

/// Returns a quotient with some digits after the point; null if it does not exist.
fn ratio(number: i128, divisor: i64, digits: i32) -> Value {
    if divisor > 0 { json!(round(to_f64(number) / to_f64(divisor.into()), digits)) } else { Value::Null }
}

fn round(number: f64, digits: i32) -> f64 {
    let unit = 10_f64.powi(digits);
    (number * unit).round() / unit
}

#[expect(clippy::cast_precision_loss, reason = "no sum of calls has so many digits")]
fn to_f64(number: i128) -> f64 {
    number as f64
}

pub(super) async fn run(
    connection: &Connection,
    output: Output,
    selection: Selection,
    by: Option<Grouping>,
) -> Result<(), Failure> {
    let mut sums = Sums::new(by);
    let drift = selection
        .read(connection, |task| {
            sums.add(&task);
            Ok(true)
        })
        .await?;
    super::print_rows(output, &sums.columns(), sums.rows())?;
    if output.format == Format::Table {
        print_text(&format!("\n{selection}"))?;
    }
    refuse_drift(drift)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn task(day: u8, calls: i64, answered: i64, micros: Option<i64>, currency: bool) -> GroupCallTask {
        let cost = micros.map(|micros| {
            format!("{}.{:06}{}", micros / 1_000_000, micros % 1_000_000, if currency { "(USD)" } else { "(EUR)" })
        });
        let task = json!({
            "taskName": "x", "createdTime": format!("2024-05-{day:02} 10:00:00"), "callNum": calls,
            "answeredNum": answered, "taskSumPayFee": cost,
        });
        serde_json::from_value(task).unwrap()
    }

    type Parts = (u8, i64, i64, Option<i64>, bool);

    proptest! {
        #[test]
        fn the_sums_of_all_groups_are_a_plain_sum(
            parts in prop::collection::vec(
                (1u8..=31, 0i64..1000, 0i64..1000, prop::option::of(0i64..1_000_000_000), any::<bool>()), 0..60,
            ),
            by in prop::sample::select(vec![
                None, Some(Grouping::Day), Some(Grouping::Status), Some(Grouping::Name), Some(Grouping::Currency),
            ]),
        ) {
            let mut sums = Sums::new(by);
            for &(day, calls, answered, micros, currency) in &parts {
                sums.add(&task(day, calls, answered, micros, currency));
            }
            let plain = |number: fn(&Parts) -> i64| parts.iter().map(number).sum::<i64>();
            let columns = sums.columns();
            let rows = sums.rows();
            let column = |name: &str| columns.iter().position(|column| *column == name).unwrap();
            let sum = |name: &str| rows.iter().filter_map(|row| row[column(name)].as_i64()).sum::<i64>();
            prop_assert_eq!(sum("tasks"), i64::try_from(parts.len()).unwrap());
            prop_assert_eq!(sum("calls"), plain(|parts| parts.1));
            prop_assert_eq!(sum("answered"), plain(|parts| parts.2));
            prop_assert_eq!(sum("missing_fees"), plain(|parts| i64::from(parts.3.is_none())));
            for (currency, is_first) in [("USD", true), ("EUR", false)] {
                let costs = rows.iter().filter(|row| row[column("currency")] == currency);
                #[expect(clippy::cast_possible_truncation, reason = "it has six digits after the point")]
                let cost = costs.filter_map(|row| row[column("cost")].as_f64())
                    .map(|cost| (cost * 1e6).round() as i64).sum::<i64>();
                let of_currency = parts.iter().filter(|parts| parts.4 == is_first);
                prop_assert_eq!(cost, of_currency.filter_map(|parts| parts.3).sum::<i64>());
            }
        }
    }

    #[test]
    fn a_sum_has_rates_and_counts_fees_that_cannot_be_read() {
        let mut sums = Sums::new(None);
        sums.add(&task(1, 10, 4, Some(2_000_000), true));
        sums.add(&serde_json::from_value(json!({ "taskSumPayFee": "free", "answeredNum": 1 })).unwrap());
        let rows: Vec<Value> = sums
            .rows()
            .into_iter()
            .map(|row| sums.columns().into_iter().map(str::to_owned).zip(row).collect())
            .collect();
        let unreadable = &rows[0];
        assert_eq!((&unreadable["cost"], &unreadable["currency"]), (&Value::Null, &Value::Null));
        assert_eq!((&unreadable["unreadable_fees"], &unreadable["answer_rate"]), (&json!(1), &Value::Null));
        let readable = &rows[1];
        assert_eq!((&readable["cost"], &readable["currency"]), (&json!(2.0), &json!("USD")));
        assert_eq!((&readable["answer_rate"], &readable["cost_per_answered"]), (&json!(40.0), &json!(0.5)));
    }
}
