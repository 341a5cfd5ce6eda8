//! Reads a request from JSON, strictly, and collects everything that is wrong with it instead of stopping at the first.
//!
//! A value that cannot be read is reported and replaced by a stand-in, so that the rules can still be applied to the
//! rest; what the rules then say about the stand-in is dropped.

use serde::Deserialize as _;
use serde::de::{Deserializer, Error as _};
use serde_json::{Map, Value};

use super::check::{self, Number, Rules, missing, not_one_of};
use super::path::{Path, is_within};
use super::violation::{Rule, Violation};
use crate::{Error, LocalDateTime};

/// An object whose fields can be read.
pub(crate) trait ReadObject: Sized {
    /// Reads each field once.
    fn read(object: &mut ObjectReader<'_>) -> Self;
}

/// What to do about fields that do not exist.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownFields {
    /// Report them: somebody misspelt them.
    Refuse,
    /// Skip them: they belong to a response from which a request is made.
    Skip,
}

/// Reads a request, or tells everything that is wrong with it, the rules it breaks included.
///
/// A request that can be read is returned even if it breaks rules; they are checked before it is sent.
pub(crate) fn read<T: ReadObject + Rules>(json: &Value, unknown: UnknownFields) -> Result<T, Vec<Violation>> {
    let mut problems = Problems { found: Vec::new(), unreadable: Vec::new(), unknown, muted: false };
    let request = T::from_json(json, &Path::Root, &mut problems).unwrap_or_else(T::stand_in);
    let Problems { mut found, unreadable, .. } = problems;
    if found.is_empty() {
        return Ok(request);
    }
    for violation in check::violations(&request) {
        if !unreadable.iter().any(|path| is_within(&violation.path, path)) {
            found.push(violation);
        }
    }
    Err(found)
}

/// Reads a request from JSON text.
pub(crate) fn read_text<T: ReadObject + Rules>(json: &str) -> Result<T, Error> {
    read(&parse(json.as_bytes())?, UnknownFields::Refuse).map_err(Error::invalid_request)
}

/// Parses JSON text.
pub(crate) fn parse(json: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(json).map_err(|error| {
        let message = format!("the request is no JSON: {error}");
        Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Type, message }])
    })
}

/// Reads a request for `serde`.
pub(crate) fn deserialize<'de, T: ReadObject + Rules, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let json = Value::deserialize(deserializer)?;
    read(&json, UnknownFields::Refuse).map_err(|violations| D::Error::custom(Error::invalid_request(violations)))
}

/// What was found so far.
pub(crate) struct Problems {
    found: Vec<Violation>,
    /// Where a stand-in is, about which the rules have nothing to say. A field that does not exist has none, and its
    /// name may look like any path.
    unreadable: Vec<String>,
    unknown: UnknownFields,
    /// Set while the fields of a stand-in are read, about which there is nothing to say.
    muted: bool,
}

impl Problems {
    fn report(&mut self, at: &Path<'_>, rule: Rule, complaint: &str) {
        if !self.muted {
            let path = at.to_string();
            let subject = if path.is_empty() { "the request".to_owned() } else { format!("`{path}`") };
            self.found.push(Violation { path, rule, message: format!("{subject} {complaint}") });
        }
    }

    fn unreadable(&mut self, at: &Path<'_>, rule: Rule, complaint: &str) {
        self.unreadable.push(at.to_string());
        self.report(at, rule, complaint);
    }

    fn wrong_type(&mut self, at: &Path<'_>, expected: &str, got: &Value) {
        self.unreadable(at, Rule::Type, &format!("must be {expected}, but is {}", describe(got)));
    }
}

/// Reads the fields of one object.
pub(crate) struct ObjectReader<'a> {
    at: Path<'a>,
    fields: Option<&'a Map<String, Value>>,
    known: Vec<&'static str>,
    /// How many of the known names are there, with a value or null.
    present: usize,
    problems: &'a mut Problems,
}

