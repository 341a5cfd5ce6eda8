//! Requests as JSON text. Each value is a slice of the text, and is parsed when it is read.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Number, Value};

use super::extra::EXTRA;
use super::source::{Form, Found, Source, SourceObject};
use super::violation::{Rule, Violation};
use super::wording::describe_text;
use crate::error::Error;

/// The name of the first member of an object that replaces a value without an exact JSON form, such as a `Map`. The member
/// is the description of that value. A number that may have been rounded to an integer also has a member `number`.
#[cfg(feature = "__ffi")]
pub const MISFIT: &str = "\0misfit";

/// Maximum length of an integer that is shown with its digits.
const MAX_DIGITS: usize = 40;

/// The beginning of such an object, as every JSON serializer writes it.
const MISFIT_START: &str = r#"{"\u0000misfit":"#;

/// A value in a JSON text whose syntax is valid.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a> {
    text: &'a str,
    form: Form,
}

impl<'a> Json<'a> {
    /// Checks the syntax of a JSON text.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if it is not JSON.
    pub fn parse(text: &'a [u8], form: Form) -> Result<Self, Error> {
        let value: &RawValue = serde_json::from_slice(text).map_err(|error| {
            let message = format!("the request is not JSON: {error}");
            Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Type, message }])
        })?;
        Ok(Self { text: value.get(), form })
    }

    fn starts_with(self, first: char) -> bool {
        self.text.starts_with(first)
    }

    fn is_number(self) -> bool {
        self.text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
    }

    /// Returns the replacement of a value without an exact JSON form.
    fn misfit(self) -> Option<Misfit> {
        if self.text.starts_with(MISFIT_START) { serde_json::from_str(self.text).ok() } else { None }
    }
}

/// An object that replaces a value without an exact JSON form.
#[derive(Deserialize)]
struct Misfit {
    #[serde(rename = "\0misfit")]
    description: String,
    number: Option<f64>,
}

impl<'a> Source for Json<'a> {
    type Object = JsonObject<'a>;

    fn is_null(&self) -> bool {
        self.text == "null"
    }

    fn object(&self) -> Option<JsonObject<'a>> {
        if !self.starts_with('{') || self.text.starts_with(MISFIT_START) {
            return None;
        }
        let mut members = members(self.text, self.form)?;
        if self.form == Form::Response
            && let Some(position) = members.iter().position(|(name, _)| name == EXTRA)
        {
            // Unknown fields and values of unexpected types are in `extra` as they were on the wire.
            let (_, extra) = members.remove(position);
            for (name, value) in self::members(extra.text, Form::Wire).unwrap_or_default() {
                match members.iter_mut().find(|(known, _)| *known == name) {
                    None => members.push((name, value)),
                    // The whole list is there, because only some of its items are in the field.
                    Some((_, known)) if known.starts_with('[') => *known = value,
                    // The caller set a field whose value had an unexpected type.
                    Some(_) => {}
                }
            }
        }
        Some(JsonObject { members, form: self.form })
    }

    fn list(&self) -> Option<Vec<Self>> {
        let items: Vec<&RawValue> = serde_json::from_str(self.text).ok()?;
        Some(items.into_iter().map(|item| Self { text: item.get(), form: self.form }).collect())
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        unquote(self.text)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first, and both ends are exact")]
    fn integer(&self) -> Option<i64> {
        const END: f64 = 9_223_372_036_854_775_808.0;
        if !self.is_number() {
            return None;
        }
        if self.text.contains(['.', 'e', 'E']) {
            let number: f64 = self.text.parse().ok()?;
            return (number.fract() == 0.0 && (-END..END).contains(&number)).then_some(number as i64);
        }
        self.text.parse().ok()
    }

    fn float(&self) -> Option<f64> {
        if !self.is_number() {
            return self.misfit()?.number;
        }
        self.text.parse().ok().filter(|number: &f64| number.is_finite())
    }

    fn flag(&self) -> Option<i64> {
        match self.text {
            "true" if self.form != Form::Wire => Some(1),
            "false" if self.form != Form::Wire => Some(0),
            _ => self.integer(),
        }
    }

    fn scalar(&self) -> Option<Value> {
        if self.starts_with('{') || self.starts_with('[') {
            return None;
        }
        serde_json::from_str(self.text).ok()
    }

    fn describe(&self) -> String {
        match self.text.as_bytes().first() {
            Some(b'{') => self.misfit().map_or_else(|| "an object".to_owned(), |misfit| misfit.description),
            Some(b'[') => "a list".to_owned(),
            Some(b'"') => {
                self.text().map_or_else(|| "a text with a lone surrogate".to_owned(), |text| describe_text(&text))
            }
            // A long integer would be rounded.
            _ if self.is_number() && !self.text.contains(['.', 'e', 'E']) => match self.text.len() {
                0..=MAX_DIGITS => self.text.to_owned(),
                _ => format!("a number of {} digits", self.text.trim_start_matches('-').len()),
            },
            _ => match serde_json::from_str::<Number>(self.text) {
                Ok(number) => number.to_string(),
                Err(_) => self.text.to_owned(),
            },
        }
    }
}

