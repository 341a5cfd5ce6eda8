//! Reads a value of a request by its type, and reports a value of another type.

use std::borrow::Cow;

use super::json::JsonObject;
use super::path::Path;
use super::read::{Problems, ReadObject, read_object};
use super::source::Source;
use super::violation::Rule;
use super::wording::{describe_text, not_one_of};
use crate::datetime::LocalDateTime;

/// A value of a request.
pub(crate) trait ReadValue: Sized {
    /// Whether it is a list.
    const IS_LIST: bool = false;
    /// Reads the value; returns `None` after reporting why it cannot be read.
    fn read_value(source: &impl Source, at: &Path<'_>, problems: &mut Problems) -> Option<Self>;
    /// Returns a replacement for a value that cannot be read. It meets the condition of no rule.
    fn stand_in() -> Self;
}

impl<T: ReadObject> ReadValue for T {
    fn read_value(source: &impl Source, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(object) = source.object() else {
            problems.wrong_type(at, "an object", source);
            return None;
        };
        Some(read_object(*at, Some(&object), problems, T::read_fields))
    }

    fn stand_in() -> Self {
        read_object(Path::Root, None::<&JsonObject<'_>>, &mut Problems::muted(), T::read_fields)
    }
}

impl<T: ReadValue> ReadValue for Vec<T> {
    const IS_LIST: bool = true;

    fn read_value(source: &impl Source, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(items) = source.list() else {
            problems.wrong_type(at, "a list", source);
            return None;
        };
        let read = |(index, item)| T::read_value(item, &Path::Item(at, index), problems).unwrap_or_else(T::stand_in);
        Some(items.iter().enumerate().map(read).collect())
    }

    fn stand_in() -> Self {
        Vec::new()
    }
}

impl ReadValue for String {
    fn read_value(source: &impl Source, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let text = source.text();
        if text.is_none() {
            problems.wrong_type(at, "text", source);
        }
        text.map(Cow::into_owned)
    }

    fn stand_in() -> Self {
        String::new()
    }
}

impl ReadValue for i64 {
    fn read_value(source: &impl Source, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let number = source.integer();
        if number.is_none() {
            problems.wrong_type(at, "a whole number of at most 64 bits", source);
        }
        number
    }

    fn stand_in() -> Self {
        0
    }
}

impl ReadValue for i32 {
    fn read_value(source: &impl Source, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let number = source.integer().and_then(|number| i32::try_from(number).ok());
        if number.is_none() {
            problems.wrong_type(at, "a whole number of at most 32 bits", source);
        }
        number
    }

    fn stand_in() -> Self {
        0
    }
}

impl ReadValue for f64 {
    fn read_value(source: &impl Source, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let number = source.float();
        if number.is_none() {
            problems.wrong_type(at, "a number", source);
        }
        number
    }

    fn stand_in() -> Self {
        0.0
    }
}

impl ReadValue for bool {
    fn read_value(source: &impl Source, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        match source.flag() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            Some(other) => {
                problems.unreadable(at, Rule::OneOf, &not_one_of(&[0, 1], other));
                None
            }
            None => {
                problems.wrong_type(at, "0 or 1", source);
                None
            }
        }
    }

    fn stand_in() -> Self {
        false
    }
}

impl ReadValue for LocalDateTime {
    fn read_value(source: &impl Source, at: &Path<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(text) = source.text() else {
            problems.wrong_type(at, "a date and time `yyyy-MM-dd HH:mm:ss`", source);
            return None;
        };
        let time = LocalDateTime::parse(text.as_bytes());
        if time.is_none() {
            let complaint =
                format!("must be a real date and time `yyyy-MM-dd HH:mm:ss`, but is {}", describe_text(&text));
            problems.unreadable(at, Rule::Format, &complaint);
        }
        time
    }

    fn stand_in() -> Self {
        LocalDateTime::MIN
    }
}

/// Reads any number of an enum, or the name of a value in any case. A rule says which numbers the field allows.
pub(crate) fn read_enum<T: Copy + From<i64>>(
    source: &impl Source,
    at: &Path<'_>,
    problems: &mut Problems,
    values: impl Iterator<Item = (&'static str, T)>,
) -> Option<T> {
    if let Some(name) = source.enum_name() {
        let values: Vec<_> = values.collect();
        let found = values.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
        if found.is_none() {
            let names: Vec<_> = values.iter().map(|(known, _)| *known).collect();
            problems.unreadable(at, Rule::Type, &not_one_of(&names, describe_text(&name)));
        }
        return found.map(|(_, value)| *value);
    }
    let number = source.integer().map(T::from);
    if number.is_none() {
        problems.wrong_type(at, "a whole number", source);
    }
    number
}

/// A number that is not a value of any enum.
pub(crate) const UNNAMED: i64 = i64::MIN;