impl<'a> ObjectReader<'a> {
    /// A field that may be left out.
    pub(crate) fn optional<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        let value = self.take(name)?;
        T::from_json(value, &Path::Field(&self.at, name), self.problems)
    }

    /// A field that must be there.
    pub(crate) fn required<T: FromJson>(&mut self, name: &'static str) -> T {
        let value = self.take(name);
        let at = Path::Field(&self.at, name);
        if value.is_none() {
            self.problems.unreadable(&at, Rule::Required, &missing(""));
        }
        value.and_then(|value| T::from_json(value, &at, self.problems)).unwrap_or_else(T::stand_in)
    }

    /// The fields of a nested wire object that the user sees flat.
    pub(crate) fn within<T>(&mut self, name: &'static str, read: impl FnOnce(&mut ObjectReader<'_>) -> T) -> T {
        let value = self.take(name);
        let at = Path::Field(&self.at, name);
        let fields = value.and_then(object);
        let muted = self.problems.muted;
        if let (Some(value), None) = (value, fields) {
            self.problems.wrong_type(&at, "an object", value);
            self.problems.muted = true;
        }
        let inner = read_fields(at, fields, self.problems, read);
        self.problems.muted = muted;
        inner
    }

    /// The value of a field; null is the same as absent.
    fn take(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        let value = self.fields?.get(name)?;
        self.present += 1;
        Some(value).filter(|value| !value.is_null())
    }

    fn refuse_unknown(&mut self) {
        // Each name is taken once, so that nothing is left when as many are present as there are.
        if self.problems.unknown == UnknownFields::Skip || self.fields.is_none_or(|fields| fields.len() == self.present)
        {
            return;
        }
        for name in self.fields.into_iter().flat_map(Map::keys) {
            if !self.known.contains(&name.as_str()) {
                let complaint = match nearest(name, &self.known) {
                    Some(nearest) => format!("is not a field of the request; did you mean `{nearest}`?"),
                    None => "is not a field of the request".to_owned(),
                };
                self.problems.report(&Path::Field(&self.at, name), Rule::Type, &complaint);
            }
        }
    }
}

fn read_fields<T>(
    at: Path<'_>,
    fields: Option<&Map<String, Value>>,
    problems: &mut Problems,
    read: impl FnOnce(&mut ObjectReader<'_>) -> T,
) -> T {
    // Few objects have more names, so that the list is hardly ever moved.
    const NAMES: usize = 32;
    let mut reader = ObjectReader { at, fields, known: Vec::with_capacity(NAMES), present: 0, problems };
    let object = read(&mut reader);
    reader.refuse_unknown();
    object
}

/// The known name that was probably meant.
pub(crate) fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase()), *known))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

/// A value that can be read from JSON.
pub(crate) trait FromJson: Sized {
    /// The value, or `None` after what is wrong with it has been reported.
    fn from_json(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<Self>;
    /// Stands in for a value that could not be read, and meets no condition of a rule.
    fn stand_in() -> Self;
}

impl<T: ReadObject> FromJson for T {
    fn from_json(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(fields) = object(json) else {
            problems.wrong_type(at, "an object", json);
            return None;
        };
        Some(read_fields(*at, Some(fields), problems, T::read))
    }

    fn stand_in() -> Self {
        let mut problems =
            Problems { found: Vec::new(), unreadable: Vec::new(), unknown: UnknownFields::Refuse, muted: true };
        read_fields(Path::Root, None, &mut problems, T::read)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(items) = json.as_array() else {
            problems.wrong_type(at, "a list", json);
            return None;
        };
        let read = |(index, item)| T::from_json(item, &Path::Item(at, index), problems).unwrap_or_else(T::stand_in);
        Some(items.iter().enumerate().map(read).collect())
    }

    fn stand_in() -> Self {
        Vec::new()
    }
}

impl FromJson for String {
    fn from_json(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let text = json.as_str();
        if text.is_none() {
            problems.wrong_type(at, "text", json);
        }
        text.map(str::to_owned)
    }

    fn stand_in() -> Self {
        String::new()
    }
}

impl FromJson for i64 {
    fn from_json(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let number = whole(json);
        if number.is_none() {
            problems.wrong_type(at, "a whole number of at most 64 bits", json);
        }
        number
    }

