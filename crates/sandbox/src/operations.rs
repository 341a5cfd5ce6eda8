//! The operations: how the sandbox performs an admitted request.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::auth::AUTHENTICATION;
use crate::envelope;
use crate::flows::{Flows, UpdateError};
use crate::generated::protocol::{Seed, Shape};
use crate::http::HttpRequest;
use crate::json::integer;
use crate::pages::echo_fields;
use crate::progress::Moment;
use crate::seed::example_paging;
use crate::service::{ServiceModel, ServiceOperation};
use crate::tasks::Tasks;
use crate::variants;

/// Code of a request that breaks a rule, or that the state of its flow does not allow.
const PARAMETER: i64 = -22;

/// Maximum number of violations in a message.
const MAX_VIOLATIONS: usize = 8;

/// The field of an update that holds the nodes.
const NODES: &str = "nodeList";

/// The state of the service.
pub(crate) struct ServiceState {
    pub(crate) flows: Flows,
    pub(crate) tasks: Tasks,
    pub(crate) shape: Shape,
    /// How much time tests let pass.
    pub(crate) advanced: Duration,
    paging: Map<String, Value>,
}

impl ServiceState {
    /// Returns the state of a new sandbox with this seed.
    pub(crate) fn new(seed: &Seed, shape: Shape, now: i64) -> Self {
        Self {
            flows: Flows::new(seed.flows.iter().cloned(), Moment { now, advanced: 0 }),
            tasks: Tasks::new(&seed.tasks, Moment { now, advanced: 0 }),
            shape,
            advanced: Duration::ZERO,
            paging: example_paging(),
        }
    }

    /// Brings flows to their state at this time of the clock, and returns the time of flows and tasks.
    pub(crate) fn progress_to(&mut self, clock: i64) -> Moment {
        let advanced = i64::try_from(self.advanced.as_secs()).unwrap_or(i64::MAX);
        let moment = Moment { now: clock.saturating_add(advanced), advanced };
        self.flows.progress_to(moment);
        moment
    }
}

/// A failure with a code of the service.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: i64,
    detail: String,
}

impl Refusal {
    fn parameter(detail: impl Into<String>) -> Self {
        Self { code: PARAMETER, detail: detail.into() }
    }

    /// Returns the envelope. Its message is the documents' wording of the code, followed by the detail.
    pub(crate) fn body(&self) -> String {
        let wording = ServiceModel::get().wording(self.code);
        let separator = if self.detail.is_empty() { "" } else { ": " };
        envelope::failure(self.code, &format!("{wording}{separator}{}", self.detail))
    }
}

impl From<i64> for Refusal {
    fn from(code: i64) -> Self {
        let detail = if code == AUTHENTICATION { "the key or the signature is wrong" } else { "" };
        Self { code, detail: detail.to_owned() }
    }
}

/// Parses the body of a request and checks it by the operation's schema.
pub(crate) fn read_body(operation: &ServiceOperation, request: &HttpRequest) -> Result<Value, Refusal> {
    let content_type = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if !content_type.starts_with("application/json") {
        return Err(Refusal::parameter("the header Content-Type must be application/json;charset=UTF-8"));
    }
    let body = serde_json::from_slice(&request.body).map_err(|_| Refusal::parameter("the body is not JSON"))?;
    if let Some(mix) = variants::describe_mix(&ServiceModel::get().variants_of(operation), &body) {
        return Err(Refusal::parameter(format!("the request {mix}")));
    }
    let violations = operation.schema.violations(&body);
    if violations.is_empty() {
        return Ok(body);
    }
    let rest = violations.len().saturating_sub(MAX_VIOLATIONS);
    let shown = violations[..violations.len() - rest].join("; ");
    Err(Refusal::parameter(if rest == 0 { shown } else { format!("{shown}; and {rest} more") }))
}

/// Performs a valid request at this time of the clock, and returns the envelope of its response. For an operation without behavior here, that is
/// a page of invented records, the documents' example, or invented data.
pub(crate) fn perform(
    operation: &ServiceOperation,
    body: &Value,
    state: &mut ServiceState,
    clock: i64,
) -> Result<String, Refusal> {
    let moment = state.progress_to(clock);
    match operation.name.as_str() {
        "query_recall_flow_detail" => flow_detail(body, state),
        "update_recall_flow" | "update_agent_recall_flow" => update_flow(operation, body, state, moment.now),
        "query_recall_flows" => {
            let records = state.flows.select(&body["params"]);
            Ok(page_of(operation, body, records.len(), |index| records[index].clone()))
        }
        "cancel_recall_flow" => cancel_flow(body, state),
        "query_group_calls" => {
            let records = state.tasks.select(&body["params"], moment);
            Ok(page_of(operation, body, records.len(), |index| Value::Object(records[index].clone().into_owned())))
        }
        _ => Ok(invented_response(operation, body)),
    }
}

/// Returns the page that a request asks for, of so many records.
fn page_of(operation: &ServiceOperation, body: &Value, count: usize, record: impl Fn(usize) -> Value) -> String {
    let page = operation.paging.as_ref().map(|paging| paging.cut_page(&operation.data, body, count, record));
    envelope::success(&page.unwrap_or_default())
}

fn invented_response(operation: &ServiceOperation, body: &Value) -> String {
    match (&operation.paging, operation.examples.first()) {
        (Some(paging), _) => envelope::success(&paging.invented_page(&operation.data, body)),
        (None, Some(example)) => example.response.clone(),
        (None, None) => envelope::success(&echo_fields(&operation.data, body)),
    }
}

fn flow_detail(body: &Value, state: &ServiceState) -> Result<String, Refusal> {
    let key = &body["keyId"];
    let flow = integer(key).and_then(|key| state.flows.get(key)).ok_or_else(|| unknown_flow(key))?;
    Ok(envelope::success(&state.shape.apply(flow, &state.paging)))
}

fn update_flow(
    operation: &ServiceOperation,
    body: &Value,
    state: &mut ServiceState,
    now: i64,
) -> Result<String, Refusal> {
    let node_fields = operation.schema.item_fields(NODES);
    let variants = ServiceModel::get().variants_of(operation);
    let check = |flow: &mut Value| {
        // With new nodes, the settings that only the other kind has no longer apply.
        let others = variants.iter().filter(|other| other.name != operation.name && !body[NODES].is_null());
        for name in others.flat_map(|other| &other.own_fields).filter_map(|pointer| pointer.strip_prefix('/')) {
            flow.as_object_mut().map(|flow| flow.remove(name));
        }
        variants::describe_mix(&variants, flow)
    };
    match state.flows.update(body, &node_fields, now, check) {
        Ok(()) => Ok(envelope::success(&Value::Null)),
        Err(UpdateError::Unknown) => Err(unknown_flow(&body["keyId"])),
        Err(UpdateError::Mixed(mix)) => {
            Err(Refusal::parameter(format!("with its nodes, keyId {} {mix}", body["keyId"])))
        }
        Err(UpdateError::NotPending(status)) => {
            let key = &body["keyId"];
            Err(Refusal::parameter(format!(
                "keyId {key} is not pending (status {status}), only a pending flow can be edited"
            )))
        }
    }
}

fn cancel_flow(body: &Value, state: &mut ServiceState) -> Result<String, Refusal> {
    state.flows.cancel(body).map_err(Refusal::parameter)?;
    Ok(envelope::success(&Value::Null))
}

fn unknown_flow(key: &Value) -> Refusal {
    Refusal::parameter(format!("keyId {key} is unknown"))
}
