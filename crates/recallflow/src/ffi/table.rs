//! How the values of an answer lie in memory.

use std::collections::BTreeMap;

use super::shape::Shape;
use crate::LocalDateTime;
use crate::response::extra::Extra;

/// A value of an answer. It is small, because an answer has thousands.
///
/// What is not in it lies elsewhere in the record, and a [`Row`](super::Row) finds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// The answer had none that fits.
    Absent,
    /// A whole number, also of an enum.
    Int(i64),
    /// A number.
    Float(f64),
    /// A flag or truth value.
    Bool(bool),
    /// A text that lies in the body, from its first byte to the one after its last.
    Span(u32, u32),
    /// A text that was written with escapes, or is from elsewhere, by its number.
    Text(u32),
    /// A time.
    Time(LocalDateTime),
    /// An object, by its first cell one level deeper.
    Object(u32),
    /// A list of objects, by its first cell one level deeper, and how many there are.
    Objects(u32, u32),
    /// A list of values, by its first cell one level deeper, and how many there are.
    Values(u32, u32),
}

const _: () = assert!(size_of::<Cell>() == 16);

/// All values of one answer, without a tree of small allocations.
///
/// The cells of an object lie one after the other, and so do the objects of a list. What is within them lies one level
/// deeper, where no other list can come in between. The outermost object begins the first level.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    levels: Vec<Vec<Cell>>,
    texts: Vec<String>,
    /// What objects hold beyond their fields, by level and first cell.
    extras: BTreeMap<(usize, usize), Extra>,
}

/// How many cells an object takes. One at least, so that each object has a place of its own.
pub(super) fn width(shape: &Shape) -> usize {
    shape.fields.len().max(1)
}

/// A position or a number of cells. The memory of a machine ends long before these do.
pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).expect("an answer has less than 2^32 values")
}

impl Table {
    /// An object in which nothing is.
    pub(super) fn blank(shape: &Shape) -> Self {
        Self { levels: vec![vec![Cell::Absent; width(shape)]], ..Self::default() }
    }

    pub(super) fn cells(&self, level: usize, first: usize, count: usize) -> &[Cell] {
        self.levels.get(level).and_then(|cells| cells.get(first..)?.get(..count)).unwrap_or_default()
    }

    pub(super) fn text(&self, number: u32) -> Option<&str> {
        self.texts.get(number as usize).map(String::as_str)
    }

    pub(super) fn extra(&self, level: usize, first: usize) -> Option<&Extra> {
        // An answer as documented has none.
        if self.extras.is_empty() { None } else { self.extras.get(&(level, first)) }
    }

    /// Takes the cells of a level, to add to them without looking them up again, until [`Table::put_back`].
    pub(super) fn take(&mut self, level: usize) -> Vec<Cell> {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        std::mem::take(&mut self.levels[level])
    }

    pub(super) fn put_back(&mut self, level: usize, cells: Vec<Cell>) {
        self.levels[level] = cells;
    }

    pub(super) fn add_text(&mut self, text: String) -> Cell {
        self.texts.push(text);
        Cell::Text(small(self.texts.len() - 1))
    }

    pub(super) fn add_extra(&mut self, level: usize, first: usize, extra: Extra) {
        if !extra.is_empty() {
            self.extras.insert((level, first), extra);
        }
    }
}