    fn stand_in() -> Self {
        0
    }
}

impl FromJson for i32 {
    fn from_json(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let number = whole(json).and_then(|number| i32::try_from(number).ok());
        if number.is_none() {
            problems.wrong_type(at, "a whole number of at most 32 bits", json);
        }
        number
    }

    fn stand_in() -> Self {
        0
    }
}

impl FromJson for f64 {
    fn from_json(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let number = json.as_f64();
        if number.is_none() {
            problems.wrong_type(at, "a number", json);
        }
        number
    }

    fn stand_in() -> Self {
        0.0
    }
}

impl FromJson for bool {
    fn from_json(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        match whole(json) {
            Some(0) => Some(false),
            Some(1) => Some(true),
            Some(other) => {
                problems.unreadable(at, Rule::OneOf, &not_one_of(&[0, 1], other));
                None
            }
            None => {
                problems.wrong_type(at, "0 or 1", json);
                None
            }
        }
    }

    fn stand_in() -> Self {
        false
    }
}

impl FromJson for LocalDateTime {
    fn from_json(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(text) = json.as_str() else {
            problems.wrong_type(at, "a date and time `yyyy-MM-dd HH:mm:ss`", json);
            return None;
        };
        let time = LocalDateTime::parse(text.as_bytes());
        if time.is_none() {
            let got = describe(json);
            problems.unreadable(
                at,
                Rule::Format,
                &format!("must be a real date and time `yyyy-MM-dd HH:mm:ss`, but is {got}"),
            );
        }
        time
    }

    fn stand_in() -> Self {
        LocalDateTime::MIN
    }
}

/// Reads an enum; which numbers are allowed where is a rule.
pub(crate) fn number<T: Number>(json: &Value, at: &Path<'_>, problems: &mut Problems) -> Option<T> {
    let number = whole(json).map(T::from_number);
    if number.is_none() {
        problems.wrong_type(at, "a whole number", json);
    }
    number
}

/// The number that no enum has a name for.
pub(crate) const NO_NUMBER: i64 = i64::MIN;

/// A JSON number without a fraction, as JSON Schema and JavaScript see it: `30.0` is 30.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked first, and both ends are exact")]
fn whole(json: &Value) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    json.as_i64().or_else(|| {
        let number = json.as_f64().filter(|_| json.is_f64())?;
        (number.fract() == 0.0 && (-END..END).contains(&number)).then_some(number as i64)
    })
}

/// The name of the only member of an object that stands for a value of another language that no JSON can stand for.
const NO_JSON: &str = "\0no JSON";

/// Stands for a value that no JSON can stand for, such as a set, or a number that is none. It fits nowhere, and
/// messages show its description.
#[cfg(feature = "__ffi")]
#[must_use]
pub fn no_json(description: impl Into<String>) -> Value {
    Value::Object(Map::from_iter([(NO_JSON.to_owned(), Value::String(description.into()))]))
}

/// The fields of an object.
fn object(json: &Value) -> Option<&Map<String, Value>> {
    json.as_object().filter(|fields| !fields.contains_key(NO_JSON))
}

/// A value as a message shows it: short, and long text not at all.
fn describe(json: &Value) -> String {
    if let Some(Value::String(description)) = json.get(NO_JSON) {
        return description.clone();
    }
    match json {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => json.to_string(),
        Value::String(text) => describe_text(text),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// A text as a message shows it: quoted as in JSON, and if it is long not at all.
pub(super) fn describe_text(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.chars().count() {
        0..=LONGEST => Value::from(text).to_string(),
        count => format!("a text of {count} characters"),
    }
}

#[cfg(all(test, feature = "__ffi"))]
mod tests {
    use super::*;

    #[test]
    fn what_no_json_can_stand_for_fits_nowhere_and_is_described() {
        let set = no_json("a set");
        assert_eq!(describe(&set), "a set");
        assert!(object(&set).is_none());
    }
}
