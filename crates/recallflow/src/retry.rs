//! The retry policy: one pure function that decides, and the budget that limits retries.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::operation::OperationKind;

/// Maximum backoff before the first retry. It doubles with each retry.
const BASE_BACKOFF: Duration = Duration::from_millis(50);
/// The same if nothing was sent, because a gateway needs about that long to restart.
const BASE_BACKOFF_UNSENT: Duration = Duration::from_millis(200);
/// The same after a rate limit.
const BASE_BACKOFF_THROTTLED: Duration = Duration::from_secs(1);
/// Maximum backoff before any retry, unless the service asks for a longer wait.
const MAX_BACKOFF: Duration = Duration::from_secs(20);
/// Tokens of a full budget.
const FULL_BUDGET: u32 = 500;
/// Tokens that a retry takes.
const COST: u32 = 14;
/// Tokens that a retry after a rate limit takes.
const COST_THROTTLED: u32 = 5;
/// Tokens that a successful call without retries returns, so that a drained budget recovers.
const REWARD: u32 = 1;

/// What a failed attempt permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RetryClass {
    /// No byte of the request was written.
    Unsent,
    /// No byte of the request was written, and every further attempt would fail likewise.
    Permanent,
    /// No byte of the request was written, because the local system refused a thread, a descriptor or memory.
    Local,
    /// The service refused the request before processing it, because of a rate limit.
    Throttled,
    /// The service refused the request before processing it, because of its timestamp.
    Clock,
    /// A reused connection closed before the first byte of the response.
    Stale,
    /// The request was sent, and no complete response arrived.
    Ambiguous,
    /// The service reported that it failed.
    Failed,
    /// The service or a gateway reported that it is unavailable.
    Unavailable,
    /// The response does not show what the service did.
    Undecodable,
    /// The error is final.
    Settled,
}

impl RetryClass {
    #[cfg(all(test, feature = "__vectors"))]
    pub(crate) const ALL: &'static [RetryClass] = &[
        RetryClass::Unsent,
        RetryClass::Permanent,
        RetryClass::Local,
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
            RetryClass::Permanent => "permanent",
            RetryClass::Local => "local",
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

    /// Returns whether an update was provably not applied.
    pub(crate) const fn outcome_is_known(self) -> bool {
        matches!(
            self,
            RetryClass::Unsent
                | RetryClass::Permanent
                | RetryClass::Local
                | RetryClass::Throttled
                | RetryClass::Clock
                | RetryClass::Settled
        )
    }

    /// Returns whether a retry is safe and may succeed.
    pub(crate) const fn is_retryable(self, kind: OperationKind) -> bool {
        match self {
            RetryClass::Unsent | RetryClass::Local | RetryClass::Throttled | RetryClass::Clock => true,
            RetryClass::Stale | RetryClass::Ambiguous | RetryClass::Failed | RetryClass::Unavailable => {
                matches!(kind, OperationKind::Query)
            }
            RetryClass::Permanent | RetryClass::Undecodable | RetryClass::Settled => false,
        }
    }
}

/// Retry allowances that a call has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    /// Retries that count against `max_retries`.
    pub(crate) retries: u32,
    /// Whether the free retry after a stale connection was used.
    pub(crate) stale_retried: bool,
    /// Whether a refused timestamp was already corrected.
    pub(crate) clock_corrected: bool,
    /// Tokens taken from the budget.
    pub(crate) tokens: u32,
}

/// The inputs of the decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    pub(crate) kind: OperationKind,
    pub(crate) class: RetryClass,
    pub(crate) used: Used,
    pub(crate) max_retries: u32,
    /// Tokens in the budget.
    pub(crate) budget: u32,
    /// Time until the deadline of the call.
    pub(crate) remaining: Duration,
    /// Wait that the service asks for.
    pub(crate) retry_after: Option<Duration>,
    /// A random number from 0 to 1.
    pub(crate) jitter: f64,
}

