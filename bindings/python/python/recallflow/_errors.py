"""Everything that can go wrong, as one tree."""

from __future__ import annotations

import builtins

from recallflow._record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar, TypedDict

    from typing_extensions import Unpack

    class Circumstances(TypedDict, total=False):
        """The attributes that every error has."""

        operation: str | None
        attempts: int
        remedy: str | None
        http_status: int | None
        retry_after: float | None
        phase: str | None


class Violation(Record):
    """A rule that a request breaks. As text it is its message.

    Attributes:
        path: Where it is broken, in the service's own names: `keyId`, `nodeList[0].smsContent`.
        rule: Kind of the rule: `required`, `range`, `length`, `one_of`, `format`, `at_least_one` or `type`.
        message: What is wrong, in a sentence.
    """

    __slots__ = ("path", "rule", "message")  # noqa: RUF023, their order is that of the parameters

    path: str
    rule: str
    message: str

    def __init__(self, path: str, rule: str, message: str) -> None:
        self._init(path, rule, message)

    def __str__(self) -> str:
        return self.message


class RequestWarning(Record):
    """What a request is allowed to say, but probably does not mean. As text it is its message.

    It is a value, and is never shown by Python's `warnings`.

    Attributes:
        path: The field it is about, in the service's own names: `nodeList[0].text`.
        message: What is doubtful, in a sentence.
    """

    __slots__ = ("path", "message")  # noqa: RUF023, their order is that of the parameters

    path: str
    message: str

    def __init__(self, path: str, message: str) -> None:
        self._init(path, message)

    def __str__(self) -> str:
        return self.message


class RecallFlowError(Exception):
    """Base of everything that goes wrong in this library.

    `str(error)` tells the operation, what happened, after several attempts their number, and what to try next. No error
    holds the API secret, a signature or the API key. Errors pickle and copy with all their attributes.

    Attributes:
        operation: Name of the operation, such as `update_recall_flow`; None if there was no call.
        attempts: How many times the request was sent or tried to be sent.
        remedy: What to try next, where that is known.
        http_status: Status of the HTTP answer, if there was one.
        retry_after: Seconds to wait before the next attempt, if the service asks for that.
        phase: How far the last attempt came, if there was no answer: `resolve`, `connect`, `tls`, `request`, `response`
            or `body`. A TLS handshake that never ends counts as `connect`.
    """

    # Names of the attributes that a class has beyond those above.
    _own: ClassVar[tuple[str, ...]] = ()

    operation: str | None
    attempts: int
    remedy: str | None
    http_status: int | None
    retry_after: float | None
    phase: str | None

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
    ) -> None:
        super().__init__(text)
        self.operation = operation
        self.attempts = attempts
        self.remedy = remedy
        self.http_status = http_status
        self.retry_after = retry_after
        self.phase = phase

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__, self.__cause__)


class ConfigError(RecallFlowError):
    """An option is wrong or missing, or the client was closed."""


class InvalidRequestError(RecallFlowError):
    """The request breaks rules; nothing was sent.

    Attributes:
        violations: Every broken rule.
    """

    _own = ("violations",)

    violations: list[Violation]

    def __init__(
        self, text: str = "", /, *, violations: Iterable[Violation] = (), **circumstances: Unpack[Circumstances]
    ) -> None:
        super().__init__(text, **circumstances)
        self.violations = list(violations)


class ApiError(RecallFlowError):
    """The service answered with a code other than 0, or with HTTP 429.

    Codes that are worth telling apart have classes of their own, all derived from this one.

    Attributes:
        code: The service's code; None if there was only HTTP 429.
        message: The service's own words, at most 512 characters.
        meaning: What the documents call the code, where they list it.
    """

    _own = ("code", "message", "meaning")

    code: int | None
    message: str
    meaning: str | None

    def __init__(
        self,
        text: str = "",
        /,
        *,
        code: int | None = None,
        message: str = "",
        meaning: str | None = None,
        **circumstances: Unpack[Circumstances],
    ) -> None:
        super().__init__(text, **circumstances)
        self.code = code
        self.message = message
        self.meaning = meaning


class AuthenticationError(ApiError):
    """The service does not accept the API key or the signature (-1)."""


class IpRestrictedError(ApiError):
    """The service does not accept requests from this address (-2)."""


class TimestampExpiredError(ApiError):
    """The timestamp of the request is too far from the service's clock, even after a correction (-16)."""


class RateLimitedError(ApiError):
    """Too many requests: -15, or HTTP 429 with any error's code. `retry_after` tells how long to wait, if told."""


class ServiceError(ApiError):
    """The service failed (-18)."""


class ParameterError(ApiError):
    """The service does not accept a parameter (-22)."""


class TransportError(RecallFlowError):
    """There was no answer; `phase` tells how far the last attempt came."""


class TimeoutError(TransportError, builtins.TimeoutError):
    """There was no answer in time. It is a `TimeoutError` of Python as well."""


class ProtocolError(RecallFlowError):
    """There was an answer, but not one of this service: a web page, something truncated, too large, a redirect.

    Attributes:
        excerpt: The beginning of the body, at most 512 characters.
    """

    _own = ("excerpt",)

    excerpt: str

    def __init__(self, text: str = "", /, *, excerpt: str = "", **circumstances: Unpack[Circumstances]) -> None:
        super().__init__(text, **circumstances)
        self.excerpt = excerpt


class OutcomeUnknownError(RecallFlowError):
    """An update may or may not have been carried out: read the flow before repeating it.

    Attributes:
        cause: Why that is not known; the same as `__cause__`.
    """

    _own = ("cause",)

    cause: RecallFlowError
    __cause__: BaseException | None

    def __init__(self, text: str = "", /, *, cause: RecallFlowError, **circumstances: Unpack[Circumstances]) -> None:
        super().__init__(text, **circumstances)
        self.cause = self.__cause__ = cause


_COMMON = ("operation", "attempts", "remedy", "http_status", "retry_after", "phase")

_KINDS: dict[str, type[RecallFlowError]] = {
    kind.__name__: kind
    for kind in (
        ConfigError,
        InvalidRequestError,
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
        OutcomeUnknownError,
    )
}


def make(payload: dict[str, Any]) -> RecallFlowError:
    """Makes the error that the native core describes."""
    kind = _KINDS.get(payload["kind"], RecallFlowError)
    attributes = {name: payload[name] for name in (*_COMMON, *kind._own) if name in payload}
    if "violations" in attributes:
        attributes["violations"] = [Violation(**violation) for violation in attributes["violations"]]
    if "cause" in attributes:
        attributes["cause"] = make(attributes["cause"])
    return kind(payload["text"], **attributes)


def _restore(
    kind: type[RecallFlowError], args: tuple[Any, ...], attributes: dict[str, Any], cause: BaseException | None
) -> RecallFlowError:
    # Past `__init__`, so that classes derived from ours may take what they like.
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(attributes)
    if cause is not None:
        error.__cause__ = cause
    return error
