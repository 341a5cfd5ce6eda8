//! The rules that every call must obey, whatever the fault.

use std::time::Duration;

use recallflow_sandbox::RecordedRequest;
use serde_json::Value;

use crate::protocol::{CHANGED_INTERVAL, CallKind, Observed};
use crate::row::{ExpectedOutcome, FaultRow, Stage};
use crate::secrets::Secrets;

/// Time after its deadline by which a call must end.
const GRACE: Duration = Duration::from_millis(200);

/// Maximum memory growth of the process during a call.
pub(crate) const MOST_GROWTH: u64 = 32 << 20;

/// The observations of a case.
pub(crate) struct PlayedCase {
    pub(crate) observed: Observed,
    /// The requests that the server received.
    pub(crate) requests: Vec<RecordedRequest>,
    /// The flow in the sandbox at the end.
    pub(crate) flow: Option<Value>,
    /// The next call of the same client.
    pub(crate) next: Observed,
    /// The secrets that must not appear in any text.
    pub(crate) secrets: Secrets,
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The call took too long, perhaps because the machine is busy.
    Late(String),
    /// Any other broken rule.
    Wrong(String),
}

/// Returns every broken rule of a case.
pub(crate) fn broken_rules(row: &FaultRow, operation: CallKind, case: &PlayedCase) -> Vec<Problem> {
    let mut problems = Vec::new();
    let observed = &case.observed;
    let latest = row.time_limit() + GRACE;
    if observed.milliseconds > latest.as_secs_f64() * 1e3 {
        problems.push(Problem::Late(format!("took {:.0} ms", observed.milliseconds)));
    }
    let mut wrong = |text: String| problems.push(Problem::Wrong(text));

    let expected = row.expected(operation);
    match (expected.outcome, &observed.error) {
        (ExpectedOutcome::Error(class), Some(error)) if class == error => {}
        (ExpectedOutcome::Success | ExpectedOutcome::Empty, None) => {}
        (outcome, error) => wrong(format!("{} instead of {outcome:?}", error.as_deref().unwrap_or("success"))),
    }
    // A call that is aborted and certainly changed nothing rejects with the reason of the signal.
    let is_reason = expected.outcome == ExpectedOutcome::Error("AbortError");
    if observed.error.is_some() && !observed.of_the_tree && !is_reason {
        wrong("the error is not one of the library's classes".to_owned());
    }
    if observed.error.is_none()
        && let Some(untrue) = untrue_success(expected.outcome, operation, case)
    {
        wrong(untrue);
    }
    let is_unknown = observed.error.as_deref() == Some("OutcomeUnknownError");
    if operation == CallKind::Edit && observed.error.is_some() && !is_unknown && shows_change(case) {
        wrong("the flow was changed, although the error says that nothing was".to_owned());
    }
    if case.requests.len() != expected.attempts {
        wrong(format!("{} requests instead of {}", case.requests.len(), expected.attempts));
    }
    let is_read =
        |request: &&RecordedRequest| request.operation.as_deref().is_some_and(|name| name.starts_with("query"));
    let updates = case.requests.iter().filter(|request| operation == CallKind::Update || !is_read(request));
    let processed = updates.filter(|request| may_be_processed(request)).count();
    if operation != CallKind::Query && processed > row.at_once {
        wrong(format!("the update was sent {processed} times to where it may have been applied"));
    }
    if observed.memory_growth.is_some_and(|growth| growth >= MOST_GROWTH) {
        wrong(format!("grew by {} MiB", observed.memory_growth.unwrap_or_default() >> 20));
    }
    let next = case.next.error.as_deref();
    let (next_fits, wanted) = match row.stage {
        Stage::NoHost => (next == Some("TransportError"), "TransportError"),
        _ => (next.is_none() && case.next.value.is_some(), "success"),
    };
    if !next_fits {
        wrong(format!("the next call ended with {} instead of {wanted}", next.unwrap_or("success")));
    }
    let texts = observed.texts.iter().chain(&case.next.texts);
    case.secrets.shown_in(texts).into_iter().for_each(wrong);
    problems
}

