//! Whole answers.

use std::fmt;

use bytes::Bytes;
use recallflow::ffi::fuzz::{Answered, Refused};
use recallflow::{
    Error, GroupCallQuery, OPERATIONS, Operation, OperationKind, RecallFlowDetailQuery, UpdateRecallFlow,
};
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Statuses of HTTP that differ in what is made of them.
const STATUSES: [u16; 5] = [200, 302, 404, 429, 503];

/// What no error may show, long enough to be taken for secrets.
const SECRETS: [&str; 2] = ["fuzz-key", "fuzz-secret"];

/// Why a success may be refused: which of two codes is meant cannot be known, and data has limits that what is not looked
/// at has not.
const EXCUSES: [&str; 5] = ["there are two of", "recursion limit", "surrogate", "hex escape", "number out of range"];

/// Most characters of the service's text in an error.
const EXCERPT: usize = 512;

/// The body of an answer is read alike in every way there is, and is a success only if it says so.
///
/// # Panics
///
/// If that is not so.
pub fn envelope(data: &[u8]) {
    let body = Bytes::copy_from_slice(data);
    for status in STATUSES {
        let answered = Answered { status, body: body.clone(), secrets: &SECRETS };
        let said = Said::of(data);
        for (operation, info) in OPERATIONS.iter().enumerate() {
            let read = answered.read(operation);
            same(&read, &answered.read_in_general(operation));
            let expected = said.as_ref().is_some_and(|said| said.is_success(info.kind)) && !is_redirect(status);
            match &read {
                Ok(_) => assert!(expected, "{} takes it for a success with status {status}", info.name),
                Err(refused) => is_told_well(refused, said.as_ref(), status, expected),
            }
            if let (Ok(response), OperationKind::Update) = (&read, info.kind) {
                assert_eq!(*response, None, "an update answers nothing");
            }
        }
        typed_is_same::<GroupCallQuery>(&answered);
        typed_is_same::<RecallFlowDetailQuery>(&answered);
        typed_is_same::<UpdateRecallFlow>(&answered);
    }
}

fn is_redirect(status: u16) -> bool {
    (300..400).contains(&status)
}

/// Whether the types of the crate hold what other languages are shown.
fn typed_is_same<R: Operation>(answered: &Answered<'_>)
where
    R::Response: Serialize,
{
    let typed = answered.read_as::<R>().map(|response| {
        let json = serde_json::to_value(response).expect("a response has a wire form");
        Some(json).filter(|json| !json.is_null())
    });
    same(&answered.read(R::INDEX), &typed);
}

fn same(left: &Result<Option<Value>, Refused>, right: &Result<Option<Value>, Refused>) {
    match (left, right) {
        (Ok(left), Ok(right)) => assert_eq!(left, right),
        _ => assert_eq!(format!("{left:?}"), format!("{right:?}")),
    }
}

/// Whether an error says what there is to say and no more.
fn is_told_well(refused: &Refused, said: Option<&Said>, status: u16, is_success: bool) {
    let error = &refused.error;
    for text in [error.to_string(), format!("{error:?}")] {
        let text = text.to_ascii_lowercase();
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text} tells a secret");
    }
    match error {
        Error::Api(api) => {
            assert!(api.message.chars().count() <= EXCERPT, "{}", api.message);
            assert!(!is_redirect(status));
            match api.code {
                Some(code) => assert_eq!(said.and_then(|said| said.code), Some(code)),
                None => assert_eq!(status, 429, "only a status can refuse without a code"),
            }
            assert_ne!(api.code, Some(0));
        }
        Error::Protocol(protocol) => {
            assert!(protocol.excerpt.chars().count() <= EXCERPT, "{}", protocol.excerpt);
            // Whether the service carried the request out cannot be known from what is none of its answers.
            assert!(!refused.outcome_is_known || (300..500).contains(&status), "{error}");
            let is_excused = EXCUSES.iter().any(|why| protocol.message.contains(why));
            assert!(!is_success || is_excused, "{error}");
        }
        other => panic!("{other:?} of an answer"),
    }
}

/// What a body says, by a reading that shares nothing with the client's. It is `None` if it is no envelope.
struct Said {
    /// The status code.
    code: Option<i64>,
    data: Data,
}

enum Data {
    Absent,
    Object,
    Odd,
}

impl Said {
    fn of(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)).ok()?;
        serde_json::from_str(text).ok()
    }

    fn is_success(&self, kind: OperationKind) -> bool {
        self.code == Some(0) && (kind == OperationKind::Update || !matches!(self.data, Data::Odd))
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
                let (mut code, mut status, mut data) = (Value::Null, Value::Null, Data::Absent);
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "code" => code = map.next_value()?,
                        "status" => status = map.next_value()?,
                        "data" => data = map.next_value()?,
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                let code = if code.is_null() { status } else { code };
                let text = code.as_str().filter(|text| !text.starts_with('+'));
                let code = code.as_i64().or_else(|| text?.parse().ok());
                code.map(|code| Said { code: Some(code), data }).ok_or_else(|| A::Error::custom("no code"))
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
                Ok(Data::Absent)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Data::Object)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Data::Odd)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Data, E> {
                Ok(Data::Odd)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Data, E> {
                Ok(Data::Odd)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Data, E> {
                Ok(Data::Odd)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Data, E> {
                Ok(Data::Odd)
            }

            fn visit_str<E>(self, _: &str) -> Result<Data, E> {
                Ok(Data::Odd)
            }
        }
        deserializer.deserialize_any(Kind)
    }
}
