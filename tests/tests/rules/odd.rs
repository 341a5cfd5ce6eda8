//! Arbitrary JSON and boundary values.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Generates any JSON, with known and unknown names.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    any_scalar().prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(any_name(), inner, 0..8).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Generates any JSON object.
pub(crate) fn any_object() -> impl Strategy<Value = Value> {
    btree_map(any_name(), any_json(), 0..8).prop_map(|members| members.into_iter().collect())
}

fn any_scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => odd(),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
    ]
}

fn any_name() -> impl Strategy<Value = String> {
    const KNOWN: &str = "keyId nodeList records source text hangUpSms toSeat params current status pages taskType \
                         statusList taskId jobId speakingRate createdTime searchCount rate";
    let known = select(KNOWN.split(' ').collect::<Vec<_>>()).prop_map(str::to_owned);
    prop_oneof![6 => known, 1 => unknown_name(), 1 => any::<String>()]
}

/// Generates a name that no field has.
pub(crate) fn unknown_name() -> impl Strategy<Value = String> {
    select(&["", "KeyId", "key_id", "keyid", "a.b", "x[0]", "speakingrate", "\u{1F600}", "a\"b\\c", "__proto__"][..])
        .prop_map(str::to_owned)
}

/// Generates values at and around every limit, of every JSON type.
pub(crate) fn odd() -> impl Strategy<Value = Value> {
    let others = vec![
        Value::Null,
        json!(true),
        json!(false),
        json!([]),
        json!([null]),
        json!([1]),
        json!([7, "1", 1.5, 3.0]),
        json!([[]]),
        json!([{}]),
        json!({}),
        json!({ "strTime": 1 }),
        json!({ "source": 3, "hangUpSms": 1, "toSeat": 1 }),
    ];
    prop_oneof![4 => odd_number(), 2 => odd_text(), 1 => select(others)]
}

fn odd_number() -> impl Strategy<Value = Value> {
    let small = [-10, -1, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 99, 100, 101, 1440, 1441, 9999, 10_000];
    let (min, max) = (i64::from(i32::MIN), i64::from(i32::MAX));
    let large = vec![i64::MIN, min - 1, min, max, max + 1, (1 << 32) + 1, (1 << 32) + 5, (1 << 53) + 1, i64::MAX];
    let fractions = [-0.0, 0.25, 0.249_999, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 4.000_001, 30.0, 1e300, -1e300, 5e-324];
    let edges = [2_147_483_648.0, 9_007_199_254_740_992.0, -9_223_372_036_854_775_808.0, 9_223_372_036_854_775_808.0];
    prop_oneof![
        4 => select(small.to_vec()).prop_map(Value::from),
        2 => select(large).prop_map(Value::from),
        2 => select(fractions.to_vec()).prop_map(Value::from),
        1 => select(edges.to_vec()).prop_map(Value::from),
        1 => select(vec![1_u64 << 63, u64::MAX]).prop_map(Value::from),
    ]
}

/// Generates texts in a documented format, and nearly valid ones.
pub(crate) fn odd_text() -> impl Strategy<Value = Value> {
    const TEXTS: &[&str] = &[
        "",
        "0",
        "1",
        "5",
        "9",
        "10",
        "12",
        "-1",
        "1.5",
        "\u{663}",
        "null",
        "*",
        " ",
        "abcd",
        "${text1}",
        "${text11} ${",
        "UklGRg==",
        "UklGRg",
        "UklGRh==",
        "UklGRgA=",
        "UklGRgB=",
        "UklG",
        "Ukl-",
        "UklG\n",
        "====",
        "=",
        "U===",
        "Uk=G",
        "2024-06-03 15:13:01",
        "2024-02-29 23:59:59",
        "2023-02-29 00:00:00",
        "1900-02-29 00:00:00",
        "2000-02-29 00:00:00",
        "0000-01-01 00:00:00",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
        "2024-06-31 00:00:00",
        "2024-13-01 00:00:00",
        "2024-00-10 00:00:00",
        "2024-01-00 00:00:00",
        "2024-01-01 24:00:00",
        "2024-01-01 23:60:00",
        "2024-01-01 23:59:60",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00\n",
        " 2024-01-01 00:00:00",
        "2024-01-01",
        "2024-1-1 00:00:00",
        "+024-01-01 00:00:00",
        "\u{FF12}024-01-01 00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01 00:00:00.0",
    ];
    prop_oneof![
        2 => select(TEXTS).prop_map(Value::from),
        1 => (select(vec![1_usize, 4, 5, 6, 31, 32, 33, 999, 1000, 1001]), character())
            .prop_map(|(length, character)| Value::from(String::from(character).repeat(length))),
    ]
}

/// Generates characters of one to four bytes, a combining one, and some that JSON escapes.
pub(crate) fn character() -> impl Strategy<Value = char> {
    select(vec!['a', '7', '\u{E9}', '\u{4E2D}', '\u{1F600}', '\u{301}', '\u{FEFF}', '"', '\\', '\n', '\0', '\u{7F}'])
}
