//! Opens the envelope around every response: a code, a message and data.

use std::ops::Range;

use serde_json::Value;

use super::coerce::number;
use super::content::Expected;
use super::read::{Reader, Rest};
use super::table::Table;
use super::tokens::skip_blanks;
use super::unreadable::Unreadable;
use crate::generated::service::{ENVELOPE_CODE, ENVELOPE_DATA, ENVELOPE_MESSAGE};

/// The contents of an envelope.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// 0 for success.
    pub(crate) code: i64,
    /// Whether the two names of the code contradict each other, one with success and the other with an error. `code` is
    /// the error's then.
    pub(crate) is_ambiguous: bool,
    /// The message of the service.
    pub(crate) message: Option<String>,
    /// The data.
    pub(crate) data: Data,
}

/// The data in an envelope.
#[derive(Debug, Default)]
pub(crate) enum Data {
    /// Missing or null, or ignored because the operation has no response.
    #[default]
    Absent,
    /// The expected object. Its texts are spans of the body.
    Object(Table),
    /// Any value, by its position in the body.
    Json(Range<usize>),
    /// A value that is not an object.
    Misfit,
}

/// The reason why a body is not an envelope.
#[derive(Debug, PartialEq)]
pub(crate) enum NotAnEnvelope {
    /// It holds more values than are allowed.
    TooManyValues,
    /// Any other reason, in words.
    Because(String),
}

/// Some gateways put a byte order mark before a body.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Opens an envelope, and reads its data if that is expected.
pub(crate) fn open(body: &[u8], expected: Expected, max_values: usize) -> Result<Envelope, NotAnEnvelope> {
    let because = |why: &str| NotAnEnvelope::Because(why.to_owned());
    // Checking the whole body once is cheaper than checking every text in it.
    let text = std::str::from_utf8(body).map_err(|_| because("the body is not UTF-8"))?;
    // Spans refer to the body with its mark.
    let json = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let begin = skip_blanks(json.as_bytes());
    if begin.is_empty() {
        return Err(because("the body is empty"));
    }
    let mut parts = Parts::default();
    let mut reader = Reader::new(text, max_values);
    let read = reader.read_members(begin, |reader, name, value| parts.read(reader, &name, value, expected));
    match read.and_then(|rest| if rest.is_empty() { Ok(()) } else { Err(Unreadable::Malformed) }) {
        Ok(()) => parts.into_envelope(),
        Err(Unreadable::TooManyValues) => Err(NotAnEnvelope::TooManyValues),
        Err(error) => Err(NotAnEnvelope::Because(error.describe(json))),
    }
}

/// The parts of an envelope while it is read.
#[derive(Default)]
struct Parts {
    codes: [Option<Value>; ENVELOPE_CODE.len()],
    messages: [Option<String>; ENVELOPE_MESSAGE.len()],
    data: Data,
    /// The code that came twice.
    repeated: Option<&'static str>,
}

impl Parts {
    /// Reads the value of one name.
    fn read<'b>(&mut self, reader: &mut Reader<'b>, name: &str, rest: &'b [u8], expected: Expected) -> Rest<'b> {
        let position = |names: &[&str]| names.iter().position(|known| *known == name);
        if let Some(at) = position(&ENVELOPE_CODE) {
            let (code, rest) = reader.read_value(rest)?;
            if self.codes[at].replace(code).is_some() {
                self.repeated = Some(ENVELOPE_CODE[at]);
            }
            return Ok(rest);
        }
        if let Some(at) = position(&ENVELOPE_MESSAGE) {
            let (message, rest) = reader.read_value(rest)?;
            self.messages[at] = match message {
                Value::Null => None,
                Value::String(text) => Some(text),
                other => Some(other.to_string()),
            };
            return Ok(rest);
        }
        if position(&ENVELOPE_DATA).is_none() {
            return Reader::skip_value(rest);
        }
        match (rest, expected) {
            ([b'{', ..], Expected::Object(shape, _)) => {
                let (table, rest) = reader.read_root(rest, shape)?;
                self.data = Data::Object(table);
                return Ok(rest);
            }
            (_, Expected::Json) => {
                let (span, rest) = reader.check_any(rest)?;
                self.data = Data::Json(span);
                return Ok(rest);
            }
            (_, Expected::Nothing) | ([b'n', ..], _) => self.data = Data::Absent,
            _ => self.data = Data::Misfit,
        }
        Reader::skip_value(rest)
    }

    /// Uses the first known name of the code. If the other one is present too, and one means success and the other has
    /// the form of an error's code, the response is ambiguous.
    fn into_envelope(self) -> Result<Envelope, NotAnEnvelope> {
        if let Some(name) = self.repeated {
            // Either could be the real one, so neither is taken for a success.
            return Err(NotAnEnvelope::Because(format!("there are two of `{name}`")));
        }
        let mut codes = self.codes.into_iter().flatten().filter(|code| !code.is_null());
        let Some(code) = codes.next() else {
            return Err(NotAnEnvelope::Because(format!("the body has no {}", ENVELOPE_CODE.join(" or "))));
        };
        let Some(code) = number(&code) else {
            return Err(NotAnEnvelope::Because(format!("expected an integer as status code, got {code}")));
        };
        let other = codes.find_map(|other| number(&other));
        // The codes of errors are negative. A gateway or framework may add the HTTP status of an error.
        let is_error = |code: i64| code < 0 || (400..600).contains(&code);
        let contradiction = other.filter(|other| (code == 0 && is_error(*other)) || (is_error(code) && *other == 0));
        let is_ambiguous = contradiction.is_some();
        let code = contradiction.map_or(code, |other| if code == 0 { other } else { code });
        let message = self.messages.into_iter().flatten().next();
        Ok(Envelope { code, is_ambiguous, message, data: self.data })
    }
}
