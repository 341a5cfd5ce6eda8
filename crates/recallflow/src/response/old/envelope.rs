//! Opens the envelope that every answer is wrapped in.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::coerce::integer;
use super::decode::{Fitted, ReadData};
use crate::generated::service::{ENVELOPE_CODE, ENVELOPE_DATA, ENVELOPE_MESSAGE};

/// What is in the envelope.
#[derive(Debug)]
pub(crate) struct Envelope<T> {
    /// 0 for success.
    pub(crate) code: i64,
    /// Whether the other name of the code says the opposite, so that nobody knows what the answer means. The code is the
    /// error's then.
    pub(crate) is_ambiguous: bool,
    /// What the service says about it.
    pub(crate) message: Option<String>,
    /// The response.
    pub(crate) data: Data<T>,
}

/// The response in an envelope.
#[derive(Debug)]
pub(crate) enum Data<T> {
    /// Missing or null.
    Absent,
    /// As documented.
    Response(T),
    /// Of another JSON type than documented.
    Odd,
}

/// What some gateways put before a body.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Opens an envelope and reads its data in that way; the error tells in words why the body is none.
pub(crate) fn open<R: ReadData>(body: &[u8], how: R) -> Result<Envelope<R::Data>, String> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    if body.is_empty() {
        return Err("the body is empty".to_owned());
    }
    // Checked once for the whole body, which is much cheaper than once for every text in it.
    let text = std::str::from_utf8(body).map_err(|_| "the body is not UTF-8".to_owned())?;
    let mut json = serde_json::Deserializer::from_str(text);
    let seen = Seed { how, body: text }.deserialize(&mut json).and_then(|seen| json.end().map(|()| seen));
    seen.map_err(|error| format!("the body is no JSON object as documented: {error}"))?.into_envelope()
}

/// The parts of an envelope as they come along.
struct Seen<T> {
    codes: [Option<Fitted<i64>>; ENVELOPE_CODE.len()],
    messages: [Option<String>; ENVELOPE_MESSAGE.len()],
    data: Data<T>,
}

impl<T> Seen<T> {
    /// The first name that is there decides; a second one is something else that happens to have the other's name, unless
    /// one of them says success and the other has the form of an error's code.
    fn into_envelope(self) -> Result<Envelope<T>, String> {
        let mut codes = self.codes.into_iter().flatten().filter(|code| !matches!(code, Fitted::Null));
        let code = match codes.next() {
            Some(Fitted::Fits(code)) => code,
            Some(Fitted::Odd(code)) => return Err(format!("the status code is {code} instead of a whole number")),
            Some(Fitted::Null) | None => return Err(format!("the body has no {}", ENVELOPE_CODE.join(" or "))),
        };
        let other = codes.find_map(|other| if let Fitted::Fits(other) = other { Some(other) } else { None });
        // Of a success and an error, which have negative codes.
        let is_ambiguous = other.is_some_and(|other| code.max(other) == 0 && code != other);
        let code = if is_ambiguous { other.map_or(code, |other| code.min(other)) } else { code };
        let message = self.messages.into_iter().flatten().next();
        Ok(Envelope { code, is_ambiguous, message, data: self.data })
    }
}

#[derive(Clone, Copy)]
struct Seed<'b, R> {
    how: R,
    body: &'b str,
}

impl<'de, R: ReadData> DeserializeSeed<'de> for Seed<'_, R> {
    type Value = Seen<R::Data>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: ReadData> Visitor<'de> for Seed<'_, R> {
    type Value = Seen<R::Data>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut seen = Seen {
            codes: [const { None }; ENVELOPE_CODE.len()],
            messages: [const { None }; ENVELOPE_MESSAGE.len()],
            data: Data::Absent,
        };
        while let Some(part) = map.next_key::<Part>()? {
            match part {
                Part::Code(name) => {
                    let code = map.next_value::<Code>()?;
                    if seen.codes[name].replace(code.0).is_some() {
                        // Which of two codes is meant cannot be known, so neither is taken for a success.
                        return Err(A::Error::custom(format!("there are two of `{}`", ENVELOPE_CODE[name])));
                    }
                }
                Part::Message(name) => seen.messages[name] = map.next_value::<Message>()?.0,
                Part::Data => seen.data = map.next_value_seed(DataSeed(self))?,
                Part::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(seen)
    }
}

/// The name of a part.
enum Part {
    Code(usize),
    Message(usize),
    Data,
    Other,
}

impl<'de> serde::Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Part;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Part, E> {
                let position = |names: &[&str]| names.iter().position(|known| *known == name);
                Ok(position(&ENVELOPE_CODE)
                    .map(Part::Code)
                    .or_else(|| position(&ENVELOPE_MESSAGE).map(Part::Message))
                    .or_else(|| position(&ENVELOPE_DATA).map(|_| Part::Data))
                    .unwrap_or(Part::Other))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// A whole number or a numeric string.
struct Code(Fitted<i64>);

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(Code(match value.as_i64().or_else(|| value.as_str().and_then(integer)) {
            Some(code) => Fitted::Fits(code),
            None if value.is_null() => Fitted::Null,
            None => Fitted::Odd(value),
        }))
    }
}

/// Text, or whatever stands in its place as text.
struct Message(Option<String>);

impl<'de> serde::Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Message(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }))
    }
}

struct DataSeed<'b, R>(Seed<'b, R>);

impl<'de, R: ReadData> DeserializeSeed<'de> for DataSeed<'_, R> {
    type Value = Data<R::Data>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Seed { how, body } = self.0;
        Ok(match how.read(body, deserializer)? {
            Fitted::Null => Data::Absent,
            Fitted::Fits(response) => Data::Response(response),
            Fitted::Odd(_) => Data::Odd,
        })
    }
}
