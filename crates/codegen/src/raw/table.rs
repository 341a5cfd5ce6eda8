//! Reads TOML tables key by key, and reports missing, unknown and invalid keys.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{RawConditions, RawLiteral, RawNames};
use crate::diagnostic::{At, Place, Sink};

/// A file of the spec.
#[derive(Debug)]
pub(crate) struct TomlSource<'a> {
    /// Index of the file among those of the spec.
    pub(crate) file: usize,
    /// Its content.
    pub(crate) text: &'a str,
    /// Where problems are reported.
    pub(crate) sink: &'a Sink,
}

/// A table whose keys are read one by one.
#[derive(Debug)]
pub(super) struct SpecTable<'a> {
    source: &'a TomlSource<'a>,
    /// Keys that are not read yet, in the order of the file.
    entries: Vec<(At<String>, KeyedValue<'a>)>,
    /// Names of all keys that were read.
    known: Vec<&'static str>,
    /// Start of the table.
    pub(super) at: Place,
}

/// A value under a key.
#[derive(Debug)]
pub(super) struct KeyedValue<'a> {
    source: &'a TomlSource<'a>,
    /// Description of the value in a message.
    what: String,
    value: DeValue<'a>,
    at: Place,
    /// Byte offset of the value in the file.
    start: usize,
}

impl<'a> TomlSource<'a> {
    /// Parses the file. Reports syntax errors and returns the valid rest.
    pub(super) fn table(&'a self) -> SpecTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let at = self.place(error.span().map_or(0, |span| span.start));
            self.sink.syntax(at, error.message());
        }
        SpecTable::new(self, table.into_inner(), self.place(0))
    }

    /// Returns the line of a byte offset.
    fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        Place { file: self.file, line: 1 + before.matches('\n').count() }
    }
}

impl<'a> SpecTable<'a> {
    fn new(source: &'a TomlSource<'a>, table: DeTable<'a>, at: Place) -> Self {
        let mut entries: Vec<_> = table.into_iter().collect();
        // The parser sorts keys by name. Restore the order of the file.
        entries.sort_by_key(|(key, _)| key.span().start);
        let entries = entries.into_iter().map(|(key, value)| Self::entry(source, &key, value)).collect();
        Self { source, entries, known: Vec::new(), at }
    }

    fn entry(
        source: &'a TomlSource<'a>,
        key: &Spanned<toml::de::DeString<'a>>,
        value: Spanned<DeValue<'a>>,
    ) -> (At<String>, KeyedValue<'a>) {
        let key = At { value: key.get_ref().clone().into_owned(), at: source.place(key.span().start) };
        // The span of a table begins after its header.
        let at = if value.get_ref().is_table() { key.at } else { source.place(value.span().start) };
        let start = value.span().start;
        let node = KeyedValue { source, what: format!("`{}`", key.value), value: value.into_inner(), at, start };
        (key, node)
    }

    /// Reads an optional key. Returns `None` if it is missing or `read` rejects its value.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(KeyedValue<'a>) -> Option<T>,
    ) -> Option<T> {
        self.known.push(key);
        let index = self.entries.iter().position(|(found, _)| found.value == key)?;
        read(self.entries.remove(index).1)
    }

    /// Reads a required key, or reports that it is missing.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(KeyedValue<'a>) -> Option<T>,
    ) -> Option<T> {
        if !self.has(key) {
            let message = format!("missing key `{key}`");
            match remedy(key) {
                Some(remedy) => self.source.sink.suggest(self.at, message, remedy),
                None => self.source.sink.report(self.at, message),
            }
        }
        self.optional(key, read)
    }

    /// Returns whether a key is present and not read yet.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(found, _)| found.value == key)
    }

    /// Reads an optional table of tables into one item per key, in the order of the file.
    pub(super) fn items<T>(&mut self, key: &'static str, read: impl Fn(At<String>, SpecTable<'a>) -> T) -> Vec<T> {
        self.optional(key, KeyedValue::table).map(|table| table.into_items(read)).unwrap_or_default()
    }

    /// Converts the table into one item per key, in the order of the file.
    pub(super) fn into_items<T>(self, read: impl Fn(At<String>, SpecTable<'a>) -> T) -> Vec<T> {
        let tables = self.entries.into_iter().filter_map(|(key, node)| Some((key, node.table()?)));
        tables.map(|(key, table)| read(key, table)).collect()
    }

    /// Reads an optional list of tables.
    pub(super) fn list<T>(&mut self, key: &'static str, read: impl Fn(SpecTable<'a>) -> T) -> Vec<T> {
        let tables = self.optional(key, |node| node.items("a list of tables", KeyedValue::table));
        tables.map(|tables| tables.value.into_iter().map(read).collect()).unwrap_or_default()
    }

    /// Returns the sink for problems of the table.
    pub(super) fn sink(&self) -> &'a Sink {
        self.source.sink
    }

    /// Reports the keys that were not read.
    pub(super) fn finish(self) {
        for (key, _) in &self.entries {
            // Do not suggest a key that is already present.
            let absent = |known: &&str| !self.entries.iter().any(|(other, _)| other.value == **known);
            self.source.sink.unknown("key", key, self.known.iter().copied().filter(absent));
        }
    }
}

