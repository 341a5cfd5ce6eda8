"""The client for code that is not `async`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal

from recallflow._base import BaseClient, show_as
from recallflow._log import is_logged
from recallflow._typing import Self
from recallflow.generated.methods import Operations


class Client(Operations):
    """A blocking client of the service.

    >>> with recallflow.Client("key", "secret", base_url=recallflow.ITNIO) as client:
    ...     detail = client.query_recall_flow_detail(299)

    Create one client and keep it, because it keeps connections and the offset of the service's clock. Several threads
    can use it at once, and so can the child after a fork. A call runs on the calling thread, and Ctrl-C interrupts it.
    In `async` code use `AsyncClient`.

    Every method accepts `timeout` (seconds) and `max_retries` for that call, and raises a `RecallFlowError`.
    """

    def call(
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

        >>> client.call("voice/balance", {"currency": "USD"})
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
        return self._core.call_path(path, body, kind, (timeout, max_retries), is_logged())

    def close(self) -> None:
        """Closes the connections. Later calls raise `ConfigError`."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


show_as(Client, Operations, BaseClient)
