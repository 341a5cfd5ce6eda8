//! Flows in files: the update that would write a flow, as TOML or JSON with the names of the service.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use recallflow::{RecallFlowDetail, UpdateAgentRecallFlow, UpdateRecallFlow, Violation, Warning};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::document::{Document, document, unwritable};
use crate::failure::Failure;
use crate::output::Output;

/// Fields of nodes and flows that only AI Agent flows have.
const AGENT_FIELDS: (&str, &str) = ("scriptId", "recallIntent");

/// A flow as it would be written.
pub(crate) struct FlowFile {
    /// Whether an AI Agent makes the calls.
    pub(crate) is_agent: bool,
    /// The update in its form on the wire, without nulls.
    pub(crate) wire: Value,
}

impl FlowFile {
    /// Returns the update that would write a flow back.
    pub(crate) fn of_detail(detail: &RecallFlowDetail) -> Result<Self, Failure> {
        match detail.to_update() {
            Ok(update) => Ok(Self::new(false, serde_json::to_value(update).map_err(unwritable)?)),
            Err(error) => match detail.to_agent_update() {
                Ok(update) => Ok(Self::new(true, serde_json::to_value(update).map_err(unwritable)?)),
                Err(_) => Err(error.into()),
            },
        }
    }

    fn new(is_agent: bool, mut wire: Value) -> Self {
        remove_nulls(&mut wire);
        Self { is_agent, wire }
    }

    /// Reads a TOML or JSON file. `-` is standard input.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = read_text(path)?;
        Self::parse(&text).map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))
    }

    /// Parses TOML or JSON.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wire: Value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| error.to_string())?
        } else {
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?
        };
        let nodes = wire.get("nodeList").and_then(Value::as_array);
        let mut nodes = nodes.into_iter().flatten();
        let is_agent = wire.get(AGENT_FIELDS.1).is_some() || nodes.any(|node| node.get(AGENT_FIELDS.0).is_some());
        Ok(Self::new(is_agent, wire))
    }

    /// Returns the flow with its fields in the order of the vendor's documents.
    pub(crate) fn document(&self) -> Result<Document, Failure> {
        let document = if self.is_agent {
            Document::of(&self.to_request::<UpdateAgentRecallFlow>()?)
        } else {
            Document::of(&self.to_request::<UpdateRecallFlow>()?)
        };
        Ok(document?.without_nulls())
    }

    pub(crate) fn to_toml(&self) -> Result<String, Failure> {
        toml::to_string_pretty(&self.document()?).map_err(|error| Failure::Local(format!("the flow as TOML: {error}")))
    }

    /// Prints whether the flow may be sent, and warnings.
    pub(crate) fn validate(&self, output: Output) -> Result<(), Failure> {
        let (violations, warnings) = if self.is_agent {
            let update: UpdateAgentRecallFlow = self.to_request()?;
            (update.validate(), update.warnings())
        } else {
            let update: UpdateRecallFlow = self.to_request()?;
            (update.validate(), update.warnings())
        };
        let row = |severity: &str, path: &str, message: String| vec![severity.into(), path.into(), message.into()];
        let broken =
            violations.iter().map(|violation: &Violation| row("error", &violation.path, violation.to_string()));
        let doubted = warnings.iter().map(|warning: &Warning| row("warning", &warning.path, warning.to_string()));
        let rows: Vec<Vec<Document>> = broken.chain(doubted).collect();
        if !rows.is_empty() {
            output.print_rows(&["severity", "path", "message"], &rows)?;
        }
        match violations.len() {
            0 => output.print_object(&document! { "valid": true }),
            1 => Err(Failure::Usage("the flow breaks 1 rule".to_owned())),
            count => Err(Failure::Usage(format!("the flow breaks {count} rules"))),
        }
    }

    /// Returns the request that would write the flow.
    pub(crate) fn to_request<U: DeserializeOwned>(&self) -> Result<U, Failure> {
        serde_json::from_value(self.wire.clone()).map_err(|error| Failure::Usage(format!("the flow: {error}")))
    }
}

/// Reads text from a file. `-` is standard input.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let text = if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    text.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// Removes fields that are null: they mean the same as absent ones, and TOML has none.
pub(crate) fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(remove_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}
