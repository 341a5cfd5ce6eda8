//! `retry.json`: the decision after each failed attempt, and the retry budget.

use std::collections::BTreeSet;
use std::time::Duration;

use recallflow_tests::{Case, check_all, load, same};
use serde::Deserialize;

use crate::operation::OperationKind;
use crate::retry::{Budget, Decision, RetryClass, Situation, Used, decide};

#[derive(Deserialize)]
struct File {
    defaults: Defaults,
    cases: Vec<Case<Deciding>>,
    budget: Vec<Case<Spending>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    used: ExpectedUsed,
    max_retries: u32,
    budget: u32,
    remaining_ms: u64,
    retry_after_ms: Option<u64>,
    jitter: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deciding {
    situation: Given,
    decision: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    kind: Kind,
    class: String,
    used: Option<ExpectedUsed>,
    max_retries: Option<u32>,
    budget: Option<u32>,
    remaining_ms: Option<u64>,
    retry_after_ms: Option<u64>,
    jitter: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Query,
    Update,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExpectedUsed {
    retries: u32,
    replaced: bool,
    corrected: bool,
    tokens: u32,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
enum Expected {
    Retry { delay_ms: u64, cost: u32, used: ExpectedUsed },
    Fail {},
    Withhold {},
    OutcomeUnknown {},
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spending {
    steps: Vec<Step>,
    tokens: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// A retry takes this many tokens.
    Take(u32),
    /// A retry needs more tokens than the budget has.
    AskInVain(u32),
    /// A call that took this many tokens succeeds.
    Succeed(u32),
}

impl From<ExpectedUsed> for Used {
    fn from(ExpectedUsed { retries, replaced, corrected, tokens }: ExpectedUsed) -> Self {
        Used { retries, stale_retried: replaced, clock_corrected: corrected, tokens }
    }
}

impl Given {
    fn class(&self) -> RetryClass {
        let class = RetryClass::ALL.iter().find(|class| class.as_str() == self.class);
        *class.unwrap_or_else(|| panic!("unknown class {:?}", self.class))
    }

    fn situation(&self, defaults: &Defaults) -> Situation {
        Situation {
            kind: match self.kind {
                Kind::Query => OperationKind::Query,
                Kind::Update => OperationKind::Update,
            },
            class: self.class(),
            used: self.used.unwrap_or(defaults.used).into(),
            max_retries: self.max_retries.unwrap_or(defaults.max_retries),
            budget: self.budget.unwrap_or(defaults.budget),
            remaining: Duration::from_millis(self.remaining_ms.unwrap_or(defaults.remaining_ms)),
            retry_after: self.retry_after_ms.or(defaults.retry_after_ms).map(Duration::from_millis),
            jitter: self.jitter.unwrap_or(defaults.jitter),
        }
    }
}

impl Expected {
    fn decision(&self) -> Decision {
        match *self {
            Expected::Retry { delay_ms, cost, used } => {
                Decision::Retry { delay: Duration::from_millis(delay_ms), cost, used: used.into() }
            }
            Expected::Fail {} => Decision::Fail,
            Expected::Withhold {} => Decision::Withhold,
            Expected::OutcomeUnknown {} => Decision::OutcomeUnknown,
        }
    }
}

#[test]
fn a_failed_attempt_leads_to_the_expected_decision() {
    let file: File = load("retry");
    check_all(&file.cases, |case| {
        same("decision", &case.decision.decision(), &decide(&case.situation.situation(&file.defaults)))
    });
}

#[test]
fn the_vectors_cover_every_class_for_queries_and_updates() {
    let situations = load::<File>("retry").cases.into_iter().map(|case| case.content.situation);
    let found: BTreeSet<_> = situations.map(|given| (given.class().as_str(), given.kind)).collect();
    let kinds = [Kind::Query, Kind::Update];
    let all: BTreeSet<_> = RetryClass::ALL.iter().flat_map(|class| kinds.map(|kind| (class.as_str(), kind))).collect();
    assert_eq!(found, all);
}

#[test]
fn the_budget_runs_out_and_recovers() {
    check_all(&load::<File>("retry").budget, |case| {
        let budget = Budget::full();
        for step in &case.steps {
            match *step {
                Step::Take(cost) => same("taken", &true, &budget.take(cost))?,
                Step::AskInVain(cost) => same("taken", &false, &budget.take(cost))?,
                Step::Succeed(tokens) => budget.refund(Used { tokens, ..Used::default() }),
            }
        }
        same("tokens", &case.tokens, &budget.tokens())
    });
}
