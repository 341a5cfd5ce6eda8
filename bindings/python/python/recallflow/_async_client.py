"""The client for `async` code. It imports `asyncio`, so `recallflow` imports it only when it is asked for."""

from __future__ import annotations

from asyncio import get_running_loop
from collections import deque
from collections.abc import AsyncIterator

from recallflow._log import is_logged
from recallflow._loop import completions_of, outcome
from recallflow._options import Configured, show_as
from recallflow._pages import Drift, Item, drift_of
from recallflow.generated.operations import AsyncOperations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self

    from recallflow._native import Reader
    from recallflow._values import Request


class AsyncClient(Configured, AsyncOperations):
    """A client of the service for `asyncio`; the same as `Client`, but its calls are awaited.

    >>> async with recallflow.AsyncClient("key", "secret", base_url=recallflow.ITNIO) as client:
    ...     detail = await client.query_recall_flow_detail(299)

    Make one and keep it: it keeps connections, and what it learned about the service's clock. It belongs to no event
    loop, so that it can be made anywhere, and serve several loops, one after the other or each in its thread. A call
    that is cancelled is dropped where it is, and the client stays usable; whether an update was carried out is not
    known then.

    Every method takes `timeout` (seconds) and `max_retries` for that call alone, and raises a `RecallFlowError`.
    """

    async def close(self) -> None:
        """Closes the connections. Calls that are made later raise `ConfigError`."""
        self._core.close()

    async def aclose(self) -> None:
        """The same as `close`, under the name that `contextlib.aclosing` knows."""
        self._core.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._core.close()

    # Not `async` itself: each further coroutine around a call costs time.
    def _call(self, operation: int, request: Request, timeout: float | None, max_retries: int | None) -> Any:
        loop = get_running_loop()
        completions = completions_of(loop)
        future = loop.create_future()
        number = self._core.submit(completions, future, operation, request, timeout, max_retries, is_logged())
        return outcome(completions, future, number)

    def _pages(
        self, operation: int, request: Request, timeout: float | None, max_retries: int | None
    ) -> AsyncPages[Any]:
        return AsyncPages(self._core.pages(operation, request, timeout, max_retries))


show_as(AsyncClient, AsyncOperations)


class AsyncPages(AsyncIterator[Item]):
    """All items of a paged query, read page after page as they are asked for.

    - Every page is asked for with the same query, so the span of time stays what it was at the start.
    - No item comes twice: an item that slid to the next page while the list grew is left out there.
    - If the list changed while it was read, `drift` tells: items may be missing then.
    - It ends at the last page, at an empty one, when pages bring nothing new, and after an error.

    >>> tasks = client.group_calls(query)
    >>> async for task in tasks:
    ...     print(task.task_name)
    >>> if tasks.drift:
    ...     print(tasks.drift)

    The methods of a client make it. It holds nothing that must be closed, so that a loop may leave it early.
    """

    __slots__ = ("_items", "_reader")

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._items: deque[Item] = deque()

    async def __anext__(self) -> Item:
        while True:
            try:
                return self._items.popleft()
            except IndexError:
                pass
            loop = get_running_loop()
            completions = completions_of(loop)
            future = loop.create_future()
            number = self._reader.submit(completions, future)
            # What was read stays with the reader until it is taken, also if this is cancelled meanwhile.
            await outcome(completions, future, number)
            items = self._reader.take()
            if items is None:
                raise StopAsyncIteration
            self._items.extend(items)

    @property
    def drift(self) -> Drift | None:
        """How the list changed while it was read; None as long as it did not."""
        return drift_of(self._reader)

    def __repr__(self) -> str:
        return f"<AsyncPages, drift={self.drift!r}>"
