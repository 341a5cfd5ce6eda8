//! The reader beside `serde_json`: the same texts are JSON, and hold the same values however they are written.

use recallflow_tests::load;
use serde_json::json;

use super::*;
use crate::generated::positions::responses;
use crate::response::record::Record;
use crate::response::shape::{Field, Notation};

/// A shape with every kind of field, which no operation of today has.
static EVERY_KIND: Shape = Shape {
    name: "EveryKind",
    fields: &[
        Field::new("integer", None, Kind::Int32),
        Field::new("rate", None, Kind::Float),
        Field::new("task", None, Kind::Object(responses::GROUP_CALL_TASK)),
        Field::new("counts", None, Kind::List(&Kind::Int64)),
        Field::new("names", None, Kind::List(&Kind::Text(Notation::Plain))),
        Field::new("aNameThatIsLongerThanTheWordsOfAKey", None, Kind::Text(Notation::Plain)),
    ],
    names: &["integer", "rate", "task", "counts", "names", "aNameThatIsLongerThanTheWordsOfAKey", "count", "list"],
    aliases: &[0, 3],
};

fn read(json: &str, shape: &'static Shape) -> Result<(Value, Vec<String>), String> {
    let record = Record::parse(json.to_owned().into(), shape)?;
    let extra = record.root().extra().map(|extra| extra.names().map(str::to_owned).collect());
    Ok((record.root().to_json(), extra.unwrap_or_default()))
}

/// Writes JSON without blanks and escapes, in the order and with the repeated names of the original.
fn transcode(json: &str) -> Result<String, serde_json::Error> {
    let mut compact = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    serde_transcode::transcode(&mut deserializer, &mut serde_json::Serializer::new(&mut compact))?;
    deserializer.end()?;
    Ok(String::from_utf8(compact).unwrap())
}

fn compare(json: &str, shape: &'static Shape) {
    let got = read(json, shape);
    let value = serde_json::from_str::<Value>(json);
    let has_surrogate = value.as_ref().is_err_and(|error| {
        let error = error.to_string();
        error.contains("surrogate") || error.contains("hex escape")
    });
    if has_surrogate {
        return;
    }
    let is_object = value.as_ref().is_ok_and(Value::is_object);
    assert_eq!(got.is_ok(), is_object, "{json}: {got:?}");
    if let Ok(value) = &value {
        let mut reader = Reader::new(json, usize::MAX);
        let (same, rest) = reader.read_value(skip_blanks(json.as_bytes())).unwrap();
        assert_eq!((&same, skip_blanks(rest)), (value, &b""[..]), "{json}");
    }
    // `serde_json` may change the last digit of a float that it writes and reads again.
    if is_object
        && let Ok(compact) = transcode(json)
        && serde_json::from_str::<Value>(&compact).ok() == value.ok()
    {
        assert_eq!(got, read(&compact, shape), "{json}");
    }
}

#[test]
fn changed_vectors_are_read_as_serde_json_reads_them() {
    let file: Value = load("decoding");
    for (number, case) in file["cases"].as_array().unwrap().iter().enumerate() {
        let shape = match case["operation"].as_str().unwrap() {
            "query_group_calls" => &RESPONSES[responses::GROUP_CALL_PAGE],
            _ => &RESPONSES[responses::RECALL_FLOW_DETAIL],
        };
        let body = case["body"].as_str().unwrap();
        let Some(begin) = body.find("\"data\"").and_then(|at| Some(at + body[at..].find('{')?)) else { continue };
        let end = body.rfind('}').and_then(|end| body[..end].rfind('}')).unwrap_or(begin);
        let Some(data) = body.get(begin..=end).filter(|data| data.is_ascii() && !data.contains("[[[[")) else {
            continue;
        };
        compare(data, shape);
        for place in (number % 9..data.len()).step_by(9) {
            compare(&format!("{}{}", &data[..place], &data[place + 1..]), shape);
            for byte in "\"\\{}[],:0179-+eE. tfnu\n\0\u{7f}ñ".chars() {
                compare(&format!("{}{byte}{}", &data[..place], &data[place + 1..]), shape);
                compare(&format!("{}{byte}{}", &data[..place], &data[place..]), shape);
            }
        }
    }
}

#[test]
fn every_kind_of_field_is_read_or_kept() {
    let long = "aNameThatIsLongerThanTheWordsOfAKey";
    for (text, expected, extra) in [
        (
            json!({ "integer": 5, "rate": 2, "counts": [1, "2"] }),
            json!({ "integer": 5, "rate": 2.0, "counts": [1, 2] }),
            vec![],
        ),
        (json!({ "integer": 1_i64 << 31 }), json!({ "integer": 1_i64 << 31 }), vec!["integer"]),
        (json!({ "rate": 1 << 20 }), json!({ "rate": 1_048_576.0 }), vec![]),
        (json!({ "rate": u64::MAX }), json!({ "rate": u64::MAX }), vec!["rate"]),
        (json!({ "task": { "taskId": "7" } }), json!({ "task": { "taskId": 7 } }), vec![]),
        (json!({ "task": [] }), json!({ "task": [] }), vec!["task"]),
        (json!({ "counts": ["x", "1", null, 2] }), json!({ "counts": ["x", 1, null, 2] }), vec!["counts"]),
        (json!({ "names": ["a", "\u{1}b"] }), json!({ "names": ["a", "\u{1}b"] }), vec![]),
        (json!({ "names": {} }), json!({ "names": {} }), vec!["names"]),
        (json!({ long: "a", "list": [3], "count": 9 }), json!({ long: "a", "integer": 9, "counts": [3] }), vec![]),
    ] {
        assert_eq!(
            read(&text.to_string(), &EVERY_KIND),
            Ok((expected, extra.into_iter().map(str::to_owned).collect())),
            "{text}"
        );
    }
}

