//! Records against the vectors, read cell by cell as another language reads them.

use recallflow_tests::{Case, check_all, load, same, same_json};
use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::extra::Extra;
use crate::ffi::{CALLS, Cell, Kind, Row};
use crate::generated::operations::OPERATIONS;
use crate::response::content::{Content, Expected};
use crate::response::envelope::{self, Data};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<ResponseCase>>,
}

#[derive(Deserialize)]
struct ResponseCase {
    operation: String,
    body: String,
    response: Value,
}

fn response(operation: &str) -> Option<usize> {
    CALLS[OPERATIONS.iter().position(|known| known.name == operation)?].response
}

/// Reads the record of a response.
fn opened(body: &str, response: usize) -> Record {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let shape = &RESPONSES[response];
    let envelope = envelope::open(&body, Expected::Object(shape, Content::None), usize::MAX).unwrap();
    let Data::Object(table) = envelope.data else { panic!("expected an object") };
    Record::new(body, table, shape)
}

/// Returns the wire form, with the fields in their order and everything else after them.
fn wire_text(row: Row<'_>) -> String {
    let list = |items: &mut dyn Iterator<Item = String>| format!("[{}]", items.collect::<Vec<_>>().join(","));
    let mut members = Vec::new();
    for (position, (field, cell)) in row.shape().fields.iter().zip(row.cells()).enumerate() {
        let value = match (cell, &field.kind) {
            (Cell::Absent, Kind::List(Kind::Object(_))) => "[]".to_owned(),
            (Cell::Absent, _) => continue,
            (Cell::Object(_), _) => wire_text(row.object(position).unwrap()),
            (Cell::Objects(..), _) => list(&mut row.objects(position).map(wire_text)),
            (Cell::Values(..), Kind::List(item)) => {
                list(&mut row.values(position).iter().map(|cell| scalar(row, cell, item).to_string()))
            }
            (cell, kind) => scalar(row, cell, kind).to_string(),
        };
        members.push(format!("{}:{value}", Value::from(field.wire)));
    }
    let extra = row.extra().into_iter().flat_map(Extra::iter);
    members.extend(extra.map(|(name, value)| format!("{}:{value}", Value::from(name.as_str()))));
    format!("{{{}}}", members.join(","))
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn scalar(row: Row<'_>, cell: &Cell, kind: &Kind) -> Value {
    match cell {
        Cell::Int(number) => Value::from(*number),
        Cell::Float(number) => Value::from(*number),
        Cell::Bool(value) if matches!(kind, Kind::Flag) => Value::from(u8::from(*value)),
        Cell::Bool(value) => Value::from(*value),
        Cell::Time(time) => Value::from(time.to_string()),
        cell => Value::from(std::str::from_utf8(row.text(cell).expect("a text")).unwrap()),
    }
}

#[test]
fn a_record_holds_the_values_of_its_response() {
    check_all(&load::<File>("decoding").cases, |case| {
        let Some(response) = response(&case.operation) else { return Ok(()) };
        let record = opened(&case.body, response);
        let text = wire_text(record.root());
        same_json("cells", &case.response, &parsed(&text))?;
        same_json("wire form", &case.response, &record.root().to_json())?;
        let again = read_response(response, text.clone().into()).map_err(|error| error.to_string())?;
        same("read from its own wire form", &text, &wire_text(again.root()))?;
        same("equal", &true, &(record == again))?;
        for (position, cell) in record.root().cells().iter().enumerate() {
            let number = if let Cell::Int(number) = cell { Some(*number) } else { None };
            same("number", &number, &record.root().number(position))?;
            let items: Vec<_> = record.objects(position).iter().map(|item| wire_text(item.root())).collect();
            same("items", &record.root().objects(position).map(wire_text).collect::<Vec<_>>(), &items)?;
        }
        Ok(())
    });
}

#[test]
fn records_of_other_content_differ() {
    let position = response("query_group_calls").unwrap();
    let [one, other] =
        ["1", "2"].map(|total| read_response(position, format!(r#"{{"total":{total}}}"#).into()).unwrap());
    assert_ne!(one, other);
}

#[test]
fn only_a_json_object_is_a_record() {
    for (json, why) in [
        ("[]", "got a list"),
        ("null", "got null"),
        ("\"{}\"", "got text"),
        ("1", "got a number"),
        ("true", "got a boolean"),
        ("{", "invalid JSON: EOF"),
        ("{} {}", "invalid JSON: trailing characters"),
        (r#"{"total":1e400}"#, "got a number out of range"),
    ] {
        let error = read_response(0, json.into()).unwrap_err().to_string();
        assert!(error.contains(why), "{json}: {error}");
    }
    assert!(read_response(0, Bytes::from_static(b"\xff")).unwrap_err().to_string().contains("UTF-8"));
}
