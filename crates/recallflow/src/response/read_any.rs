//! Reads and passes JSON of any form, within the limits of a [`Reader`].

use std::borrow::Cow;
use std::ops::Range;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::read::{MAX_DEPTH, Reader, Rest};
use super::text::unescape;
use super::tokens::{is_blank, more, pass, string};
use super::unreadable::Unreadable;

impl<'b> Reader<'b> {
    /// Checks any value within the limits, and returns its position in the text.
    pub(crate) fn check_any(&mut self, rest: &'b [u8]) -> Result<(Range<usize>, &'b [u8]), Unreadable> {
        let begin = self.text.len() - rest.len();
        let after = self.pass_value(rest)?;
        // An object or list ends with the blanks after it.
        let span = self.text[begin..self.text.len() - after.len()].trim_ascii_end();
        Ok((begin..begin + span.len(), after))
    }

    pub(super) fn pass_value(&mut self, rest: &'b [u8]) -> Rest<'b> {
        match rest {
            [b'{', ..] => self.read_members(rest, |reader, _, rest| reader.pass_value(rest)),
            [b'[', ..] => self.read_elements(rest, Self::pass_value),
            [b'"', ..] => self.read_string(rest).map(|(_, rest)| rest),
            // A number of any size is exact as text.
            _ => Self::skip_value(rest),
        }
    }

    /// Reads any value.
    pub(crate) fn read_value(&mut self, rest: &'b [u8]) -> Result<(Value, &'b [u8]), Unreadable> {
        match rest {
            [b'{', ..] => {
                let mut map = Map::new();
                let rest = self.read_members(rest, |reader, name, rest| {
                    let (value, rest) = reader.read_value(rest)?;
                    map.insert(name.into_owned(), value);
                    Ok(rest)
                })?;
                Ok((Value::Object(map), rest))
            }
            [b'[', ..] => {
                let mut items = Vec::new();
                let rest = self.read_elements(rest, |reader, rest| {
                    let (value, rest) = reader.read_value(rest)?;
                    items.push(value);
                    Ok(rest)
                })?;
                Ok((Value::Array(items), rest))
            }
            [b'"', ..] => {
                let (text, rest) = self.read_string(rest)?;
                Ok((Value::String(text.into_owned()), rest))
            }
            _ => {
                let is_end = |byte: &u8| is_blank(*byte) || matches!(byte, b',' | b']' | b'}');
                let (value, rest) = rest.split_at(rest.iter().position(is_end).unwrap_or(rest.len()));
                let value = serde_json::from_slice(value).map_err(|_| Unreadable::Malformed)?;
                Ok((value, rest))
            }
        }
    }

    /// Skips any value, of any size and depth, because nothing of it is kept.
    pub(crate) fn skip_value(rest: &[u8]) -> Rest<'_> {
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        match values.next() {
            Some(Ok(_)) => rest.get(values.byte_offset()..).ok_or(Unreadable::Malformed),
            _ => Err(Unreadable::Malformed),
        }
    }

    /// Reads an object of any kind, and passes each name with the rest after its colon.
    pub(crate) fn read_members(
        &mut self,
        rest: &'b [u8],
        mut member: impl FnMut(&mut Self, Cow<'b, str>, &'b [u8]) -> Rest<'b>,
    ) -> Rest<'b> {
        self.read_sequence(rest, [b'{', b'}'], |reader, rest| {
            let (name, rest) = reader.read_name(rest)?;
            member(reader, name, rest)
        })
    }

    /// Reads a list of any kind, and passes the rest before each element.
    pub(super) fn read_elements(
        &mut self,
        rest: &'b [u8],
        element: impl FnMut(&mut Self, &'b [u8]) -> Rest<'b>,
    ) -> Rest<'b> {
        self.read_sequence(rest, [b'[', b']'], element)
    }

    fn read_sequence(
        &mut self,
        rest: &'b [u8],
        [begin, end]: [u8; 2],
        mut item: impl FnMut(&mut Self, &'b [u8]) -> Rest<'b>,
    ) -> Rest<'b> {
        self.enter_level()?;
        let mut rest = pass(rest, begin).ok_or(Unreadable::Malformed)?;
        let mut is_open = rest.first() != Some(&end);
        if !is_open {
            rest = &rest[1..];
        }
        while is_open {
            self.count_value()?;
            let after = item(self, rest)?;
            (is_open, rest) = more(after, end).ok_or(Unreadable::Malformed)?;
        }
        self.depth -= 1;
        Ok(rest)
    }

    /// Reads a name and the colon after it.
    pub(super) fn read_name(&self, rest: &'b [u8]) -> Result<(Cow<'b, str>, &'b [u8]), Unreadable> {
        let (name, rest) = self.read_string(rest)?;
        Ok((name, pass(rest, b':').ok_or(Unreadable::Malformed)?))
    }

    /// Reads a text, and copies it only if it has escapes.
    fn read_string(&self, rest: &'b [u8]) -> Result<(Cow<'b, str>, &'b [u8]), Unreadable> {
        let begin = self.text.len() - rest.len();
        match string(rest) {
            Some((text, rest)) => Ok((Cow::Borrowed(&self.text[begin + 1..begin + 1 + text.len()]), rest)),
            None => {
                let (text, length) = unescape(&self.text[begin..]).ok_or(Unreadable::Malformed)?;
                Ok((Cow::Owned(text), &rest[length..]))
            }
        }
    }

    pub(super) fn enter_level(&mut self) -> Result<(), Unreadable> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Unreadable::TooDeep) } else { Ok(()) }
    }

    #[inline]
    pub(super) fn count_value(&mut self) -> Result<(), Unreadable> {
        self.values = self.values.checked_sub(1).ok_or(Unreadable::TooManyValues)?;
        Ok(())
    }
}