#[test]
fn the_last_value_and_the_usual_name_count() {
    for (json, expected, extra) in [
        (r#"{"integer":1,"integer":2}"#, json!({ "integer": 2 }), vec![]),
        (r#"{"integer":1,"integer":null}"#, json!({ "integer": 1 }), vec![]),
        (r#"{"integer":1,"integer":"x"}"#, json!({ "integer": "x" }), vec!["integer"]),
        (r#"{"integer":"x","integer":1}"#, json!({ "integer": 1 }), vec![]),
        (r#"{"integer":"x","integer":"1"}"#, json!({ "integer": 1 }), vec![]),
        (r#"{"count":1,"integer":2}"#, json!({ "integer": 2 }), vec![]),
        (r#"{"integer":2,"count":1}"#, json!({ "integer": 2, "count": 1 }), vec!["count"]),
        (r#"{"integer":"x","count":1}"#, json!({ "integer": "x", "count": 1 }), vec!["count", "integer"]),
        (r#"{"count":"x"}"#, json!({ "count": "x" }), vec!["count"]),
        (r#"{"counts":[],"list":[1]}"#, json!({ "counts": [1] }), vec![]),
        (r#"{"list":[1],"counts":[]}"#, json!({ "counts": [1] }), vec![]),
        (r#"{"counts":[1],"list":[]}"#, json!({ "counts": [1], "list": [] }), vec!["list"]),
        (r#"{"counts":5,"list":[1]}"#, json!({ "counts": 5, "list": [1] }), vec!["counts", "list"]),
        (r#"{"list":[1],"counts":["x"]}"#, json!({ "counts": ["x"] }), vec!["counts"]),
    ] {
        let (mut got, names) = read(json, &EVERY_KIND).unwrap();
        got.as_object_mut().unwrap().retain(|_, value| *value != json!([]) || json.contains("\"list\":[]"));
        got.as_object_mut().unwrap().remove("names");
        assert_eq!((got, names), (expected, extra.into_iter().map(str::to_owned).collect::<Vec<_>>()), "{json}");
    }
}

#[test]
fn numbers_at_the_limits_are_those_of_serde_json() {
    for number in
        ["1e400", "-1e400", "-0", "-0.0", "9223372036854775808", "18446744073709551616", "1E2", "1.0", "00", "+1"]
    {
        compare(
            &format!(r#"{{"rate":{number},"integer":{number},"other":[{number}],"counts":[{number}]}}"#),
            &EVERY_KIND,
        );
    }
}

#[test]
fn depth_is_limited() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |depth: usize| {
            let inner = if open == "[" { "" } else { "1" };
            format!("{{\"x\":{}{inner}{}}}", open.repeat(depth), close.repeat(depth))
        };
        assert!(read(&nested(MAX_DEPTH - 1), &EVERY_KIND).is_ok());
        assert!(serde_json::from_str::<Value>(&nested(MAX_DEPTH - 1)).is_ok());
        assert!(read(&nested(MAX_DEPTH), &EVERY_KIND).unwrap_err().contains("recursion limit"));
        assert!(serde_json::from_str::<Value>(&nested(MAX_DEPTH)).is_err());
    }
    // Depth is that of the present value, not of all values before it.
    let wide = format!("{{\"x\":[{}1],\"task\":{{}},\"task\":{{\"a\":{{}}}}}}", "[],{},[[]],".repeat(200));
    assert!(read(&wide, &EVERY_KIND).is_ok());
}

#[test]
fn values_of_a_long_response_are_limited() {
    assert_eq!(max_values(8 << 20), 32_768);
    let count = |json: &str, most: usize| {
        Reader::new(json, most).read_root(json.as_bytes(), &EVERY_KIND).map(|(_, rest)| rest.len())
    };
    let long = " ".repeat(UNCOUNTED_BYTES);
    // Four members, two items, and the members of the items.
    let json = format!(r#"{{"integer":1,"counts":[1,"2"],"task":{{"taskId":1}},"x":[{{"a":1}}]}}{long}"#);
    assert_eq!(count(&json, 9), Ok(0));
    assert_eq!(count(&json, 8), Err(Unreadable::TooManyValues));
    assert_eq!(count(json.trim_end(), 8), Ok(0));
}
