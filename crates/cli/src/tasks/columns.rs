//! The columns of tables of tasks: their names, and the order of their values.

use std::cmp::Ordering;

use clap::Args;
use recallflow::{Column, ColumnType, GroupCallTask, RowValue, TableRow, ToRow};
use serde_json::Value;

use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct ColumnArguments {
    /// Columns in their order, separated by commas, such as name,cost,currency
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Vec<String>,
}

impl ColumnArguments {
    /// Returns the named columns; if none is named, all or the short selection for readers.
    pub(super) fn resolve(&self, all: bool) -> Result<Vec<&'static Column>, Failure> {
        match (self.columns.as_slice(), all) {
            ([], true) => Ok(GroupCallTask::columns().iter().collect()),
            ([], false) => find_all(&SHORT),
            (names, _) => find_all(names),
        }
    }
}

/// The columns of a table that names none.
pub(super) const SHORT: [&str; 8] = [
    "task_id",
    "task_name",
    "status",
    "created_time",
    "num_cnt",
    "answered_num",
    "task_sum_pay_fee",
    "task_sum_pay_fee_currency",
];

/// Short names of columns.
const ALIASES: [(&str, &str); 8] = [
    ("id", "task_id"),
    ("name", "task_name"),
    ("created", "created_time"),
    ("numbers", "num_cnt"),
    ("calls", "call_num"),
    ("answered", "answered_num"),
    ("cost", "task_sum_pay_fee"),
    ("currency", "task_sum_pay_fee_currency"),
];

/// Returns the column with a name or a short name.
pub(super) fn find(name: &str) -> Result<&'static Column, Failure> {
    let name = name.trim();
    let full = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, full)| full);
    let columns = GroupCallTask::columns();
    columns.iter().find(|column| column.name == full).ok_or_else(|| {
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        Failure::Usage(format!("there is no column `{name}`; use cost, {}", names.join(", ")))
    })
}

/// Returns the columns with these names.
pub(super) fn find_all(names: &[impl AsRef<str>]) -> Result<Vec<&'static Column>, Failure> {
    names.iter().map(|name| find(name.as_ref())).collect()
}

/// Returns the values of a row in these columns as JSON.
pub(super) fn cells(row: &TableRow, columns: &[&Column]) -> Vec<Value> {
    // Every value has a JSON form.
    let cell = |column: &&Column| row.get(&column.name).and_then(|value| serde_json::to_value(value).ok());
    columns.iter().map(|column| cell(column).unwrap_or_default()).collect()
}

/// Sorts rows by a column: the largest number, the earliest time, or the first text first, and rows without a value
/// last. Amounts of each currency are together, because they cannot be compared with others.
pub(super) fn sort(rows: &mut [TableRow], column: &Column) {
    let currency = format!("{}_currency", column.name);
    rows.sort_by(|one, other| {
        let by = |name: &str| compare(value(one, name), value(other, name));
        let group = if column.kind == ColumnType::Amount { by(&currency) } else { Ordering::Equal };
        group.then_with(|| by(&column.name))
    });
}

fn value<'a>(row: &'a TableRow, name: &str) -> &'a RowValue {
    row.get(name).unwrap_or(&RowValue::Null)
}

fn compare(one: &RowValue, other: &RowValue) -> Ordering {
    match (one, other) {
        (RowValue::Integer(one), RowValue::Integer(other)) => other.cmp(one),
        (RowValue::Number(one), RowValue::Number(other)) => other.total_cmp(one),
        (RowValue::Amount(one), RowValue::Amount(other)) => other.cmp(one),
        (RowValue::Time(one), RowValue::Time(other)) => one.cmp(other),
        (RowValue::Text(one), RowValue::Text(other)) => one.cmp(other),
        (RowValue::Boolean(one), RowValue::Boolean(other)) => other.cmp(one),
        (RowValue::Null, RowValue::Null) => Ordering::Equal,
        (RowValue::Null, _) => Ordering::Greater,
        (_, RowValue::Null) => Ordering::Less,
        // A column has values of one type.
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_sorted_within_a_currency() {
        let costs = [json!("2(USD)"), json!("9(EUR)"), json!(null), json!("10(USD)"), json!("free")];
        let row = |cost| {
            let task: GroupCallTask = serde_json::from_value(json!({ "taskSumPayFee": cost })).unwrap();
            task.to_row()
        };
        let mut rows: Vec<_> = costs.into_iter().map(row).collect();
        let columns = find_all(&["cost", "currency"]).unwrap();
        sort(&mut rows, columns[0]);
        let cells: Vec<_> = rows.iter().map(|row| cells(row, &columns)).collect();
        let expected = json!([[9.0, "EUR"], [10.0, "USD"], [2.0, "USD"], [null, null], [null, null]]);
        assert_eq!(json!(cells), expected);
    }

    #[test]
    fn every_known_name_is_a_column() {
        find_all(&SHORT).unwrap();
        find_all(&ALIASES.map(|(alias, _)| alias)).unwrap();
        assert!(find("costs").unwrap_err().to_string().contains("task_sum_pay_fee"));
    }
}
