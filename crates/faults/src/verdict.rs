//! The rules: what every call must keep, whatever the fault.

use std::time::Duration;

use recallflow_sandbox::Recorded;
use serde_json::Value;

use crate::protocol::{CHANGED_INTERVAL, Observed, Operation};
use crate::row::{Outcome, Row, Stage};
use crate::secrets::Secrets;

/// How long after its deadline a call may end.
const GRACE: Duration = Duration::from_millis(200);

/// By how much a call may make its process grow.
pub(crate) const MOST_GROWTH: u64 = 32 << 20;

/// What happened in a case.
pub(crate) struct Case {
    pub(crate) observed: Observed,
    /// The requests that the server saw.
    pub(crate) requests: Vec<Recorded>,
    /// The flow in the end, as the service has it.
    pub(crate) flow: Option<Value>,
    /// What the next call on the same client came to.
    pub(crate) next: Observed,
    /// What no text may hold.
    pub(crate) secrets: Secrets,
}

/// What is wrong with a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// It took too long, which a busy machine may be the cause of.
    Late(String),
    /// Anything else.
    Wrong(String),
}

/// Everything that is wrong with a case.
pub(crate) fn problems(row: &Row, operation: Operation, case: &Case) -> Vec<Problem> {
    let mut problems = Vec::new();
    let observed = &case.observed;
    let latest = row.timeout + GRACE;
    if observed.milliseconds > latest.as_secs_f64() * 1e3 {
        problems.push(Problem::Late(format!("took {:.0} ms", observed.milliseconds)));
    }
    let mut wrong = |text: String| problems.push(Problem::Wrong(text));

    let expected = row.expected(operation);
    match (expected.outcome, &observed.error) {
        (Outcome::Error(class), Some(error)) if class == error => {}
        (Outcome::Success | Outcome::Empty, None) => {}
        (outcome, error) => wrong(format!("{} instead of {outcome:?}", error.as_deref().unwrap_or("success"))),
    }
    if observed.error.is_some() && !observed.of_the_tree {
        wrong("the error is not of the tree".to_owned());
    }
    if observed.error.is_none()
        && let Some(untrue) = untrue_success(expected.outcome, operation, case)
    {
        wrong(untrue);
    }
    if case.requests.len() != expected.attempts {
        wrong(format!("{} requests instead of {}", case.requests.len(), expected.attempts));
    }
    let processed = case.requests.iter().filter(|request| may_be_processed(request)).count();
    if operation == Operation::Update && processed > 1 {
        wrong(format!("the update was sent {processed} times to where it may have been carried out"));
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
        wrong(format!("the next call came to {} instead of {wanted}", next.unwrap_or("success")));
    }
    let texts = observed.texts.iter().chain(&case.next.texts);
    case.secrets.shown_in(texts).into_iter().for_each(wrong);
    problems
}

/// Why a success is none.
fn untrue_success(outcome: Outcome, operation: Operation, case: &Case) -> Option<String> {
    let flow = case.flow.as_ref()?;
    let is_true = match operation {
        Operation::Update => outcome == Outcome::Empty || flow["recallInterval"] == CHANGED_INTERVAL,
        Operation::Query => {
            let read = |name: &str| case.observed.value.as_ref().map(|value| value[name].clone()).unwrap_or_default();
            let known = ["keyId", "recallInterval", "recallNum"];
            known
                .iter()
                .all(|name| read(name) == if outcome == Outcome::Empty { Value::Null } else { flow[name].clone() })
        }
    };
    (!is_true).then(|| format!("success, but the flow is {flow} and what was read is {:?}", case.observed.value))
}

/// Whether the service may have carried a request out, unless it said that it did not.
fn may_be_processed(request: &Recorded) -> bool {
    let answered = &request.answered;
    let was_read = !request.method.is_empty();
    was_read && answered.status != Some(429) && !matches!(answered.code, Some(-15 | -16))
}

#[cfg(test)]
mod tests {
    use recallflow_sandbox::Fault;
    use serde_json::json;

    use super::{Case, MOST_GROWTH, Observed, Operation, Problem, Row, Secrets, problems};
    use crate::stage::API_SECRET;

    /// A query that succeeds.
    fn good() -> Case {
        let flow = json!({ "keyId": 299, "recallInterval": 30, "recallNum": 1 });
        let observed = Observed { value: Some(flow.clone()), ..Observed::default() };
        let secrets = Secrets::of(&[]);
        Case { observed: observed.clone(), requests: Vec::new(), flow: Some(flow), next: observed, secrets }
    }

    /// How many things are wrong with a case that was changed.
    fn found(change: impl FnOnce(&mut Case)) -> usize {
        let mut case = good();
        change(&mut case);
        problems(&Row::new("fine", Fault::Ok).both_succeed(0), Operation::Query, &case).len()
    }

    #[test]
    fn every_rule_is_kept_or_told() {
        assert_eq!(found(|_| {}), 0);
        assert_eq!(found(|case| case.observed.value = Some(json!({ "keyId": 1 }))), 1);
        assert_eq!(found(|case| case.observed.memory_growth = Some(MOST_GROWTH)), 1);
        assert_eq!(found(|case| case.observed.texts.push(API_SECRET.to_owned())), 1);
        assert_eq!(found(|case| case.next.texts.push(API_SECRET.to_owned())), 1);
        assert_eq!(found(|case| case.next.value = None), 1);
        // It is not the error that was expected either.
        assert_eq!(found(|case| case.observed.error = Some("KeyError".to_owned())), 2);
    }

    #[test]
    fn time_is_told_apart() {
        let mut late = good();
        late.observed.milliseconds = 1201.0;
        let row = Row::new("slow", Fault::Ok).both_succeed(0).waits();
        assert!(matches!(problems(&row, Operation::Query, &late)[..], [Problem::Late(_)]));
        late.observed.milliseconds = 1199.0;
        assert!(problems(&row, Operation::Query, &late).is_empty());
    }

    #[test]
    fn an_update_counts_only_if_it_was_made() {
        let row = Row::new("fine", Fault::Ok).both_succeed(0);
        let mut case = good();
        assert_eq!(problems(&row, Operation::Update, &case).len(), 1);
        case.flow = Some(json!({ "recallInterval": super::CHANGED_INTERVAL }));
        assert!(problems(&row, Operation::Update, &case).is_empty());
    }
}
