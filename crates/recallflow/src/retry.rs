//! Whether a failed attempt is followed by another, and when: one pure function and the budget it draws on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::operation::OperationKind;

/// Longest pause before the first retry; it doubles with each.
const BASE: Duration = Duration::from_millis(50);
/// The same when the service says that there are too many requests.
const BASE_THROTTLED: Duration = Duration::from_secs(1);
/// Longest pause before any retry.
const CAP: Duration = Duration::from_secs(20);
/// Tokens of a client's budget when it is full.
const FULL_BUDGET: u32 = 500;
/// Tokens that a retry takes.
const COST: u32 = 14;
/// Tokens that a retry takes when the service says that there are too many requests.
const COST_THROTTLED: u32 = 5;
/// Tokens that a call without a retry gives back, so that a drained budget fills again.
const REWARD: u32 = 1;

/// How an attempt ended, as far as repeating it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RetryClass {
    /// Not a byte was sent.
    Unsent,
    /// The service refused it before processing: too many requests.
    Throttled,
    /// The service refused it before processing: the timestamp.
    Clock,
    /// A connection that had been idle died before a byte of the answer.
    Stale,
    /// It was sent, and there is no whole answer.
    Ambiguous,
    /// The service itself answered that it failed.
    Failed,
    /// Something before the service answered that the service is not available.
    Unavailable,
    /// There is an answer, but none that tells what the service did.
    Undecodable,
    /// The answer stands.
    Settled,
}

impl RetryClass {
    #[cfg(test)]
    pub(crate) const ALL: &'static [RetryClass] = &[
        RetryClass::Unsent,
        RetryClass::Throttled,
        RetryClass::Clock,
        RetryClass::Stale,
        RetryClass::Ambiguous,
        RetryClass::Failed,
        RetryClass::Unavailable,
        RetryClass::Undecodable,
        RetryClass::Settled,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            RetryClass::Unsent => "unsent",
            RetryClass::Throttled => "throttled",
            RetryClass::Clock => "clock",
            RetryClass::Stale => "stale",
            RetryClass::Ambiguous => "ambiguous",
            RetryClass::Failed => "failed",
            RetryClass::Unavailable => "unavailable",
            RetryClass::Undecodable => "undecodable",
            RetryClass::Settled => "settled",
        }
    }

    /// Whether the update was provably not carried out, or the service said what became of it.
    const fn outcome_is_known(self) -> bool {
        matches!(
            self,
            RetryClass::Unsent | RetryClass::Throttled | RetryClass::Clock | RetryClass::Failed | RetryClass::Settled
        )
    }

    /// Whether another attempt may have another result, and can do no harm.
    const fn may_be_repeated(self, kind: OperationKind) -> bool {
        match self {
            RetryClass::Unsent | RetryClass::Throttled | RetryClass::Clock => true,
            RetryClass::Stale | RetryClass::Ambiguous | RetryClass::Failed | RetryClass::Unavailable => {
                matches!(kind, OperationKind::Query)
            }
            RetryClass::Undecodable | RetryClass::Settled => false,
        }
    }
}

/// What a call has used up so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    /// Retries that count.
    pub(crate) retries: u32,
    /// Whether a dead idle connection was already replaced.
    pub(crate) replaced: bool,
    /// Whether a refused timestamp was already corrected.
    pub(crate) corrected: bool,
    /// Tokens taken from the budget.
    pub(crate) tokens: u32,
}

/// Everything that the decision depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    pub(crate) kind: OperationKind,
    pub(crate) class: RetryClass,
    pub(crate) used: Used,
    pub(crate) max_retries: u32,
    /// Tokens in the budget.
    pub(crate) budget: u32,
    /// Time until the deadline.
    pub(crate) remaining: Duration,
    /// How long the service asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// A random number from 0 to 1.
    pub(crate) jitter: f64,
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Decision {
    /// Wait, take the tokens and try again.
    Retry {
        /// How long to wait.
        delay: Duration,
        /// Tokens to take from the budget.
        cost: u32,
        /// What the call will have used up then.
        used: Used,
    },
    /// Report the failure.
    Fail,
    /// Report that nobody knows whether the update was carried out.
    OutcomeUnknown,
}

/// Decides what follows a failed attempt.
pub(crate) fn decide(situation: &Situation) -> Decision {
    let Situation { kind, class, used, .. } = *situation;
    if kind == OperationKind::Update && !class.outcome_is_known() {
        return Decision::OutcomeUnknown;
    }
    if !class.may_be_repeated(kind) {
        return Decision::Fail;
    }
    if class == RetryClass::Stale && !used.replaced {
        // The server closed a connection that nobody used; that is no sign of trouble, so it costs nothing.
        return Decision::Retry { delay: Duration::ZERO, cost: 0, used: Used { replaced: true, ..used } };
    }
    if used.retries >= situation.max_retries || (class == RetryClass::Clock && used.corrected) {
        return Decision::Fail;
    }
    let (delay, cost) = price(situation);
    if cost > situation.budget || delay >= situation.remaining {
        return Decision::Fail;
    }
    let corrected = used.corrected || class == RetryClass::Clock;
    Decision::Retry {
        delay,
        cost,
        used: Used { retries: used.retries + 1, corrected, tokens: used.tokens + cost, ..used },
    }
}

/// How long to wait before the retry, and what it costs.
fn price(situation: &Situation) -> (Duration, u32) {
    let (base, cost) = match situation.class {
        // A wrong clock is no sign of load.
        RetryClass::Clock => return (Duration::ZERO, 0),
        RetryClass::Throttled => (BASE_THROTTLED, COST_THROTTLED),
        _ => (BASE, COST),
    };
    let longest = base.saturating_mul(2_u32.saturating_pow(situation.used.retries)).min(CAP);
    (situation.retry_after.unwrap_or_else(|| longest.mul_f64(situation.jitter)), cost)
}

/// Keeps the clients of a struggling service from drowning it in retries.
#[derive(Debug)]
pub(crate) struct Budget {
    tokens: AtomicU32,
}

impl Budget {
    pub(crate) const fn full() -> Self {
        Self { tokens: AtomicU32::new(FULL_BUDGET) }
    }

    pub(crate) fn tokens(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }

    /// Takes tokens, or nothing if there are too few.
    pub(crate) fn take(&self, cost: u32) -> bool {
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost)).is_ok()
    }

    /// After a success, gives back what the call had taken.
    pub(crate) fn refund(&self, used: Used) {
        let amount = if used.tokens == 0 { REWARD } else { used.tokens };
        let refill = |tokens: u32| (tokens < FULL_BUDGET).then(|| tokens.saturating_add(amount).min(FULL_BUDGET));
        // An error means that the budget was full already.
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, refill);
    }
}

/// How long a `Retry-After` header asks to wait, given the time at which the answer was made.
///
/// A date in the past asks to wait no longer; anything that is neither a whole number of seconds nor a date says nothing.
pub(crate) fn retry_after(header: &str, now: i64) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(header).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(date.as_secs().saturating_sub(u64::try_from(now).unwrap_or(0))))
}
