//! Writes a response in its wire form: a Rust struct for `serde`, or the values of a table as a tree.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};

use super::shape::{Kind, Shape};
use super::table::{Cell, Table, small};
use crate::extra::Extra;
use crate::generated::shapes::RESPONSES;

/// Serializes the fields of one object, then its [`Extra`].
pub(crate) struct RecordWriter<'a, S: Serializer> {
    map: S::SerializeMap,
    extra: &'a Extra,
    /// Fields that the caller set although `extra` has a misfit under their name.
    replaced: Vec<&'static str>,
}

impl<'a, S: Serializer> RecordWriter<'a, S> {
    pub(crate) fn new(serializer: S, extra: &'a Extra) -> Result<Self, S::Error> {
        Ok(Self { map: serializer.serialize_map(None)?, extra, replaced: Vec::new() })
    }

    /// Writes a field, if it has a value.
    pub(crate) fn value<T: Serialize>(&mut self, name: &'static str, value: Option<&T>) -> Result<(), S::Error> {
        let Some(value) = value else { return Ok(()) };
        if self.extra.has(name) {
            self.replaced.push(name);
        }
        self.map.serialize_entry(name, value)
    }

    /// Writes a flag as 0 or 1, if it has a value.
    pub(crate) fn flag(&mut self, name: &'static str, flag: Option<bool>) -> Result<(), S::Error> {
        self.value(name, flag.map(u8::from).as_ref())
    }

    /// Writes a list, unless `extra` has the whole list because some of its items do not fit.
    pub(crate) fn list<T: Serialize>(&mut self, name: &'static str, list: &[T]) -> Result<(), S::Error> {
        if self.extra.has(name) { Ok(()) } else { self.map.serialize_entry(name, list) }
    }

    /// Writes a list of values. An empty one is left out, because most responses lack it.
    pub(crate) fn values<T: Serialize>(&mut self, name: &'static str, values: &[T]) -> Result<(), S::Error> {
        if values.is_empty() { Ok(()) } else { self.list(name, values) }
    }

    /// Writes `extra`.
    pub(crate) fn end(mut self) -> Result<S::Ok, S::Error> {
        for (name, value) in self.extra.iter().filter(|(name, _)| !self.replaced.contains(&name.as_str())) {
            self.map.serialize_entry(name, value)?;
        }
        self.map.end()
    }
}

/// Returns the shape of the objects in a field of a response, if it holds any.
pub(crate) fn nested_shape(kind: &Kind) -> Option<&'static Shape> {
    match kind {
        Kind::Object(position) | Kind::List(Kind::Object(position)) => Some(&RESPONSES[*position]),
        _ => None,
    }
}

/// Returns the wire form of an object, by its level and its first cell there.
pub(super) fn object_to_json(body: &[u8], table: &Table, shape: &Shape, level: usize, first: usize) -> Value {
    let cells = table.cells(level, first, shape.fields.len());
    let values = shape.fields.iter().zip(cells);
    let values = values.map(|(field, cell)| cell_to_json(body, table, level, *cell, &field.kind));
    let extra = table.extra(level, first).into_iter().flat_map(Extra::iter);
    let extra = extra.map(|(name, value)| (name.clone(), value.clone())).collect();
    write_response(shape, values, extra)
}

/// Returns the wire form of a cell of this level and kind; `None` if it is absent.
pub(super) fn cell_to_json(body: &[u8], table: &Table, level: usize, cell: Cell, kind: &Kind) -> Option<Value> {
    let object = |first: u32| Some(object_to_json(body, table, nested_shape(kind)?, level + 1, first as usize));
    Some(match cell {
        Cell::Absent => return None,
        Cell::Int(number) => number.into(),
        Cell::Float(number) => number.into(),
        Cell::Bool(value) if matches!(kind, Kind::Flag) => u8::from(value).into(),
        Cell::Bool(value) => value.into(),
        Cell::Time(time) => time.to_string().into(),
        Cell::Span(..) | Cell::Text(_) => String::from_utf8_lossy(table.text_of(body, cell)?).into(),
        Cell::Object(first) => object(first)?,
        Cell::Objects(first, count) => {
            let width = small(nested_shape(kind)?.width());
            (0..count).filter_map(|item| object(first + item * width)).collect()
        }
        Cell::Values(first, count) => {
            let item = if let Kind::List(item) = kind { item } else { kind };
            let values = table.cells(level + 1, first as usize, count as usize).iter();
            values.filter_map(|cell| cell_to_json(body, table, level + 1, *cell, item)).collect()
        }
    })
}

/// Returns the wire form of an object of a response, from its values in the order of the fields.
///
/// A value in `extra` that did not fit its field is written, unless the field was set since. A list in `extra` is always
/// written, because some of its items are only there.
pub fn write_response(
    shape: &Shape,
    values: impl IntoIterator<Item = Option<Value>>,
    extra: Map<String, Value>,
) -> Value {
    let mut object = extra;
    for (field, value) in shape.fields.iter().zip(values) {
        if !matches!(field.kind, Kind::List(_)) {
            object.extend(value.map(|value| (field.wire.to_owned(), value)));
        } else if !object.contains_key(field.wire) {
            let list = value.unwrap_or_else(|| Value::Array(Vec::new()));
            // As in `RecordWriter`, an empty list of values is left out.
            if nested_shape(&field.kind).is_some() || list != Value::Array(Vec::new()) {
                object.insert(field.wire.to_owned(), list);
            }
        }
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{GroupCallTask, RecallFlowDetail};

    #[test]
    fn a_value_that_was_set_replaces_a_misfit() {
        let read = json!({ "taskId": 7, "rate": 5, "region": "AE" });
        let mut task: GroupCallTask = serde_json::from_value(read.clone()).unwrap();
        assert_eq!(serde_json::to_value(&task).unwrap(), read);
        task.rate = Some("100".to_owned());
        assert_eq!(serde_json::to_value(&task).unwrap(), json!({ "taskId": 7, "rate": "100", "region": "AE" }));

        let read = json!({ "keyId": 1, "recallInterval": "x", "recallNum": 1, "recallType": 0, "nodeList": [5] });
        let mut detail: RecallFlowDetail = serde_json::from_value(read.clone()).unwrap();
        assert_eq!(serde_json::to_value(&detail).unwrap(), read);
        detail.recall_interval = Some(5);
        assert_eq!(serde_json::to_value(&detail).unwrap()["recallInterval"], 5);
        // The whole list is written, because only some of its items are in the field.
        assert_eq!(detail.to_update().unwrap_err().violations()[0].path, "nodeList[0]");
    }
}
