//! Rows: responses as flat records for tables and files.

pub(crate) mod encode;
pub(crate) mod file;
mod notation;

use std::sync::LazyLock;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::client::to_json_bytes;
use crate::datetime::LocalDateTime;
use crate::fee::{Amount, Fee};
use crate::generated::enums::NAMES;
use crate::generated::shapes::RESPONSES;
use crate::response::record::{FromRow, Record, Row};
use crate::response::shape::{Kind, Notation, Shape};
use crate::response::table::Cell;

/// A column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Name in `snake_case`, such as `task_id` or `agent_fee_currency`.
    pub name: String,
    /// Type of its values.
    pub kind: ColumnType,
    /// Name in `camelCase`.
    pub(crate) camel_name: String,
    /// Position of the field that it shows.
    field: usize,
    /// The part of the field that it shows.
    part: Part,
}

/// The type of the values in a column. Any value may also be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnType {
    /// Whole numbers.
    Integer,
    /// Numbers, also percentages and durations in seconds.
    Number,
    /// Exact decimal amounts of money.
    Amount,
    /// `true` or `false`.
    Boolean,
    /// Times without a zone.
    Time,
    /// Text, also names of enums and of currencies.
    Text,
}

/// The part of a field that a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The value.
    Whole,
    /// The amount of a fee.
    Amount,
    /// The currency of a fee.
    Currency,
    /// The number of items.
    Count,
}

/// A value in a row.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RowValue {
    /// No value, or a text that cannot be read as the number of its column.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// An exact amount of money.
    Amount(Amount),
    /// `true` or `false`.
    Boolean(bool),
    /// A time without a zone.
    Time(LocalDateTime),
    /// A text.
    Text(String),
}

/// Amounts are written as numbers, and times as text.
impl Serialize for RowValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Amount(amount) => serializer.serialize_f64(amount.to_f64()),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Time(time) => serializer.collect_str(time),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// One response as a row: a value for each [`Column`] of its type, in their order.
///
/// It serializes as an object with the names of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    columns: &'static [Column],
    values: Vec<RowValue>,
}

impl TableRow {
    /// Returns the row of an object of a response.
    pub(crate) fn of_record(row: Row<'_>) -> Self {
        let columns = columns_of(row.shape());
        Self { columns, values: columns.iter().map(|column| value_of(row, column)).collect() }
    }

    /// Returns its columns.
    #[must_use]
    pub fn columns(&self) -> &'static [Column] {
        self.columns
    }

    /// Returns its values, in the order of the columns.
    #[must_use]
    pub fn values(&self) -> &[RowValue] {
        &self.values
    }

    /// Returns the value in the column of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&RowValue> {
        self.columns.iter().position(|column| column.name == name).map(|position| &self.values[position])
    }
}

impl Serialize for TableRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        for (column, value) in self.columns.iter().zip(&self.values) {
            map.serialize_entry(&column.name, value)?;
        }
        map.end()
    }
}

/// A response that can be a row of a table. All responses of this crate are.
///
/// - All rows of a type have the same columns. A column without a value is null.
/// - An enum is its name, and a number that this version does not know is that number as text.
/// - A fee is two columns: the amount under its name, and the currency, such as `agent_fee_currency`.
/// - A percentage is a number, and a duration is a number of seconds.
/// - A list is the number of its items, such as `node_list_count`. Unknown fields are left out.
///
/// ```
/// use recallflow::{GroupCallTask, RowValue, ToRow as _};
/// # let task: GroupCallTask = serde_json::from_str(r#"{"taskId": 7, "status": 2, "acd": "60s"}"#).unwrap();
/// let row = task.to_row();
/// assert_eq!(row.get("status"), Some(&RowValue::Text("finished".into())));
/// assert_eq!(row.get("acd"), Some(&RowValue::Number(60.0)));
/// ```
pub trait ToRow {
    /// Returns the columns of all rows of this type.
    fn columns() -> &'static [Column];

    /// Returns the response as a row.
    fn to_row(&self) -> TableRow;
}

impl<T: FromRow + Serialize> ToRow for T {
    fn columns() -> &'static [Column] {
        columns_of(T::SHAPE)
    }

    fn to_row(&self) -> TableRow {
        // A response is a JSON object, so both steps succeed.
        let json = to_json_bytes(self).unwrap_or_default();
        let record = Record::parse(json, T::SHAPE).unwrap_or_else(|_| Record::empty(T::SHAPE));
        TableRow::of_record(record.root())
    }
}

/// The columns of each type in [`RESPONSES`].
static COLUMNS: LazyLock<Vec<Vec<Column>>> = LazyLock::new(|| RESPONSES.iter().map(make_columns).collect());