/// The decision after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Decision {
    /// Wait, take the tokens from the budget and retry.
    Retry {
        /// Time to wait.
        delay: Duration,
        /// Tokens to take from the budget.
        cost: u32,
        /// Allowances used after this retry.
        used: Used,
    },
    /// Report the error.
    Fail,
    /// Report the error, and that only the budget prevented a retry.
    Withhold,
    /// Report that the outcome of the update is unknown.
    OutcomeUnknown,
}

/// Decides whether to retry after a failed attempt.
pub(crate) fn decide(situation: &Situation) -> Decision {
    let Situation { kind, class, used, .. } = *situation;
    if kind == OperationKind::Update && !class.outcome_is_known() {
        return Decision::OutcomeUnknown;
    }
    if !class.is_retryable(kind) {
        return Decision::Fail;
    }
    if class == RetryClass::Stale && !used.stale_retried {
        // A server may close an idle connection at any time. That does not show a fault, so the retry is free.
        return Decision::Retry { delay: Duration::ZERO, cost: 0, used: Used { stale_retried: true, ..used } };
    }
    if used.retries >= situation.max_retries || (class == RetryClass::Clock && used.clock_corrected) {
        return Decision::Fail;
    }
    let (delay, cost) = delay_and_cost(situation);
    if delay >= situation.remaining {
        return Decision::Fail;
    }
    if cost > situation.budget {
        return Decision::Withhold;
    }
    let clock_corrected = used.clock_corrected || class == RetryClass::Clock;
    Decision::Retry {
        delay,
        cost,
        used: Used { retries: used.retries + 1, clock_corrected, tokens: used.tokens + cost, ..used },
    }
}

/// Returns the delay before the retry and its cost in tokens.
///
/// The backoff is random, so that clients that failed together do not retry together. It comes on top of the wait that the
/// service asks for. If nothing was sent, it is at least half of its maximum, because an immediate retry would fail too.
fn delay_and_cost(situation: &Situation) -> (Duration, u32) {
    let Situation { class, jitter, .. } = *situation;
    let (base, jitter, cost) = match class {
        // A wrong clock does not show that the service is overloaded.
        RetryClass::Clock => return (Duration::ZERO, 0),
        RetryClass::Throttled => (BASE_BACKOFF_THROTTLED, jitter, COST_THROTTLED),
        RetryClass::Unsent => (BASE_BACKOFF_UNSENT, f64::midpoint(1.0, jitter), COST),
        // A refusal by the local system does not show that the service is overloaded either.
        RetryClass::Local => (BASE_BACKOFF_UNSENT, f64::midpoint(1.0, jitter), 0),
        _ => (BASE_BACKOFF, jitter, COST),
    };
    let max_backoff = base.saturating_mul(2_u32.saturating_pow(situation.used.retries)).min(MAX_BACKOFF);
    let wait = situation.retry_after.unwrap_or_default();
    (wait.saturating_add(max_backoff.mul_f64(jitter)), cost)
}

/// A token budget that limits retries while the service is failing.
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

    /// Takes tokens and returns true, or takes none if there are too few.
    pub(crate) fn take(&self, cost: u32) -> bool {
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost)).is_ok()
    }

    /// Returns the tokens of a successful call.
    pub(crate) fn refund(&self, used: Used) {
        let amount = if used.tokens == 0 { REWARD } else { used.tokens };
        let refill = |tokens: u32| (tokens < FULL_BUDGET).then(|| tokens.saturating_add(amount).min(FULL_BUDGET));
        // An error means that the budget is already full.
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, refill);
    }
}

/// Parses a `Retry-After` header, given the time of the response.
///
/// A date in the past means no wait. Returns `None` if the header is neither a whole number of seconds nor a date.
pub(crate) fn parse_retry_after(header: &str, now: i64) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(header).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(date.as_secs().saturating_sub(u64::try_from(now).unwrap_or(0))))
}
