//! Compares the reader with the decoder that it replaces.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use recallflow_tests::load;
use serde_json::Value;

use super::decode::AsRecord;
use super::envelope as old;
use super::mend::mended;
use crate::generated::positions::responses;
use crate::generated::shapes::RESPONSES;
use crate::response::envelope::{self, Data, NotAnEnvelope};
use crate::response::record::Record;
use crate::response::shape::Shape;

/// What both ways make of a body: code, ambiguity, message and data, which is null if it is absent.
type Seen = Option<(i64, bool, Option<String>, Option<Value>)>;

fn read_old(body: &[u8], shape: &'static Shape) -> Seen {
    let text = |body: &[u8]| Bytes::copy_from_slice(body.strip_prefix(old::BYTE_ORDER_MARK).unwrap_or(body));
    let mut body = text(body);
    let mut opened = old::open(&body, AsRecord(shape));
    if opened.is_err()
        && let Some(mended) = mended(&body)
        && let Ok(mended_opened) = old::open(&mended, AsRecord(shape))
    {
        body = text(&mended);
        opened = Ok(mended_opened);
    }
    let old::Envelope { code, is_ambiguous, message, data } = opened.ok()?;
    let data = match data {
        old::Data::Response(table) => Some(Record::new(body, table, shape).root().to_json()),
        old::Data::Absent => Some(Value::Null),
        old::Data::Odd => None,
    };
    Some((code, is_ambiguous, message, data))
}

fn read_new(body: &[u8], shape: &'static Shape) -> Result<Seen, NotAnEnvelope> {
    let body = Bytes::copy_from_slice(body);
    let envelope = envelope::open(&body, Some(shape), usize::MAX)?;
    let data = match envelope.data {
        Data::Object => Some(Record::new(body, envelope.table, shape).root().to_json()),
        Data::Absent => Some(Value::Null),
        Data::Misfit => None,
    };
    Ok(Some((envelope.code, envelope.is_ambiguous, envelope.message, data)))
}

fn compare(body: &[u8], shape: &'static Shape) -> bool {
    let old = read_old(body, shape);
    let new = read_new(body, shape);
    let seen = new.as_ref().ok().cloned().flatten();
    assert_eq!(seen, old, "{}\n{new:?}", String::from_utf8_lossy(body));
    old.is_some()
}

/// Compares changed bodies: a byte removed, replaced or inserted at every `step`th place.
fn compare_changed(body: &[u8], shape: &'static Shape, begin: usize, step: usize) {
    for place in (begin..body.len()).step_by(step) {
        let mut changed = body.to_vec();
        changed.remove(place);
        compare(&changed, shape);
        for byte in *b"\"\\{}[],:0179-+eE. tfnu\n\x00\x1f\x7f\xff" {
            changed.clear();
            changed.extend(body);
            changed[place] = byte;
            compare(&changed, shape);
            changed.insert(place, body[place]);
            compare(&changed, shape);
        }
    }
}

fn compact(body: &str) -> String {
    let (mut in_text, mut is_escaped) = (false, false);
    let mut is_kept = |character: &char| {
        in_text ^= *character == '"' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped;
        in_text || !character.is_ascii_whitespace()
    };
    body.chars().filter(|character| is_kept(character)).collect()
}

#[test]
fn vectors_and_changed_vectors_are_read_as_before() {
    let file: Value = load("decoding");
    let mut successes = 0;
    for (number, case) in file["cases"].as_array().unwrap().iter().enumerate() {
        let response = match case["operation"].as_str().unwrap() {
            "query_group_calls" => responses::GROUP_CALL_PAGE,
            _ => responses::RECALL_FLOW_DETAIL,
        };
        let body = case["body"].as_str().unwrap();
        for body in [body.to_owned(), compact(body)] {
            if body.contains("[[[[[") {
                continue;
            }
            successes += usize::from(compare(body.as_bytes(), &RESPONSES[response]));
            compare_changed(body.as_bytes(), &RESPONSES[response], number % 5, 5);
        }
    }
    assert!(successes > 100, "{successes}");
}

#[test]
fn files_of_the_fuzzer_are_read_as_before() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let targets = [
        ("group_call_page", responses::GROUP_CALL_PAGE),
        ("group_call_task", responses::GROUP_CALL_TASK),
        ("recall_flow_detail", responses::RECALL_FLOW_DETAIL),
        ("recall_node_detail", responses::RECALL_NODE_DETAIL),
    ];
    for (target, response) in targets {
        for file in fs::read_dir(corpus.join(target)).unwrap() {
            let mut body = b"{\"code\":0,\"data\":".to_vec();
            body.extend(fs::read(file.unwrap().path()).unwrap());
            body.push(b'}');
            compare(&body, &RESPONSES[response]);
            if body.len() < 400 {
                compare_changed(&body, &RESPONSES[response], 18, 3);
            }
        }
    }
    for file in fs::read_dir(corpus.join("envelope")).unwrap() {
        let body = fs::read(file.unwrap().path()).unwrap();
        for (_, response) in targets {
            compare(&body, &RESPONSES[response]);
        }
        if body.len() < 400 {
            compare_changed(&body, &RESPONSES[responses::GROUP_CALL_PAGE], 0, 3);
        }
    }
}
