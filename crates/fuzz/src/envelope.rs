//! Whole responses.

use std::fmt;

use bytes::Bytes;
use recallflow::ffi::{CALLS, Row};
use recallflow::replay::Replay;
use recallflow::{
    Error, GroupCallQuery, OPERATIONS, Operation, OperationKind, RecallFlowDetailQuery, UpdateRecallFlow,
};
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// HTTP status codes that are classified differently.
const STATUSES: [u16; 5] = [200, 302, 404, 429, 503];

/// Texts that no error may show. They are long enough to be redacted.
const SECRETS: [&str; 2] = ["fuzz-key", "fuzz-secret"];

/// Reasons to refuse a success: a code that comes twice is ambiguous, data has limits that ignored values do not have, and a
/// query must get what it asked for.
const EXCUSES: [&str; 6] = [
    "there are two of",
    "recursion limit",
    "surrogate",
    "hex escape",
    "number out of range",
    "success without the requested data",
];

/// Maximum characters of the service's text in an error.
const EXCERPT: usize = 512;

/// Checks that Rust and other languages get the same response, and that it is a success only if the body says so.
///
/// # Panics
///
/// If that does not hold.
pub fn envelope(data: &[u8]) {
    let body = Bytes::copy_from_slice(data);
    for status in STATUSES {
        let response = Replay { status, body: body.clone(), secrets: &SECRETS, ..Replay::default() };
        let said = Said::parse(data);
        for (operation, info) in OPERATIONS.iter().enumerate() {
            let read = read(&response, operation);
            let expected = said.as_ref().is_some_and(|said| said.is_success(info.kind)) && status < 300;
            match &read {
                Ok(_) => assert!(expected, "{} takes it for a success with status {status}", info.name),
                Err(error) => check_error(error, info.kind, said.as_ref(), status, expected),
            }
            if let Ok(response) = &read {
                assert_eq!(response.is_some(), CALLS[operation].response.is_some(), "{}", info.name);
            }
        }
        check_typed::<GroupCallQuery>(&response);
        check_typed::<RecallFlowDetailQuery>(&response);
        check_typed::<UpdateRecallFlow>(&response);
    }
}

fn read(response: &Replay<'_>, operation: usize) -> Result<Option<Value>, Error> {
    let record = response.read(operation)?;
    Ok(record.as_ref().map(|record| Row::to_json(record.root())))
}

fn is_redirect(status: u16) -> bool {
    (300..400).contains(&status)
}

/// Checks that the types of the crate hold the same values as the records of other languages.
fn check_typed<R: Operation>(response: &Replay<'_>)
where
    R::Response: Serialize,
{
    let typed = response.read_as::<R>().map(|response| {
        let json = serde_json::to_value(response).expect("a response has a wire form");
        Some(json).filter(|json| !json.is_null())
    });
    let operation = OPERATIONS.iter().position(|info| info == R::INFO).expect("it is in the table");
    match (read(response, operation), typed) {
        (Ok(record), Ok(typed)) => assert_eq!(record, typed),
        (record, typed) => assert_eq!(format!("{record:?}"), format!("{typed:?}")),
    }
}

/// Checks the kind of an error, its length, and that it shows no secret.
fn check_error(error: &Error, kind: OperationKind, said: Option<&Said>, status: u16, is_success: bool) {
    for text in [error.to_string(), format!("{error:?}")] {
        let text = text.to_ascii_lowercase();
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text} shows a secret");
    }
    let is_careful = matches!(error, Error::OutcomeUnknown(_)) || (300..500).contains(&status);
    let error = if let Error::OutcomeUnknown(unknown) = error { &unknown.cause } else { error };
    match error {
        Error::Api(api) => {
            assert!(api.message.chars().count() <= EXCERPT, "{}", api.message);
            assert!(!is_redirect(status));
            match api.code {
                Some(code) => assert!(said.is_some_and(|said| said.codes.contains(&Some(code))), "{code}"),
                None => assert_eq!(status, 429, "only a status can refuse without a code"),
            }
            assert_ne!(api.code, Some(0));
        }
        Error::Protocol(protocol) => {
            assert!(protocol.excerpt.chars().count() <= EXCERPT, "{}", protocol.excerpt);
            // Only a refusal says that an update was not applied.
            assert!(kind == OperationKind::Query || is_careful, "{error}");
            let is_excused = EXCUSES.iter().any(|why| protocol.message.contains(why));
            assert!(!is_success || is_excused, "{error}");
        }
        other => panic!("expected an API or protocol error, got {other:?}"),
    }
}

/// The code and data of a body, read by code that shares nothing with the client.
struct Said {
    /// The status code, and the one under its other name.
    codes: [Option<i64>; 2],
    data: Data,
}

enum Data {
    Object,
    Other,
}

impl Said {
    fn parse(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)).ok()?;
        serde_json::from_str(text).ok()
    }

    fn is_success(&self, kind: OperationKind) -> bool {
        self.codes[0] == Some(0) && (kind == OperationKind::Update || matches!(self.data, Data::Object))
    }
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = Said;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an envelope")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said, A::Error> {
                let (mut code, mut status, mut data) = (Value::Null, Value::Null, Data::Other);
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "code" => code = map.next_value()?,
                        "status" => status = map.next_value()?,
                        "data" => data = map.next_value()?,
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                let number = |code: &Value| {
                    let text = code.as_str().filter(|text| !text.starts_with('+'));
                    code.as_i64().or_else(|| text?.parse().ok())
                };
                let (first, other) = if code.is_null() { (status, Value::Null) } else { (code, status) };
                let codes = [number(&first), number(&other)];
                if codes[0].is_some() { Ok(Said { codes, data }) } else { Err(A::Error::custom("no code")) }
            }
        }
        deserializer.deserialize_map(Parts)
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Kind;
        impl<'de> Visitor<'de> for Kind {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("data")
            }

            fn visit_unit<E>(self) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Data::Object)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Data::Other)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_str<E>(self, _: &str) -> Result<Data, E> {
                Ok(Data::Other)
            }
        }
        deserializer.deserialize_any(Kind)
    }
}
