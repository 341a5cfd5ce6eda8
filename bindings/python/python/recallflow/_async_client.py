"""The client for `async` code. It imports `asyncio`, so `recallflow` imports it only when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from recallflow._async_pages import AsyncPages
from recallflow._async_wait import wait
from recallflow._base import show_as
from recallflow._edit import AsyncFlowEdit
from recallflow._typing import Self
from recallflow._wait import Polling, parts_of_flow, parts_of_tasks, query_of, status_of
from recallflow.generated.async_methods import AsyncOperations
from recallflow.generated.async_raw_methods import AsyncRawOperations
from recallflow.generated.enums import RecallStatus
from recallflow.generated.requests import GroupCallQuery
from recallflow.generated.responses import GroupCallTask, RecallFlowDetail


class AsyncClient(AsyncOperations):
    """A client of the service for `asyncio`: the same as `Client`, but its calls are awaited.

    >>> async with recallflow.AsyncClient("key", "secret", base_url=recallflow.ITNIO) as client:
    ...     detail = await client.query_recall_flow_detail(299)

    Create one client and keep it, because it keeps connections and the offset of the service's clock. It is not bound
    to an event loop: create it anywhere, and use it in several loops, one after the other or each in its own thread.
    A canceled call is dropped, and the client stays usable. Whether a canceled update was applied is unknown.

    Every method accepts `timeout` (seconds), `max_retries` and `extra_headers` for that call, and raises a
    `RecallFlowError`.
    """

    async def edit_recall_flow(
        self,
        key_id: int,
        *,
        timeout: float | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> AsyncFlowEdit:
        """Reads a recall flow for a safe edit. See `Client.edit_recall_flow`."""
        detail = await self.query_recall_flow_detail(
            key_id, timeout=timeout, max_retries=max_retries, extra_headers=extra_headers
        )
        return AsyncFlowEdit(self._core, detail)

    @property
    def with_raw_response(self) -> AsyncRawOperations:
        """The operations, with the HTTP response: each method returns a `RawResponse` when it is awaited."""
        return AsyncRawOperations(self)

    async def wait_for_recall_flow(
        self,
        key_id: int,
        *,
        until: RecallStatus | int | str = RecallStatus.COMPLETED,
        timeout: float,
        on_progress: Callable[[int, int, RecallFlowDetail], object] | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> RecallFlowDetail:
        """Waits until a recall flow has this status. See `Client.wait_for_recall_flow`.

        `on_progress` may be a coroutine function.
        """
        polling = Polling[RecallFlowDetail](self._core, status_of(until), timeout, parts_of_flow)

        async def read() -> RecallFlowDetail:
            return await self.query_recall_flow_detail(
                key_id, timeout=polling.call_timeout(), max_retries=max_retries, extra_headers=extra_headers
            )

        return await wait(polling, read, on_progress)

    async def wait_for_group_calls(
        self,
        query: GroupCallQuery | None = None,
        *,
        timeout: float,
        on_progress: Callable[[int, int, list[GroupCallTask]], object] | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> list[GroupCallTask]:
        """Waits until every task of a query has ended. See `Client.wait_for_group_calls`.

        `on_progress` may be a coroutine function.
        """
        polling = Polling[list[GroupCallTask]](self._core, None, timeout, parts_of_tasks)
        selection = query_of(query, fields)

        async def read() -> list[GroupCallTask]:
            return await AsyncPages[GroupCallTask](polling.tasks(selection, max_retries, extra_headers)).to_list()

        return await wait(polling, read, on_progress)

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
