//! The CSV file of changes: a line for each flow, a column for each field.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
use crate::flow::fields::Assignment;
use crate::flow::read_text;
use crate::schema::field_names;

/// The column with the key of the flow.
const KEY: &str = "keyId";

/// What to change in one flow.
#[derive(Debug)]
pub(crate) struct FlowChanges {
    pub(crate) key: i64,
    assignments: Vec<Column>,
}

/// A value and the field of the column that it is in.
#[derive(Debug)]
struct Column {
    target: Target,
    field: String,
    value: String,
}

/// What the field of a column is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Flow,
    Node(usize),
    /// Each node that has a value for the field: the SMS text of the nodes that send one.
    NodesWithField,
}

impl FlowChanges {
    /// Returns the assignments for a flow.
    pub(crate) fn assignments(&self, wire: &Value) -> Result<Vec<Assignment>, Failure> {
        let nodes = wire.get("nodeList").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut found = Vec::new();
        for Column { target, field, value } in &self.assignments {
            let mut add = |node| found.push(Assignment { node, field: field.clone(), value: value.clone() });
            match *target {
                Target::Flow => add(None),
                Target::Node(number) => add(Some(number)),
                Target::NodesWithField => {
                    let has_field = |node: &Value| node.get(field).is_some_and(|value| !value.is_null());
                    let numbers: Vec<_> = (1..).zip(nodes).filter(|(_, node)| has_field(node)).collect();
                    if numbers.is_empty() {
                        let why = format!("no node of the flow has `{field}`; name one, such as `node1.{field}`");
                        return Err(Failure::Usage(why));
                    }
                    for (number, _) in numbers {
                        add(Some(number));
                    }
                }
            }
        }
        Ok(found)
    }
}

/// Reads a file of changes.
pub(crate) fn read_changes(path: &Path) -> Result<Vec<FlowChanges>, Failure> {
    let text = read_text(path)?;
    parse_changes(&text).map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))
}

fn parse_changes(text: &str) -> Result<Vec<FlowChanges>, String> {
    // Excel writes a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|error| error.to_string())?.clone();
    let key_column =
        heads.iter().position(|head| head == KEY).ok_or_else(|| format!("the column `{KEY}` is missing"))?;
    let targets = heads
        .iter()
        .map(|head| if head == KEY { Ok(None) } else { find_target(head).map(Some) })
        .collect::<Result<Vec<_>, _>>()?;
    let mut changes = Vec::new();
    let mut keys = BTreeSet::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|value| value.trim().is_empty()) {
            continue;
        }
        let key = record.get(key_column).unwrap_or_default().trim();
        let key: i64 = key.parse().map_err(|_| format!("line {line}: expected a number as `{KEY}`, got `{key}`"))?;
        if !keys.insert(key) {
            return Err(format!("line {line}: flow {key} is there twice"));
        }
        let cells = targets.iter().zip(&record).filter(|(_, value)| !value.is_empty());
        let assignments = cells.filter_map(|(target, value)| {
            let (target, field) = target.clone()?;
            Some(Column { target, field, value: value.to_owned() })
        });
        changes.push(FlowChanges { key, assignments: assignments.collect() });
    }
    if changes.is_empty() { Err("there is no flow in the file".to_owned()) } else { Ok(changes) }
}

/// Returns what a column changes: `recallInterval`, `smsContent` of the nodes that have one, or `node2.smsContent` of one.
fn find_target(head: &str) -> Result<(Target, String), String> {
    let is_field = |types: [&str; 2], field: &str| types.iter().any(|name| field_names(name).contains(&field));
    let flow = ["UpdateRecallFlow", "UpdateAgentRecallFlow"];
    let node = ["RecallNode", "AgentRecallNode"];
    let target = match head.strip_prefix("node").and_then(|rest| rest.split_once('.')) {
        Some((number, field)) if is_field(node, field) => match number.parse() {
            Ok(number) => Some((Target::Node(number), field)),
            Err(_) => None,
        },
        _ if is_field(flow, head) => Some((Target::Flow, head)),
        _ if is_field(node, head) => Some((Target::NodesWithField, head)),
        _ => None,
    };
    let target = target.ok_or_else(|| {
        let names = [flow[0], node[0]].map(field_names).concat();
        format!("there is no field `{head}`; columns are {}, or node1.smsContent for one node", names.join(", "))
    })?;
    Ok((target.0, target.1.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_column_changes_the_flow_or_its_nodes() {
        let text = "\u{feff}keyId, recallInterval,smsContent,node2.text\n7,60,\"a, b\",\n\n8,,,Hi\n";
        let changes = parse_changes(text).unwrap();
        let wire = json!({ "nodeList": [{ "smsContent": "old" }, {}, { "smsContent": "old" }] });
        let shown = |changes: &FlowChanges| -> Vec<String> {
            let assignments = changes.assignments(&wire).unwrap();
            assignments.iter().map(|one| format!("{:?} {}={}", one.node, one.field, one.value)).collect()
        };
        assert_eq!((changes[0].key, changes[1].key, changes.len()), (7, 8, 2));
        assert_eq!(
            shown(&changes[0]),
            ["None recallInterval=60", "Some(1) smsContent=a, b", "Some(3) smsContent=a, b"]
        );
        assert_eq!(shown(&changes[1]), ["Some(2) text=Hi"]);
        let why = changes[0].assignments(&json!({ "nodeList": [{}] })).unwrap_err().to_string();
        assert!(why.contains("`node1.smsContent`"), "{why}");
    }

    #[test]
    fn a_mistake_names_its_line_or_column() {
        for (text, expected) in [
            ("recallInterval\n60\n", "`keyId` is missing"),
            ("keyId,interval\n7,60\n", "no field `interval`"),
            ("keyId,nodex.text\n7,60\n", "no field `nodex.text`"),
            ("keyId\n7\n7\n", "line 3: flow 7 is there twice"),
            ("keyId,text\nseven,x\n", "line 2: expected a number"),
            ("keyId,text\n", "no flow"),
            ("keyId,text\n7\n", "line: 2"),
        ] {
            let why = parse_changes(text).unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }
}
