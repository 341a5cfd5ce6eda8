"""The client for `async` code. It imports `asyncio`, so `recallflow` imports it only when it is used."""

from __future__ import annotations

from types import TracebackType

from recallflow._base import show_as
from recallflow._edit import AsyncFlowEdit
from recallflow._typing import Self
from recallflow.generated.async_methods import AsyncOperations
from recallflow.generated.async_raw_methods import AsyncRawOperations


class AsyncClient(AsyncOperations):
    """A client of the service for `asyncio`: the same as `Client`, but its calls are awaited.

    >>> async with recallflow.AsyncClient("key", "secret", base_url=recallflow.ITNIO) as client:
    ...     detail = await client.query_recall_flow_detail(299)

    Create one client and keep it, because it keeps connections and the offset of the service's clock. It is not bound
    to an event loop: create it anywhere, and use it in several loops, one after the other or each in its own thread.
    A canceled call is dropped, and the client stays usable. Whether a canceled update was applied is unknown.

    Every method accepts `timeout` (seconds) and `max_retries` for that call, and raises a `RecallFlowError`.
    """

    async def edit_recall_flow(
        self, key_id: int, *, timeout: float | None = None, max_retries: int | None = None
    ) -> AsyncFlowEdit:
        """Reads a recall flow for a safe edit. See `Client.edit_recall_flow`."""
        detail = await self.query_recall_flow_detail(key_id, timeout=timeout, max_retries=max_retries)
        return AsyncFlowEdit(self._core, detail)

    @property
    def with_raw_response(self) -> AsyncRawOperations:
        """The operations, with the HTTP response: each method returns a `RawResponse` when it is awaited."""
        return AsyncRawOperations(self)

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
