"""The errors of the package, and the values that they carry."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from recallflow._drift import Drift
from recallflow._record import Record, record
from recallflow._typing import TypedDict, Unpack

if TYPE_CHECKING:
    from recallflow.generated.responses import GroupCallTask, RecallFlowDetail


@record
class Violation(Record):
    """A documented rule that a request breaks. Its text is the message."""

    path: str
    """Field that breaks the rule, by names on the wire: `keyId`, `nodeList[0].smsContent`."""
    rule: str
    """Kind of the rule: `required`, `range`, `length`, `one_of`, `format`, `at_least_one` or `type`."""
    message: str
    """Explains the problem in a sentence."""

    def __str__(self) -> str:
        return self.message


@record
class RequestWarning(Record):
    """A part of a request that is valid but probably a mistake. Its text is the message.

    It is a plain value: Python's `warnings` module never shows it.
    """

    path: str
    """Field that the warning is about, by names on the wire: `nodeList[0].text`."""
    message: str
    """Explains the doubt in a sentence."""

    def __str__(self) -> str:
        return self.message


@record
class Change(Record):
    """A field that two states of a flow have differently. Its text is one line, such as `recallNum: 1 -> 2`."""

    path: str
    """Field that differs, by names on the wire: `nodeList[0].smsContent`."""
    before: Any
    """Value before; None if there was none."""
    after: Any
    """Value after; None if there is none."""
    text: str
    """The change as one line."""

    def __str__(self) -> str:
        return self.text


@record
class ErrorResponse(Record):
    """The HTTP response that led to an error. Its `repr` shows only the length of the body, which may be long."""

    http_status: int
    """HTTP status code."""
    headers: dict[str, str]
    """The headers by their lower-case names, redacted. Several values of one name are joined with `, `."""
    body: str
    """The body as text, redacted and at most 16,384 characters long. Control characters are blanks."""

    def _identity(self) -> tuple[Any, ...]:
        return self.http_status, self.body

    def __repr__(self) -> str:
        return (
            f"ErrorResponse(http_status={self.http_status}, headers={self.headers!r}, "
            f"body=<{len(self.body)} characters>)"
        )


class CallDetails(TypedDict, total=False):
    """The attributes that all errors have; see `RecallFlowError`."""

    operation: str | None
    attempts: int
    remedy: str | None
    http_status: int | None
    retry_after: float | None
    phase: str | None
    is_retryable: bool
    response: ErrorResponse | None


class RecallFlowError(Exception):
    """Base of all errors of this library.

    `str(error)` names the operation, the cause, the number of attempts and what to try next. Errors never contain the
    API key, the API secret or a signature. They can be pickled and copied with all their attributes.
    """

    # Names of the attributes that a derived class adds.
    _own: ClassVar[tuple[str, ...]] = ()

    operation: str | None
    """Name of the operation, such as `update_recall_flow`; None outside a call."""
    attempts: int
    """Number of attempts, including those that failed before the request was sent."""
    remedy: str | None
    """What to try next, if known."""
    http_status: int | None
    """Status of the HTTP response, if there was one."""
    retry_after: float | None
    """Seconds to wait before the next attempt, if the service asked for it."""
    phase: str | None
    """How far the last attempt came without a response: `resolve`, `connect`, `tls`, `request`, `response` or `body`.

    A TLS handshake that times out counts as `connect`.
    """
    is_retryable: bool
    """Whether the same call may succeed later, without a change of the request, the options or the account."""
    response: ErrorResponse | None
    """The response of the last attempt; None if there was no whole response."""
    outcome_is_known: ClassVar[bool] = True
    """Whether it is certain that the call changed nothing. False only for `OutcomeUnknownError`."""

    def __init__(
        self,
        text: str = "",
        /,
        *,
        operation: str | None = None,
        attempts: int = 0,
        remedy: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
        phase: str | None = None,
        is_retryable: bool = False,
        response: ErrorResponse | None = None,
    ) -> None:
        super().__init__(text)
        self.operation = operation
        self.attempts = attempts
        self.remedy = remedy
        self.http_status = http_status
        self.retry_after = retry_after
        self.phase = phase
        self.is_retryable = is_retryable
        self.response = response

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__, self.__cause__)


class ConfigError(RecallFlowError):
    """An option is wrong or missing, or the client is closed."""


class InvalidRequestError(RecallFlowError):
    """The request breaks documented rules; nothing was sent."""

    _own = ("violations",)

    violations: list[Violation]
    """Every broken rule."""

    def __init__(
        self, text: str = "", /, *, violations: Iterable[Violation] = (), **details: Unpack[CallDetails]
    ) -> None:
        super().__init__(text, **details)
        self.violations = list(violations)


class ConflictError(RecallFlowError):
    """A flow cannot be edited, because it is not pending or was changed in the meantime. Nothing was sent."""

    _own = ("status", "changes")

    status: int | None
    """Status of the flow, as in `RecallStatus`; None if the service returned none."""
    changes: list[Change]
    """What changed since the edit began; empty if the flow is not pending."""

    def __init__(
        self,
        text: str = "",
        /,
        *,
        status: int | None = None,
        changes: Iterable[Change] = (),
        **details: Unpack[CallDetails],
    ) -> None:
        super().__init__(text, **details)
        self.status = status
        self.changes = list(changes)


class IncompleteError(RecallFlowError):
    """A list changed while it was being read with `strict=True`, so items may be missing."""

    _own = ("drift",)

    drift: Drift
    """How the list changed."""

    def __init__(self, text: str = "", /, *, drift: Drift, **details: Unpack[CallDetails]) -> None:
        super().__init__(text, **details)
        self.drift = drift


class ApiError(RecallFlowError):
    """The service responded with a code other than 0, or with HTTP 429. Derived classes cover the common codes."""

    _own = ("code", "message", "meaning")

    code: int | None
    """Code of the service; None for HTTP 429 without one."""
    message: str
    """Message of the service, at most 512 characters."""
    meaning: str | None
    """Documented meaning of the code, if there is one."""

    def __init__(
        self,
        text: str = "",
        /,
        *,
        code: int | None = None,
        message: str = "",
        meaning: str | None = None,
        **details: Unpack[CallDetails],
    ) -> None:
        super().__init__(text, **details)
        self.code = code
        self.message = message
        self.meaning = meaning


class AuthenticationError(ApiError):
    """The service rejected the API key or the signature (-1)."""


class IpRestrictedError(ApiError):
    """The service rejected the IP address of the client (-2)."""


class TimestampExpiredError(ApiError):
    """The timestamp of the request was too far from the service's clock, even after a correction (-16)."""


