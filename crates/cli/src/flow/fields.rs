//! Assignments `field=value` to a flow and its nodes.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches, value_parser};

use crate::failure::Failure;
use crate::schema::{ValueKind, field_names, kind_of_field};

/// The names of the two options.
const SET: &str = "set";
const NODE: &str = "node";

/// A field that gets a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// Number of the node, from 1; `None` for the flow itself.
    pub(crate) node: Option<usize>,
    /// Name of the field on the wire.
    pub(crate) field: String,
    /// The value as text.
    pub(crate) value: String,
}

impl Assignment {
    fn new((field, value): &(String, String), node: Option<usize>) -> Self {
        Self { node, field: field.clone(), value: value.clone() }
    }
}

/// The options `--set` and `--node` in their order: a node holds for the fields after it.
#[derive(Clone, Debug)]
pub(crate) struct Assignments(pub(crate) Vec<Assignment>);

impl FromArgMatches for Assignments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let places = |id| matches.indices_of(id).into_iter().flatten();
        let nodes = places(NODE).zip(matches.get_many::<usize>(NODE).into_iter().flatten());
        let nodes: Vec<_> = nodes.map(|(place, number)| (place, *number)).collect();
        let fields = places(SET).zip(matches.get_many::<(String, String)>(SET).into_iter().flatten());
        let node_before = |place| nodes.iter().rev().find(|(node, _)| *node < place).map(|(_, number)| *number);
        Ok(Self(fields.map(|(place, field)| Assignment::new(field, node_before(place))).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Assignments {
    fn augment_args(command: clap::Command) -> clap::Command {
        let set = Arg::new(SET).long(SET).value_name("FIELD=VALUE").action(ArgAction::Append).value_parser(parse_pair);
        let node =
            Arg::new(NODE).long(NODE).value_name("N").action(ArgAction::Append).value_parser(value_parser!(usize));
        command
            .arg(set.help("Set a field, by its name in the file of `flow pull`; @FILE takes the contents of a file"))
            .arg(node.help("Number of the node, from 1, that the following --set are for"))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

/// Splits `field=value`.
fn parse_pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("expected FIELD=VALUE")?;
    Ok((pair.0.trim().to_owned(), pair.1.to_owned()))
}

/// Sets a field of a flow, in its form on the wire.
pub(crate) fn assign(wire: &mut Value, is_agent: bool, assignment: &Assignment) -> Result<(), Failure> {
    let Assignment { node, field, value } = assignment;
    let type_name = match (node, is_agent) {
        (None, false) => "UpdateRecallFlow",
        (None, true) => "UpdateAgentRecallFlow",
        (Some(_), false) => "RecallNode",
        (Some(_), true) => "AgentRecallNode",
    };
    let names = field_names(type_name);
    if !names.contains(&field.as_str()) {
        let all = names.join(", ");
        return Err(Failure::Usage(format!("{type_name} has no field `{field}`; its fields are {all}")));
    }
    let value = parse_value(type_name, field, value)?;
    let target = match node {
        None => wire,
        Some(number) => {
            let nodes = wire.get_mut("nodeList").and_then(Value::as_array_mut);
            let count = nodes.as_ref().map_or(0, |nodes| nodes.len());
            let node = nodes.and_then(|nodes| nodes.get_mut(number.checked_sub(1)?));
            node.ok_or_else(|| Failure::Usage(format!("there is no node {number}; the flow has {count}")))?
        }
    };
    target[field.as_str()] = value;
    Ok(())
}

/// Reads a value as the field needs it. `@FILE` is the contents of a file.
fn parse_value(type_name: &str, field: &str, text: &str) -> Result<Value, Failure> {
    let kind = kind_of_field(type_name, field).unwrap_or(ValueKind::Json);
    let of_file = |error: std::io::Error| Failure::Usage(format!("{field}={text}: {error}"));
    match (text.strip_prefix('@'), kind) {
        (Some(path), ValueKind::Bytes) => Ok(STANDARD.encode(fs::read(path).map_err(of_file)?).into()),
        (Some(path), _) => {
            let text = fs::read_to_string(path).map_err(of_file)?;
            parse_text(field, text.trim_end_matches(['\r', '\n']), kind)
        }
        (None, _) => parse_text(field, text, kind),
    }
}

fn parse_text(field: &str, text: &str, kind: ValueKind) -> Result<Value, Failure> {
    if kind != ValueKind::Json {
        return Ok(text.into());
    }
    serde_json::from_str(text).map_err(|_| Failure::Usage(format!("`{field}` expects a number or JSON, got `{text}`")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(wire: &mut Value, node: Option<usize>, text: &str) -> Result<(), String> {
        let assignment = Assignment::new(&parse_pair(text)?, node);
        assign(wire, false, &assignment).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_node_holds_for_the_fields_after_it() {
        let command = Assignments::augment_args(clap::Command::new("edit"));
        let line = "edit --set a=1 --node 2 --set b=2 --set c=3 --node=1 --set=d=4";
        let matches = command.try_get_matches_from(line.split(' ')).unwrap();
        let found = Assignments::from_arg_matches(&matches).unwrap().0;
        let found: Vec<_> = found.iter().map(|one| (one.node, one.field.as_str(), one.value.as_str())).collect();
        assert_eq!(found, [(None, "a", "1"), (Some(2), "b", "2"), (Some(2), "c", "3"), (Some(1), "d", "4")]);
    }

    #[test]
    fn a_value_has_the_type_of_its_field() {
        let mut wire = json!({ "nodeList": [{}, {}] });
        set(&mut wire, None, "recallInterval=60").unwrap();
        set(&mut wire, Some(2), "text=12=13").unwrap();
        set(&mut wire, Some(1), "hangUpSms=1").unwrap();
        assert_eq!(wire, json!({ "nodeList": [{ "hangUpSms": 1 }, { "text": "12=13" }], "recallInterval": 60 }));
    }

    #[test]
    fn a_file_is_read() {
        let folder = std::env::temp_dir().join(format!("recallflow-fields-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("text"), "Hello\n").unwrap();
        let mut wire = json!({ "nodeList": [{}] });
        set(&mut wire, Some(1), &format!("text=@{}", folder.join("text").display())).unwrap();
        set(&mut wire, Some(1), &format!("baseFile=@{}", folder.join("text").display())).unwrap();
        assert_eq!(wire["nodeList"][0], json!({ "text": "Hello", "baseFile": "SGVsbG8K" }));
        assert!(set(&mut wire, Some(1), "text=@/no/such/file").unwrap_err().contains("text=@/no/such/file"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_mistake_is_explained() {
        let mut wire = json!({ "nodeList": [{}] });
        assert!(set(&mut wire, None, "recallInterval").unwrap_err().contains("FIELD=VALUE"));
        assert!(set(&mut wire, None, "interval=1").unwrap_err().contains("recallInterval"));
        assert!(set(&mut wire, None, "recallInterval=soon").unwrap_err().contains("a number"));
        assert!(set(&mut wire, Some(2), "text=x").unwrap_err().contains("no node 2; the flow has 1"));
        assert!(set(&mut wire, Some(0), "text=x").is_err());
    }
}
