//! Writes an answer in the service's own form.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::extra::Extra;

/// Writes the fields of one object, and what is beyond them.
pub(crate) struct RecordWriter<'a, S: Serializer> {
    map: S::SerializeMap,
    extra: &'a Extra,
    /// Fields that were set although something else is in `extra` in their place, which somebody has mended so.
    mended: Vec<&'static str>,
}

impl<'a, S: Serializer> RecordWriter<'a, S> {
    pub(crate) fn new(serializer: S, extra: &'a Extra) -> Result<Self, S::Error> {
        Ok(Self { map: serializer.serialize_map(None)?, extra, mended: Vec::new() })
    }

    /// A field, if there is one.
    pub(crate) fn value<T: Serialize>(&mut self, name: &'static str, value: Option<&T>) -> Result<(), S::Error> {
        let Some(value) = value else { return Ok(()) };
        if self.extra.has(name) {
            self.mended.push(name);
        }
        self.map.serialize_entry(name, value)
    }

    /// A flag as 0 or 1, if there is one.
    pub(crate) fn flag(&mut self, name: &'static str, flag: Option<bool>) -> Result<(), S::Error> {
        self.value(name, flag.map(u8::from).as_ref())
    }

    /// A list. One of which some items did not fit stands among the rest in its original form, which is more than what
    /// could be read of it.
    pub(crate) fn list<T: Serialize>(&mut self, name: &'static str, list: &[T]) -> Result<(), S::Error> {
        if self.extra.has(name) { Ok(()) } else { self.map.serialize_entry(name, list) }
    }

    /// Everything else.
    pub(crate) fn end(mut self) -> Result<S::Ok, S::Error> {
        for (name, value) in self.extra.iter().filter(|(name, _)| !self.mended.contains(&name.as_str())) {
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
    fn what_is_set_in_place_of_a_misfit_counts() {
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
        // A list is kept as it came, because what fits of it is less.
        assert_eq!(detail.to_update().unwrap_err().violations()[0].path, "nodeList[0]");
    }
}