class RateLimitedError(ApiError):
    """The rate limit was exceeded: -15, or HTTP 429. See `retry_after`."""


class ServiceError(ApiError):
    """The service failed internally (-18)."""


class ParameterError(ApiError):
    """The service rejected a parameter (-22)."""


class TransportError(RecallFlowError):
    """The service did not respond; `phase` is how far the last attempt came."""


class TimeoutError(TransportError, builtins.TimeoutError):
    """The service did not respond in time. Also a `TimeoutError` of Python."""


class ProtocolError(RecallFlowError):
    """The response is not one of this service, or a success without the requested data.

    Examples are a web page, a redirect, a body that is truncated or too large, and a page without its list.
    """

    _own = ("excerpt",)

    excerpt: str
    """Redacted beginning of the body, at most 512 characters."""

    def __init__(self, text: str = "", /, *, excerpt: str = "", **details: Unpack[CallDetails]) -> None:
        super().__init__(text, **details)
        self.excerpt = excerpt


class UnavailableError(ProtocolError):
    """The service or a gateway is unavailable: HTTP 408, 500, 502 to 504 or 520 to 529 without a code."""


class OutcomeUnknownError(RecallFlowError):
    """An update may or may not have been applied: read the flow before sending it again."""

    _own = ("cause",)
    outcome_is_known = False

    cause: RecallFlowError
    """Why the outcome is unknown; the same as `__cause__`."""
    __cause__: BaseException | None

    def __init__(self, text: str = "", /, *, cause: RecallFlowError, **details: Unpack[CallDetails]) -> None:
        super().__init__(text, **details)
        self.cause = self.__cause__ = cause

    @property
    def code(self) -> int | None:
        """Code of the service, if the cause has one."""
        return self.cause.code if isinstance(self.cause, ApiError) else None


class WaitError(RecallFlowError):
    """A wait ended before the state was reached. `__cause__` is the error of the last read, if it failed."""

    _own = ("reason",)

    reason: Literal["timeout", "unreachable"]
    """`timeout` if the time is over, `unreachable` if the state can no longer be reached."""
    last: RecallFlowDetail | list[GroupCallTask] | None
    """The flow or the tasks of the last successful read; None if every read failed."""

    def __init__(
        self,
        text: str = "",
        /,
        *,
        reason: Literal["timeout", "unreachable"] = "timeout",
        **details: Unpack[CallDetails],
    ) -> None:
        super().__init__(text, **details)
        self.reason = reason
        self.last = None


_COMMON = ("operation", "attempts", "remedy", "http_status", "retry_after", "phase", "is_retryable", "response")

_KINDS: dict[str, type[RecallFlowError]] = {
    kind.__name__: kind
    for kind in (
        ConfigError,
        InvalidRequestError,
        ConflictError,
        IncompleteError,
        ApiError,
        AuthenticationError,
        IpRestrictedError,
        TimestampExpiredError,
        RateLimitedError,
        ServiceError,
        ParameterError,
        TransportError,
        TimeoutError,
        ProtocolError,
        UnavailableError,
        OutcomeUnknownError,
        WaitError,
    )
}


def make(payload: dict[str, Any]) -> RecallFlowError:
    """Makes the error that the native module describes."""
    kind = _KINDS.get(payload["name"], RecallFlowError)
    text = payload["message"]
    # The attribute of `ApiError` is the message of the service.
    payload["message"] = payload.get("service_message", "")
    attributes = {name: payload[name] for name in (*_COMMON, *kind._own) if name in payload}
    if "response" in attributes:
        attributes["response"] = ErrorResponse(**attributes["response"])
    if "violations" in attributes:
        attributes["violations"] = [Violation(**violation) for violation in attributes["violations"]]
    if "changes" in attributes:
        attributes["changes"] = [Change(**change) for change in attributes["changes"]]
    if "drift" in attributes:
        attributes["drift"] = Drift(**attributes["drift"])
    if "cause" in attributes:
        attributes["cause"] = make(attributes["cause"])
    return kind(text, **attributes)


def _restore(
    kind: type[RecallFlowError], args: tuple[Any, ...], attributes: dict[str, Any], cause: BaseException | None
) -> RecallFlowError:
    # Without `__init__`, because derived classes may have other parameters.
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(attributes)
    if cause is not None:
        error.__cause__ = cause
    return error