/// Returns whether the flow has the change of updates.
fn shows_change(case: &PlayedCase) -> bool {
    case.flow.as_ref().is_some_and(|flow| flow["recallInterval"] == CHANGED_INTERVAL)
}

/// Returns why a success is false.
fn untrue_success(outcome: ExpectedOutcome, operation: CallKind, case: &PlayedCase) -> Option<String> {
    let flow = case.flow.as_ref()?;
    let is_true = match operation {
        CallKind::Update | CallKind::Edit => outcome == ExpectedOutcome::Empty || shows_change(case),
        CallKind::Query | CallKind::Wait => {
            let read = |name: &str| case.observed.value.as_ref().map(|value| value[name].clone()).unwrap_or_default();
            let known = ["keyId", "recallInterval", "recallNum"];
            known.iter().all(|name| {
                read(name) == if outcome == ExpectedOutcome::Empty { Value::Null } else { flow[name].clone() }
            })
        }
    };
    (!is_true).then(|| format!("success, but the flow is {flow} and what was read is {:?}", case.observed.value))
}

/// Returns whether the service may have applied a request.
fn may_be_processed(request: &RecordedRequest) -> bool {
    let response = &request.response;
    let was_read = !request.method.is_empty();
    let is_server_error = response.http_status.is_some_and(|status| status >= 500);
    let is_refused =
        response.http_status == Some(429) || (matches!(response.code, Some(-15 | -16)) && !is_server_error);
    was_read && !is_refused
}

#[cfg(test)]
mod tests {
    use recallflow_sandbox::Fault;
    use serde_json::json;

    use super::{CallKind, FaultRow, MOST_GROWTH, Observed, PlayedCase, Problem, Secrets, broken_rules};
    use crate::stage::API_SECRET;

    /// Returns a query that succeeds.
    fn successful_query() -> PlayedCase {
        let flow = json!({ "keyId": 299, "recallInterval": 30, "recallNum": 1 });
        let observed = Observed { value: Some(flow.clone()), ..Observed::default() };
        let secrets = Secrets::of_requests(&[]);
        PlayedCase { observed: observed.clone(), requests: Vec::new(), flow: Some(flow), next: observed, secrets }
    }

    /// Returns the number of broken rules of a changed case.
    fn count_problems(change: impl FnOnce(&mut PlayedCase)) -> usize {
        let mut case = successful_query();
        change(&mut case);
        broken_rules(&FaultRow::new("fine", Fault::Ok).both_succeed(0), CallKind::Query, &case).len()
    }

    #[test]
    fn every_broken_rule_is_reported() {
        assert_eq!(count_problems(|_| {}), 0);
        assert_eq!(count_problems(|case| case.observed.value = Some(json!({ "keyId": 1 }))), 1);
        assert_eq!(count_problems(|case| case.observed.memory_growth = Some(MOST_GROWTH)), 1);
        assert_eq!(count_problems(|case| case.observed.texts.push(API_SECRET.to_owned())), 1);
        assert_eq!(count_problems(|case| case.next.texts.push(API_SECRET.to_owned())), 1);
        assert_eq!(count_problems(|case| case.next.value = None), 1);
        // The class is wrong as well.
        assert_eq!(count_problems(|case| case.observed.error = Some("KeyError".to_owned())), 2);
    }

    #[test]
    fn lateness_is_a_separate_problem() {
        let mut late = successful_query();
        late.observed.milliseconds = 1201.0;
        let row = FaultRow::new("slow", Fault::Ok).both_succeed(0).with_short_deadline();
        assert!(matches!(broken_rules(&row, CallKind::Query, &late)[..], [Problem::Late(_)]));
        late.observed.milliseconds = 1199.0;
        assert!(broken_rules(&row, CallKind::Query, &late).is_empty());
    }

    #[test]
    fn the_success_of_an_update_requires_the_change() {
        let row = FaultRow::new("fine", Fault::Ok).both_succeed(0);
        let mut case = successful_query();
        assert_eq!(broken_rules(&row, CallKind::Update, &case).len(), 1);
        case.flow = Some(json!({ "recallInterval": super::CHANGED_INTERVAL }));
        assert!(broken_rules(&row, CallKind::Update, &case).is_empty());
    }
}