impl<'a> KeyedValue<'a> {
    /// Reads a string.
    pub(super) fn string(self) -> Option<At<String>> {
        match self.value {
            DeValue::String(text) => Some(At { value: text.into_owned(), at: self.at }),
            _ => self.wrong("a string"),
        }
    }

    /// Reads a string of several lines. Its location is that of the first line, which may follow the opening quotes.
    pub(super) fn text_block(self) -> Option<At<String>> {
        let quoted = self.source.text.get(self.start..).unwrap_or_default();
        let is_below = ["'''", "\"\"\""].iter().any(|quotes| {
            quoted.strip_prefix(quotes).is_some_and(|text| text.starts_with('\n') || text.starts_with("\r\n"))
        });
        let mut text = self.string()?;
        text.at.line += usize::from(is_below);
        Some(text)
    }

    /// Reads an integer.
    pub(super) fn int(self) -> Option<At<i64>> {
        match integer(&self.value) {
            Some(value) => Some(At { value, at: self.at }),
            None => self.wrong("a 64-bit integer"),
        }
    }

    /// Reads a finite number.
    pub(super) fn number(self) -> Option<At<f64>> {
        let number = match &self.value {
            DeValue::Integer(integer) => integer.as_str().parse::<f64>().ok(),
            DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
            _ => None,
        };
        match number.filter(|number| number.is_finite()) {
            Some(value) => Some(At { value, at: self.at }),
            None => self.wrong("a finite number"),
        }
    }

    /// Reads a boolean.
    pub(super) fn bool(self) -> Option<At<bool>> {
        match self.value {
            DeValue::Boolean(value) => Some(At { value, at: self.at }),
            _ => self.wrong("true or false"),
        }
    }

    /// Reads a literal to compare a field with.
    pub(super) fn literal(self) -> Option<At<RawLiteral>> {
        let value = match &self.value {
            DeValue::Boolean(value) => Some(RawLiteral::Bool(*value)),
            DeValue::String(name) => Some(RawLiteral::Name(name.clone().into_owned())),
            other => integer(other).map(RawLiteral::Int),
        };
        match value {
            Some(value) => Some(At { value, at: self.at }),
            None => self.wrong("true, false, an integer or the name of an enum value"),
        }
    }

    /// Returns whether the value is a list without items.
    pub(super) fn is_empty_list(&self) -> bool {
        self.value.as_array().is_some_and(|items| items.is_empty())
    }

    /// Gives a value the location of the node.
    pub(super) fn located<T>(self, value: T) -> At<T> {
        At { value, at: self.at }
    }

    /// Reads a list of strings.
    pub(super) fn strings(self) -> Option<At<Vec<At<String>>>> {
        self.items("a list of strings", KeyedValue::string)
    }

    /// Reads conditions.
    pub(super) fn conditions(self) -> Option<At<RawConditions>> {
        let table = self.table()?;
        let at = table.at;
        let equalities = table.entries.into_iter().filter_map(|(key, node)| Some((key, node.literal()?)));
        Some(At { value: equalities.collect(), at })
    }

    /// Reads names by field.
    pub(super) fn names(self) -> Option<RawNames> {
        let names = self.table()?.entries.into_iter().filter_map(|(key, node)| Some((key, node.string()?)));
        Some(names.collect())
    }

    /// Reads a table.
    pub(super) fn table(self) -> Option<SpecTable<'a>> {
        match self.value {
            DeValue::Table(table) => Some(SpecTable::new(self.source, table, self.at)),
            _ => self.wrong("a table"),
        }
    }

    /// Reads a list. Leaves out the items that `read` rejects.
    fn items<T>(self, expected: &str, read: impl Fn(KeyedValue<'a>) -> Option<T>) -> Option<At<Vec<T>>> {
        let DeValue::Array(items) = self.value else { return self.wrong(expected) };
        let node = |item: Spanned<DeValue<'a>>| KeyedValue {
            source: self.source,
            what: format!("an item of {}", self.what),
            at: self.source.place(item.span().start),
            start: item.span().start,
            value: item.into_inner(),
        };
        Some(At { value: items.into_iter().filter_map(|item| read(node(item))).collect(), at: self.at })
    }

    /// Reports a value of the wrong type.
    fn wrong<T>(self, expected: &str) -> Option<T> {
        let found = match &self.value {
            // The value of a number may be wrong, not its type.
            DeValue::Integer(integer) => format!("the integer {integer}"),
            DeValue::Float(float) => format!("the float {float}"),
            other => format!("{} {}", if other.is_array() { "an" } else { "a" }, other.type_str()),
        };
        self.source.sink.report(self.at, format!("expected {expected} for {}, got {found}", self.what));
        None
    }
}

/// Suggests a value for a missing key.
fn remedy(key: &str) -> Option<&'static str> {
    match key {
        "doc" => Some("describe the item in a sentence"),
        "source" => Some("list the documents that describe the item"),
        _ => None,
    }
}

/// Converts a value to an integer.
fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}
