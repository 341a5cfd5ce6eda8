//! Records against the vectors, told cell by cell as another language tells them.

use recallflow_tests::{Case, check_all, load, same, same_json};
use serde::Deserialize;

use super::*;
use crate::OPERATIONS;
use crate::generated::ffi::CALLS;
use crate::response::envelope::{self, Data};
use crate::response::mend;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Answered>>,
}

#[derive(Deserialize)]
struct Answered {
    operation: String,
    body: String,
    response: Value,
}

fn response(operation: &str) -> Option<usize> {
    CALLS[OPERATIONS.iter().position(|known| known.name == operation)?].response
}

/// The record of an answer, read the long way.
fn opened(body: &str, response: usize) -> Record {
    let how = AsRecord { response: Some(response) };
    let mended = mend::mended(body.as_bytes()).filter(|_| envelope::open(body.as_bytes(), how).is_err());
    let body = mended.as_deref().map_or(body, |mended| std::str::from_utf8(mended).unwrap());
    let data = match envelope::open(body.as_bytes(), how).unwrap().data {
        Data::Response(data) => data,
        Data::Absent | Data::Odd => how.absent(),
    };
    let text = Bytes::copy_from_slice(body.trim_start_matches('\u{feff}').as_bytes());
    how.finish(data, text).unwrap()
}

/// The wire form, with the fields in their order and everything else after them.
fn told(row: Row<'_>) -> String {
    let list = |items: &mut dyn Iterator<Item = String>| format!("[{}]", items.collect::<Vec<_>>().join(","));
    let mut members = Vec::new();
    for (position, (field, cell)) in row.shape().fields.iter().zip(row.cells()).enumerate() {
        let value = match (cell, &field.kind) {
            (Cell::Absent, Kind::List(_)) => "[]".to_owned(),
            (Cell::Absent, _) => continue,
            (Cell::Object(_), _) => told(row.object(position).unwrap()),
            (Cell::Objects(..), _) => list(&mut row.objects(position).map(told)),
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
fn a_record_holds_what_the_answer_says() {
    check_all(&load::<File>("decoding").cases, |case| {
        let Some(response) = response(&case.operation) else { return Ok(()) };
        let record = opened(&case.body, response);
        let text = told(record.root());
        same_json("cells", &case.response, &parsed(&text))?;
        same_json("wire form", &case.response, &record.root().to_json())?;
        let again = read_response(response, text.clone().into()).map_err(|error| error.to_string())?;
        same("read from its own wire form", &text, &told(again.root()))?;
        same("equal", &true, &(record == again))?;
        let how = AsRecord { response: Some(response) };
        if let Some(data) = how.shortcut(case.body.as_bytes()) {
            let short = how.finish(data, Bytes::copy_from_slice(case.body.as_bytes()));
            same("read the short way", &Some(text), &short.map(|record| told(record.root())))?;
        }
        for (position, cell) in record.root().cells().iter().enumerate() {
            let number = if let Cell::Int(number) = cell { Some(*number) } else { None };
            same("number", &number, &record.root().number(position))?;
            let items: Vec<_> = record.objects(position).iter().map(|item| told(item.root())).collect();
            same("items", &record.root().objects(position).map(told).collect::<Vec<_>>(), &items)?;
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
fn what_is_no_object_is_no_record() {
    for (json, why) in [("[]", "no JSON object"), ("null", "no JSON object"), ("{", "no JSON"), ("{} {}", "no JSON")] {
        let error = read_response(0, json.into()).unwrap_err().to_string();
        assert!(error.contains(why), "{json}: {error}");
    }
    assert!(read_response(0, Bytes::from_static(b"\xff")).unwrap_err().to_string().contains("UTF-8"));
}
