"""The client for `async` code. It imports `asyncio`, so `recallflow` imports it only when it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal

from recallflow._base import show_as
from recallflow._loop import submit_path
from recallflow._typing import Self
from recallflow.generated.async_methods import AsyncOperations


class AsyncClient(AsyncOperations):
    """A client of the service for `asyncio`: the same as `Client`, but its calls are awaited.

    >>> async with recallflow.AsyncClient("key", "secret", base_url=recallflow.ITNIO) as client:
    ...     detail = await client.query_recall_flow_detail(299)

    Create one client and keep it, because it keeps connections and the offset of the service's clock. It is not bound
    to an event loop: create it anywhere, and use it in several loops, one after the other or each in its own thread.
    A canceled call is dropped, and the client stays usable. Whether a canceled update was applied is unknown.

    Every method accepts `timeout` (seconds) and `max_retries` for that call, and raises a `RecallFlowError`.
    """

    async def call(
        self,
        path: str,
        body: Mapping[str, Any] | Sequence[Any],
        kind: Literal["query", "update"] = "query",
        *,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> Any:
        """Calls any other endpoint of the platform, such as one that this version does not know.

        It signs, retries and redacts as the other methods do, and raises the same errors. Neither the body nor the data
        is checked. The request is always a `POST`.

        >>> await client.call("voice/balance", {"currency": "USD"})
        {'balance': '12.500000'}

        Args:
            path: Path below the base URL, such as `voice/balance`.
            body: Mapping or sequence of values that have a JSON form. Numbers are sent exactly, also a `Decimal`.
            kind: `"query"` if the endpoint only reads. The call may then be repeated after any failure that may be
                temporary. `"update"` if it changes something. The call is then repeated only if it provably was not
                processed.
            timeout: Seconds for the whole call with all its attempts; None for the client's.
            max_retries: Maximum number of attempts after the first; None for the client's.

        Returns:
            `data` of the response as plain objects, or None if the response has no data. An integer is exact. A decimal
            number is a `float`, or a `Decimal` if the nearest float has other digits.

        Raises:
            ConfigError: `path` or `kind` is wrong, or the path is that of an update that is called as a query.
            InvalidRequestError: The body is not a mapping or sequence, or holds a value without a JSON form.
            OutcomeUnknownError: The update may or may not have been applied.
            RecallFlowError: Base of all errors.
        """
        return await submit_path(self._core, path, body, kind, (timeout, max_retries))

    async def close(self) -> None:
        """Closes the connections. Later calls raise `ConfigError`."""
        self._core.close()

    async def aclose(self) -> None:
        """The same as `close`, under the name that `contextlib.aclosing` expects."""
        self._core.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._core.close()


show_as(AsyncClient, AsyncOperations)
