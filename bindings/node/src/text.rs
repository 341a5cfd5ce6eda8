//! A buffer that joins many texts, in the encoding in which JavaScript stores strings.

use napi::{Env, JsString};
use napi_derive::napi;
use recallflow_bridge::latin1;

/// Joined texts.
pub(crate) struct Text {
    units: Units,
    /// The latest short texts, hashed by length and last byte: many columns of a list repeat the same text in each row.
    /// Empty until the first lookup.
    recent: Vec<Recent>,
    /// Number of short texts.
    short_count: usize,
}

/// Latin-1 if that is enough for all characters, and UTF-16 otherwise.
enum Units {
    Latin1(Vec<u8>),
    Utf16(Vec<u16>),
}

/// Where a short text is, and its number among the short texts. An empty entry matches no text.
#[derive(Clone, Copy, Default)]
struct Recent {
    start: usize,
    end: usize,
    number: usize,
}

/// Number of short texts that are remembered.
const RECENT: usize = 64;

/// Maximum length of a short text in UTF-16 units. Longer texts rarely repeat.
#[napi]
pub const SHORT_TEXT: u32 = 12;

const SHORT: usize = SHORT_TEXT as usize;

impl Default for Text {
    fn default() -> Self {
        Self { units: Units::Latin1(Vec::new()), recent: Vec::new(), short_count: 0 }
    }
}

impl Text {
    /// Returns the length of all texts in UTF-16 units.
    pub(crate) fn utf16_length(&self) -> usize {
        match &self.units {
            Units::Latin1(units) => units.len(),
            Units::Utf16(units) => units.len(),
        }
    }

    /// Reserves capacity for texts of about this length.
    pub(crate) fn reserve(&mut self, length: usize) {
        match &mut self.units {
            Units::Latin1(units) => units.reserve(length),
            Units::Utf16(units) => units.reserve(length),
        }
    }

    /// Appends a text.
    pub(crate) fn push_str(&mut self, text: &str) {
        if text.is_ascii() {
            return self.push_ascii(text.as_bytes());
        }
        let start = self.utf16_length();
        self.push_units(text);
        self.short_count += usize::from(self.utf16_length() - start <= SHORT);
    }

    /// Appends an ASCII text.
    pub(crate) fn push_ascii(&mut self, text: &[u8]) {
        match &mut self.units {
            Units::Latin1(units) => units.extend_from_slice(text),
            Units::Utf16(units) => units.extend(text.iter().copied().map(u16::from)),
        }
        self.short_count += usize::from(text.len() <= SHORT);
    }

    /// Appends a UTF-8 text, or returns its number among the short texts if it is one of the latest.
    pub(crate) fn push_or_find(&mut self, text: &[u8]) -> Option<usize> {
        if !text.is_ascii() {
            let start = self.utf16_length();
            let is_latin1 = if let Units::Latin1(units) = &mut self.units { latin1::push(units, text) } else { false };
            if !is_latin1 {
                self.push_units(&String::from_utf8_lossy(text));
            }
            self.short_count += usize::from(self.utf16_length() - start <= SHORT);
            return None;
        }
        if let (Units::Latin1(units), Some(slot)) = (&self.units, recent_slot(text)) {
            if self.recent.is_empty() {
                self.recent.resize(RECENT, Recent::default());
            }
            let recent = &mut self.recent[slot];
            if units.get(recent.start..recent.end) == Some(text) {
                return Some(recent.number);
            }
            let start = units.len();
            *recent = Recent { start, end: start + text.len(), number: self.short_count };
        }
        self.push_ascii(text);
        None
    }

    fn push_units(&mut self, text: &str) {
        if let Units::Latin1(units) = &mut self.units {
            if latin1::push(units, text.as_bytes()) {
                return;
            }
            self.units = Units::Utf16(units.iter().copied().map(u16::from).collect());
        }
        if let Units::Utf16(units) = &mut self.units {
            units.extend(text.encode_utf16());
        }
    }

    /// Returns all texts as one JavaScript string.
    pub(crate) fn to_javascript<'e>(&self, env: &'e Env) -> napi::Result<JsString<'e>> {
        match &self.units {
            Units::Latin1(units) => env.create_string_latin1(units),
            Units::Utf16(units) => env.create_string_utf16(units),
        }
    }
}

/// Returns the slot of a short text among the latest ones.
fn recent_slot(text: &[u8]) -> Option<usize> {
    let last = text.last().filter(|_| text.len() <= SHORT)?;
    Some((usize::from(*last) * 5 + text.len()) % RECENT)
}
