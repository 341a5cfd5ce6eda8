//! The values of a response in memory.

use std::collections::BTreeMap;

use crate::datetime::LocalDateTime;
use crate::extra::Extra;

/// A value of a response. It is small because a response has thousands of them.
///
/// Texts, objects and lists are stored elsewhere in the response; a row finds them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// The response has no value that fits.
    Absent,
    /// An integer, also of an enum.
    Int(i64),
    /// A number.
    Float(f64),
    /// A boolean.
    Bool(bool),
    /// A text in the body, from its first byte to the one after its last.
    Span(u32, u32),
    /// A text that was unescaped, by its number.
    Text(u32),
    /// A time.
    Time(LocalDateTime),
    /// An object, by its first cell one level deeper.
    Object(u32),
    /// A list of objects: the first cell one level deeper, and the number of objects.
    Objects(u32, u32),
    /// A list of values: the first cell one level deeper, and the number of values.
    Values(u32, u32),
}

const _: () = assert!(size_of::<Cell>() == 16);

/// All values of one response, in a few large allocations instead of a tree of small ones.
///
/// The cells of an object are adjacent, and so are the objects of a list. Their nested objects and lists are one level
/// deeper, so that no other cells come in between. Level 0 begins with the outermost object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    levels: Vec<Vec<Cell>>,
    texts: Vec<String>,
    /// Values beyond the documented fields, by level and first cell of the object.
    extras: BTreeMap<(usize, usize), Extra>,
}

/// Converts a position or a number of cells. Memory ends long before 2^32 cells.
pub(crate) fn small(number: usize) -> u32 {
    u32::try_from(number).expect("a response has less than 2^32 values")
}

impl Table {
    pub(crate) fn cells(&self, level: usize, first: usize, count: usize) -> &[Cell] {
        self.levels.get(level).and_then(|cells| cells.get(first..)?.get(..count)).unwrap_or_default()
    }

    /// Returns the text of a cell in UTF-8, if the cell is a text.
    pub(crate) fn text_of<'a>(&'a self, body: &'a [u8], cell: Cell) -> Option<&'a [u8]> {
        match cell {
            Cell::Span(start, end) => Some(body.get(start as usize..end as usize).unwrap_or_default()),
            Cell::Text(number) => self.texts.get(number as usize).map(String::as_bytes),
            _ => None,
        }
    }

    pub(crate) fn extra(&self, level: usize, first: usize) -> Option<&Extra> {
        // A response as documented has none.
        if self.extras.is_empty() { None } else { self.extras.get(&(level, first)) }
    }

    /// Takes the cells of a level, so that they can be extended without a lookup for each cell. [`Table::put_back`]
    /// returns them.
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
