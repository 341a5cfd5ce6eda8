//! Serializes a response in its wire form.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::extra::Extra;

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

    /// Writes `extra`.
    pub(crate) fn end(mut self) -> Result<S::Ok, S::Error> {
        for (name, value) in self.extra.iter().filter(|(name, _)| !self.replaced.contains(&name.as_str())) {
            self.map.serialize_entry(name, value)?;
        }
        self.map.end()
    }
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
