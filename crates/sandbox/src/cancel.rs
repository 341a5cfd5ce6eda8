//! Cancels flows and their nodes.

use serde_json::Value;

use crate::flows::{Flows, PENDING};
use crate::json::integer;

/// The status of a canceled flow or node.
const CANCELED: i64 = 3;

/// The type of a request that names a flow.
const BY_FLOW: i64 = 1;

/// The type of a request that names the parent task of a flow.
const BY_PARENT_TASK: i64 = 2;

impl Flows {
    /// Cancels what a valid request names: a flow, or a node with those after it. Returns the reason of a refusal.
    pub(crate) fn cancel(&mut self, request: &Value) -> Result<(), String> {
        let id = integer(&request["id"]).unwrap_or_default();
        match integer(&request["type"]) {
            Some(BY_FLOW) => self.cancel_flows(&[id]),
            Some(BY_PARENT_TASK) => {
                let flows = self.listed.iter().filter(|(_, listed)| listed.get("taskId").and_then(integer) == Some(id));
                let keys: Vec<_> = flows.map(|(key, _)| *key).collect();
                if keys.is_empty() {
                    return Err(format!("id {id} is not the taskId of a parent task"));
                }
                self.cancel_flows(&keys)
            }
            _ => self.cancel_nodes(id),
        }
    }

    /// Cancels all of these flows, or none.
    fn cancel_flows(&mut self, keys: &[i64]) -> Result<(), String> {
        let mut canceled = Vec::new();
        for key in keys {
            let mut flow = self.get(*key).ok_or_else(|| format!("keyId {key} is unknown"))?;
            let status = integer(&flow["status"]).unwrap_or(PENDING);
            if status != PENDING {
                return Err(format!(
                    "keyId {key} is not pending (status {status}), only a pending flow can be canceled"
                ));
            }
            cancel_all(nodes_of(&mut flow));
            flow["status"] = CANCELED.into();
            canceled.push((*key, flow));
        }
        self.by_key.extend(canceled);
        Ok(())
    }

    /// Cancels a node and those after it. If no other node is left, the flow is canceled as well.
    fn cancel_nodes(&mut self, key: i64) -> Result<(), String> {
        let has_key = |node: &Value| integer(&node["keyId"]) == Some(key);
        let found = self.by_key.values_mut().find_map(|flow| {
            let index = nodes_of(flow).iter().position(has_key)?;
            Some((flow, index))
        });
        let (flow, index) = found.ok_or_else(|| format!("id {key} is not the keyId of a node"))?;
        let nodes = &mut nodes_of(flow)[index..];
        let status = integer(&nodes[0]["nodeStatus"]).unwrap_or(PENDING);
        if status != PENDING {
            return Err(format!(
                "node keyId {key} is not pending (nodeStatus {status}), only a pending node can be canceled"
            ));
        }
        cancel_all(nodes);
        if index == 0 {
            flow["status"] = CANCELED.into();
        }
        Ok(())
    }
}

/// Returns the nodes of a flow.
pub(crate) fn nodes_of(flow: &mut Value) -> &mut [Value] {
    flow.get_mut("nodeList").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default()
}

fn cancel_all(nodes: &mut [Value]) {
    for node in nodes {
        node["nodeStatus"] = CANCELED.into();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::flows::Flows;
    use crate::progress::Moment;

    /// Returns a pending flow whose first node is done, another pending one, and a completed one of the first one's task.
    fn flows() -> Flows {
        let node = |key: i64, status: i64| json!({ "keyId": key, "nodeStatus": status });
        let flows = [
            json!({ "keyId": 1, "status": 0, "taskId": 50, "nodeList": [node(10, 2), node(11, 0), node(12, 0)] }),
            json!({ "keyId": 2, "status": 0, "taskId": 60, "nodeList": [node(20, 0)] }),
            json!({ "keyId": 3, "status": 2, "taskId": 50, "nodeList": [node(30, 2)] }),
        ];
        Flows::new(flows, Moment::default())
    }

    /// Returns the status of a flow and of its nodes.
    fn statuses(flows: &Flows, key: i64) -> (Value, Vec<Value>) {
        let flow = flows.get(key).expect("it is there");
        let nodes = flow["nodeList"].as_array().into_iter().flatten();
        (flow["status"].clone(), nodes.map(|node| node["nodeStatus"].clone()).collect())
    }

    #[test]
    fn a_flow_is_canceled_by_its_key_or_by_its_parent_task() {
        for (kind, id) in [(1, 2), (2, 60)] {
            let mut flows = flows();
            assert_eq!(flows.cancel(&json!({ "type": kind, "id": id })), Ok(()));
            assert_eq!(statuses(&flows, 2), (json!(3), vec![json!(3)]));
        }
    }

    #[test]
    fn a_node_is_canceled_with_those_after_it() {
        let mut flows = flows();
        assert_eq!(flows.cancel(&json!({ "type": 3, "id": 11 })), Ok(()));
        assert_eq!(statuses(&flows, 1), (json!(0), vec![json!(2), json!(3), json!(3)]));
        assert_eq!(flows.cancel(&json!({ "type": 3, "id": 20 })), Ok(()));
        assert_eq!(statuses(&flows, 2), (json!(3), vec![json!(3)]));
    }

    #[test]
    fn a_refusal_names_its_reason_and_cancels_nothing() {
        let mut flows = flows();
        for (kind, id, reason) in [
            (1, 3, "keyId 3 is not pending (status 2), only a pending flow can be canceled"),
            (1, 9, "keyId 9 is unknown"),
            (2, 50, "keyId 3 is not pending (status 2), only a pending flow can be canceled"),
            (2, 1, "id 1 is not the taskId of a parent task"),
            (3, 10, "node keyId 10 is not pending (nodeStatus 2), only a pending node can be canceled"),
            (3, 1, "id 1 is not the keyId of a node"),
        ] {
            assert_eq!(flows.cancel(&json!({ "type": kind, "id": id })), Err(reason.to_owned()));
        }
        assert_eq!(statuses(&flows, 1), (json!(0), vec![json!(2), json!(0), json!(0)]));
    }
}
