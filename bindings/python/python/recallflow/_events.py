"""The end of an attempt, as the option `on_attempt` receives it."""

from __future__ import annotations

from recallflow._record import Record, record


@record
class AttemptEvent(Record):
    """The end of one attempt. The option `on_attempt` of a client receives it. It never holds a body or a secret."""

    operation: str
    """Name of the operation, such as `update_recall_flow`, or path of another endpoint, such as `/voice/balance`."""
    attempt: int
    """Number of the attempt within its call, from 1."""
    http_status: int | None
    """HTTP status code, if there was a response."""
    code: int | None
    """Status code of the service, if the response has one: 0 for a success."""
    error: str | None
    """Class of the error, such as `RateLimitedError`; None for a success."""
    retry_class: str | None
    """What the failure permits, such as `unsent`, `throttled` or `settled`; None for a success."""
    phase: str | None
    """How far the attempt came without a response, as in `RecallFlowError.phase`."""
    elapsed: float
    """Seconds that the attempt took, including the wait for a free connection."""
    delay: float | None
    """Seconds until the next attempt; None if this was the last one."""
