"""The HTTP response behind a result, and the methods of `with_raw_response`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from recallflow._record import Record, record

if TYPE_CHECKING:
    from recallflow._base import BaseClient
    from recallflow._native import Core, Outcome

P = ParamSpec("P")
# Not one letter, because `recallflow` imports it for the annotations of its classes.
Parsed = TypeVar("Parsed")


@record
class RawResponse(Record, Generic[Parsed]):
    """The HTTP response of a call, and the value that was parsed from it.

    >>> response = client.with_raw_response.query_recall_flow_detail(299)
    >>> response.http_status, response.headers["content-type"]
    (200, 'application/json;charset=UTF-8')
    >>> response.parsed.status
    <RecallStatus.PENDING: 0>

    The body may hold anything that the service sent, so `repr` shows only its length.
    """

    http_status: int
    """HTTP status code."""
    headers: dict[str, str]
    """The headers by their lower-case names. Several values of one name are joined with `, `, and secrets that the
    service echoes are redacted."""
    body: bytes
    """The body as it was received."""
    attempts: int
    """Number of attempts of the call."""
    elapsed: float
    """Seconds from the start of the call to the end of the response, with all attempts."""
    parsed: Parsed
    """The value that the method returns otherwise."""

    def _identity(self) -> tuple[Any, ...]:
        # Without the headers and the value, which may not be hashable.
        return self.http_status, self.body, self.attempts, self.elapsed

    def __repr__(self) -> str:
        return (
            f"RawResponse(http_status={self.http_status}, headers={self.headers!r}, body=<{len(self.body)} bytes>, "
            f"attempts={self.attempts}, elapsed={self.elapsed!r}, parsed={self.parsed!r})"
        )


class RawCalls:
    """The operations of a client, whose results are a `RawResponse`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"{self._client!r}.with_raw_response"


class RawMethod(Generic[P, Parsed]):
    """A method of `Client`, as one of `with_raw_response`."""

    def __init__(self, method: Callable[Concatenate[Any, P], Parsed]) -> None:
        self._method = method

    def __get__(self, calls: RawCalls, owner: type[RawCalls]) -> Callable[P, RawResponse[Parsed]]:
        def call(*args: P.args, **kwargs: P.kwargs) -> RawResponse[Parsed]:
            core, client = _observed(calls)
            parsed = self._method(client, *args, **kwargs)
            return core.response(parsed)

        return update_wrapper(call, self._method)


class AsyncRawMethod(Generic[P, Parsed]):
    """A method of `AsyncClient`, as one of `with_raw_response`."""

    def __init__(self, method: Callable[Concatenate[Any, P], Coroutine[Any, Any, Parsed]]) -> None:
        self._method = method

    def __get__(self, calls: RawCalls, owner: type[RawCalls]) -> Callable[P, Coroutine[Any, Any, RawResponse[Parsed]]]:
        async def call(*args: P.args, **kwargs: P.kwargs) -> RawResponse[Parsed]:
            core, client = _observed(calls)
            parsed = await self._method(client, *args, **kwargs)
            return core.response(parsed)

        return update_wrapper(call, self._method)


class _RawCore:
    """A native object whose call keeps the HTTP response. It serves one call."""

    def __init__(self, core: Core) -> None:
        self._core: Any = core
        self._ended: Callable[[], Outcome]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._core, name)

    def call(self, *arguments: Any) -> Any:
        outcome = self._core.call(*arguments, raw=True)
        self._ended = lambda: outcome
        return outcome.open()

    def submit(self, completions: Any, future: Any, *arguments: Any) -> Any:
        self._ended = future.result
        return self._core.submit(completions, future, *arguments, raw=True)

    def response(self, parsed: Parsed) -> RawResponse[Parsed]:
        """Returns the response of the call that has ended."""
        http_status, headers, body, attempts, elapsed = self._ended().raw()
        return RawResponse(http_status, headers, body, attempts, elapsed, parsed)


def _observed(calls: RawCalls) -> tuple[_RawCore, Any]:
    """Returns a core for one call, and a copy of the client that uses it."""
    original = calls._client
    core = _RawCore(original._core)
    client = object.__new__(type(original))
    client.__dict__.update(original.__dict__, _core=core)
    return core, client