/// An object in a JSON text.
#[derive(Debug)]
pub struct JsonObject<'a> {
    members: Members<'a>,
    form: Form,
}

type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

impl<'a> SourceObject for JsonObject<'a> {
    type Value = Json<'a>;

    fn form(&self) -> Form {
        self.form
    }

    fn get(&self, wire: &'static str) -> Found<Json<'a>> {
        Found::only(self.members.iter().filter(|(name, _)| name == wire).map(|(_, value)| *value))
    }

    fn count(&self) -> usize {
        self.members.len()
    }

    fn members(&self) -> Vec<(Cow<'_, str>, Json<'a>)> {
        self.members.iter().map(|(name, value)| (Cow::Borrowed(&**name), *value)).collect()
    }
}

/// Returns the members of an object, or `None` if the text is another value.
fn members(text: &str, form: Form) -> Option<Members<'_>> {
    struct Collect(Form);

    impl<'de> Visitor<'de> for Collect {
        type Value = Members<'de>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
            let mut members = Vec::new();
            while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                // A name with a lone surrogate is not a known field, so that it may stay quoted.
                let name = unquote(name.get()).unwrap_or(Cow::Borrowed(name.get()));
                // The values in `extra` have their wire form.
                let form = if name == EXTRA { Form::Wire } else { self.0 };
                members.push((name, Json { text: value.get(), form }));
            }
            Ok(members)
        }
    }

    serde_json::Deserializer::from_str(text).deserialize_map(Collect(form)).ok()
}

/// Returns the text of a JSON string; `None` for a value of another type and for a text with a lone surrogate.
fn unquote(json: &str) -> Option<Cow<'_, str>> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    if text.contains('\\') { serde_json::from_str(json).ok().map(Cow::Owned) } else { Some(Cow::Borrowed(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json<'_> {
        Json::parse(text.as_bytes(), Form::Wire).unwrap()
    }

    #[test]
    fn a_whole_number_is_never_changed() {
        for (text, expected) in [
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("30.0", Some(30)),
            ("3e1", Some(30)),
            ("-0", Some(0)),
            ("9223372036854775808", None),
            ("-9223372036854775809", None),
            ("1e19", None),
            ("1e999", None),
            ("0.5", None),
            ("\"1\"", None),
        ] {
            assert_eq!(json(text).integer(), expected, "{text}");
        }
        assert_eq!(json("1e999").float(), None);
        assert_eq!(json("1e999").describe(), "1e999");
    }

    #[test]
    fn a_lone_surrogate_is_not_text() {
        assert_eq!(json(r#""\ud83d\ude00""#).text().as_deref(), Some("\u{1f600}"));
        let lone = json(r#""a\ud800""#);
        assert_eq!(lone.text(), None);
        assert_eq!(lone.describe(), "a text with a lone surrogate");
        let object = json(r#"{"\ud800": 1, "\u0061": 2}"#).object().unwrap();
        let names: Vec<_> = object.members().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, [r#""\ud800""#, "a"]);
    }

    #[test]
    #[cfg(feature = "__ffi")]
    fn a_value_without_a_json_form_is_described() {
        let text = serde_json::json!({ MISFIT: "a `Map`" }).to_string();
        assert!(json(&text).object().is_none());
        assert_eq!((json(&text).describe(), json(&text).float()), ("a `Map`".to_owned(), None));
        let rounded = json(r#"{"\u0000misfit":"a large number","number":1e300}"#);
        assert_eq!((rounded.describe(), rounded.float()), ("a large number".to_owned(), Some(1e300)));
        assert_eq!(rounded.integer(), None);
    }
}
