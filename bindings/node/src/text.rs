//! Many texts as one, in the form in which JavaScript keeps them.

use napi::{Env, JsString};
use recallflow_bridge::latin1;

/// Texts, one after the other.
pub(crate) struct Text {
    units: Units,
    /// Short texts that came last, by their length and last byte: many columns of a list say the same in each row. Empty
    /// before one is looked for.
    recent: Vec<Recent>,
    /// How many short texts there are.
    count: usize,
}

/// What JavaScript keeps texts in: one byte for a character if that is enough for all of them, and else two.
enum Units {
    Narrow(Vec<u8>),
    Wide(Vec<u16>),
}

/// A text that may come again; an empty one never does.
#[derive(Clone, Copy, Default)]
struct Recent {
    start: usize,
    end: usize,
    number: usize,
}

/// More would not be found again before they are replaced.
const RECENT: usize = 64;

/// Longer texts hardly come twice. `reader.ts` knows this number as well.
const SHORT: usize = 12;

impl Default for Text {
    fn default() -> Self {
        Self { units: Units::Narrow(Vec::new()), recent: Vec::new(), count: 0 }
    }
}

impl Text {
    /// Length of all texts, in UTF-16 units.
    pub(crate) fn length(&self) -> usize {
        match &self.units {
            Units::Narrow(units) => units.len(),
            Units::Wide(units) => units.len(),
        }
    }

    /// Makes room for texts of about this length.
    pub(crate) fn reserve(&mut self, length: usize) {
        match &mut self.units {
            Units::Narrow(units) => units.reserve(length),
            Units::Wide(units) => units.reserve(length),
        }
    }

    pub(crate) fn push(&mut self, text: &str) {
        if text.is_ascii() {
            return self.push_ascii(text.as_bytes());
        }
        let start = self.length();
        self.push_units(text);
        self.count += usize::from(self.length() - start <= SHORT);
    }

    /// Pushes a text that is ASCII.
    pub(crate) fn push_ascii(&mut self, text: &[u8]) {
        match &mut self.units {
            Units::Narrow(units) => units.extend_from_slice(text),
            Units::Wide(units) => units.extend(text.iter().copied().map(u16::from)),
        }
        self.count += usize::from(text.len() <= SHORT);
    }

    /// Pushes a text in UTF-8, unless it is short and came lately: then this is its number among the short ones, from 0.
    pub(crate) fn push_or_find(&mut self, text: &[u8]) -> Option<usize> {
        if !text.is_ascii() {
            let start = self.length();
            let is_narrow = if let Units::Narrow(units) = &mut self.units { latin1::push(units, text) } else { false };
            if !is_narrow {
                self.push_units(&String::from_utf8_lossy(text));
            }
            self.count += usize::from(self.length() - start <= SHORT);
            return None;
        }
        if let (Units::Narrow(units), Some(slot)) = (&self.units, slot(text)) {
            if self.recent.is_empty() {
                self.recent.resize(RECENT, Recent::default());
            }
            let recent = &mut self.recent[slot];
            if units.get(recent.start..recent.end) == Some(text) {
                return Some(recent.number);
            }
            let start = units.len();
            *recent = Recent { start, end: start + text.len(), number: self.count };
        }
        self.push_ascii(text);
        None
    }

    fn push_units(&mut self, text: &str) {
        if let Units::Narrow(units) = &mut self.units {
            if latin1::push(units, text.as_bytes()) {
                return;
            }
            self.units = Units::Wide(units.iter().copied().map(u16::from).collect());
        }
        if let Units::Wide(units) = &mut self.units {
            units.extend(text.encode_utf16());
        }
    }

    /// All texts as one of JavaScript.
    pub(crate) fn make<'e>(&self, env: &'e Env) -> napi::Result<JsString<'e>> {
        match &self.units {
            Units::Narrow(units) => env.create_string_latin1(units),
            Units::Wide(units) => env.create_string_utf16(units),
        }
    }
}

/// Where a text would be among the recent ones, if it is short.
fn slot(text: &[u8]) -> Option<usize> {
    let last = text.last().filter(|_| text.len() <= SHORT)?;
    Some((usize::from(*last) * 5 + text.len()) % RECENT)
}
