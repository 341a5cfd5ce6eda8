//! Many texts as one, in the form in which JavaScript keeps them.

use napi::{Env, JsString};

/// Texts, one after the other.
pub(crate) struct Text {
    units: Units,
    /// Short texts that came last, by their length and last byte: many columns of a list say the same in each row. Empty
    /// before one is looked for.
    recent: Vec<Option<Recent>>,
    /// How many short texts there are.
    count: usize,
}

/// What JavaScript keeps texts in: one byte for a character if that is enough for all of them, and else two.
enum Units {
    Narrow(Vec<u8>),
    Wide(Vec<u16>),
}

/// A text that may come again.
#[derive(Clone, Copy)]
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
            Units::Narrow(units) => {
                let start = units.len();
                units.extend_from_slice(text);
                if let Some(recent) = slot(text).and_then(|slot| self.recent.get_mut(slot)) {
                    *recent = Some(Recent { start, end: units.len(), number: self.count });
                }
            }
            Units::Wide(units) => units.extend(text.iter().copied().map(u16::from)),
        }
        self.count += usize::from(text.len() <= SHORT);
    }

    fn push_units(&mut self, text: &str) {
        if let Units::Narrow(units) = &mut self.units {
            let start = units.len();
            for character in text.chars() {
                let Ok(unit) = u8::try_from(character) else {
                    units.truncate(start);
                    let wide = units.iter().copied().map(u16::from).collect();
                    self.units = Units::Wide(wide);
                    break;
                };
                units.push(unit);
            }
        }
        if let Units::Wide(units) = &mut self.units {
            units.extend(text.encode_utf16());
        }
    }

    /// The number of this text among the short ones, from 0, if it came lately.
    pub(crate) fn find(&mut self, text: &[u8]) -> Option<usize> {
        let Units::Narrow(units) = &self.units else { return None };
        if self.recent.is_empty() {
            self.recent.resize(RECENT, None);
        }
        let Recent { start, end, number } = self.recent[slot(text)?]?;
        (&units[start..end] == text).then_some(number)
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