/// Returns the columns of a response.
pub(crate) fn columns_of(shape: &'static Shape) -> &'static [Column] {
    let position = RESPONSES.iter().position(|other| other.name == shape.name);
    position.map_or(&[], |position| &COLUMNS[position])
}

fn make_columns(shape: &Shape) -> Vec<Column> {
    let mut columns = Vec::new();
    for (field, shape) in shape.fields.iter().enumerate() {
        let mut add = |suffix: &str, kind, part| {
            let camel_name = format!("{}{suffix}", shape.wire);
            columns.push(Column { name: snake_case(&camel_name), kind, camel_name, field, part });
        };
        match shape.kind {
            Kind::Int32 | Kind::Int64 | Kind::Id => add("", ColumnType::Integer, Part::Whole),
            Kind::Float | Kind::Text(Notation::Percent | Notation::Duration) => {
                add("", ColumnType::Number, Part::Whole);
            }
            Kind::Text(Notation::Fee) => {
                add("", ColumnType::Amount, Part::Amount);
                add("Currency", ColumnType::Text, Part::Currency);
            }
            Kind::Text(Notation::Plain) | Kind::Enum(_) => add("", ColumnType::Text, Part::Whole),
            Kind::Flag | Kind::Bool => add("", ColumnType::Boolean, Part::Whole),
            Kind::Time => add("", ColumnType::Time, Part::Whole),
            Kind::List(_) => add("Count", ColumnType::Integer, Part::Count),
            // A nested object is left out, as `extra` is.
            Kind::Object(_) => {}
        }
    }
    columns
}

/// Converts a wire name to the name of the field in Rust and Python: `agentFee` → `agent_fee`.
fn snake_case(wire: &str) -> String {
    let mut name = String::with_capacity(wire.len() + 4);
    for c in wire.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn value_of(row: Row<'_>, column: &Column) -> RowValue {
    let kind = &row.shape().fields[column.field].kind;
    let value = match (row.cells()[column.field], column.part, kind) {
        (_, Part::Count, _) => {
            let count = row.values(column.field).len() + row.objects(column.field).len();
            i64::try_from(count).ok().map(RowValue::Integer)
        }
        (Cell::Int(number), _, Kind::Enum(position)) => {
            let name = NAMES[*position](number).map_or_else(|| number.to_string(), str::to_owned);
            Some(RowValue::Text(name))
        }
        (Cell::Int(number), ..) => Some(RowValue::Integer(number)),
        (Cell::Float(number), ..) => Some(RowValue::Number(number)),
        (Cell::Bool(value), ..) => Some(RowValue::Boolean(value)),
        (Cell::Time(time), ..) => Some(RowValue::Time(time)),
        (_, part, Kind::Text(notation)) => {
            row.get::<String>(column.field).and_then(|text| value_of_text(text, part, *notation))
        }
        _ => None,
    };
    value.unwrap_or(RowValue::Null)
}

fn value_of_text(text: String, part: Part, notation: Notation) -> Option<RowValue> {
    match (notation, part) {
        (Notation::Plain, _) => Some(RowValue::Text(text)),
        (Notation::Fee, Part::Currency) => Fee::parse(&text)?.currency.map(RowValue::Text),
        (Notation::Fee, _) => Some(RowValue::Amount(Fee::parse(&text)?.amount)),
        (Notation::Percent, _) => notation::parse_percent(&text).map(RowValue::Number),
        (Notation::Duration, _) => notation::parse_seconds(&text).map(RowValue::Number),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{GroupCallTask, RecallFlowDetail};

    #[test]
    fn a_row_has_a_value_for_each_column() {
        let task = json!({
            "taskId": 7, "taskName": "=1", "status": 2, "rate": "100", "asr": "x", "acd": "60s", "taskType": 9,
            "createdTime": "2024-05-01 10:00:00", "agentFee": "0.125000", "taskSumPayFee": "0.159827(USD)", "new": 1,
        });
        let task: GroupCallTask = serde_json::from_value(task).unwrap();
        let row = task.to_row();
        assert_eq!(row.values().len(), GroupCallTask::columns().len());
        let row = serde_json::to_value(&row).unwrap();
        assert_eq!(row["task_id"], 7);
        assert_eq!(row["status"], "finished");
        assert_eq!(row["task_type"], "9");
        assert_eq!((&row["rate"], &row["asr"], &row["acd"]), (&json!(100.0), &json!(null), &json!(60.0)));
        assert_eq!(row["created_time"], "2024-05-01 10:00:00");
        assert_eq!((&row["agent_fee"], &row["agent_fee_currency"]), (&json!(0.125), &json!(null)));
        assert_eq!((&row["task_sum_pay_fee"], &row["task_sum_pay_fee_currency"]), (&json!(0.159_827), &json!("USD")));
        assert_eq!(row["success"], json!(null));
        assert_eq!(row.get("new"), None);
        let amount = RowValue::Amount(Amount::parse("0.125000").unwrap());
        assert_eq!(task.to_row().get("agent_fee"), Some(&amount));
    }

    #[test]
    fn a_list_is_counted() {
        let detail = json!({ "keyId": 1, "recallIntent": ["A", "B"], "nodeList": [{}, {}, {}] });
        let detail: RecallFlowDetail = serde_json::from_value(detail).unwrap();
        let row = detail.to_row();
        assert_eq!(row.get("recall_intent_count"), Some(&RowValue::Integer(2)));
        assert_eq!(row.get("node_list_count"), Some(&RowValue::Integer(3)));
    }

    #[test]
    fn a_column_has_the_name_of_its_field() {
        let fields = format!("{:?}", GroupCallTask::default());
        for column in GroupCallTask::columns() {
            let name = column.name.trim_end_matches("_currency");
            assert!(fields.contains(&format!(" {name}: ")), "{name}");
        }
    }

    #[test]
    fn every_response_has_columns() {
        for shape in RESPONSES {
            assert!(!columns_of(shape).is_empty(), "{}", shape.name);
        }
    }
}
