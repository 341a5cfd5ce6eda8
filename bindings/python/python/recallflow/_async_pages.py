"""Iterates over a paged query in `async` code."""

from __future__ import annotations

from asyncio import get_running_loop
from collections import deque
from collections.abc import AsyncIterator
from contextvars import copy_context

from recallflow._loop import completions_of, outcome
from recallflow._native import Core, PageReader
from recallflow._pages import Drift, Item, drift_of
from recallflow._values import Request


class AsyncPages(AsyncIterator[Item]):
    """Asynchronous iterator over all items of a paged query; otherwise the same as `Pages`.

    >>> tasks = client.group_calls(query)
    >>> async for task in tasks:
    ...     print(task.task_name)
    >>> if tasks.drift:
    ...     print(tasks.drift)

    A loop may leave it early without closing it.
    """

    __slots__ = ("_is_closed", "_items", "_reader")

    def __init__(self, core: Core, operation: int, query: Request, overrides: tuple[object, ...]) -> None:
        self._reader = PageReader(core, operation, query, overrides)
        self._items: deque[Item] = deque()
        self._is_closed = False

    async def __anext__(self) -> Item:
        while True:
            try:
                return self._items.popleft()
            except IndexError:
                if self._is_closed:
                    raise StopAsyncIteration from None
            loop = get_running_loop()
            completions = completions_of(loop)
            future = loop.create_future()
            number = self._reader.submit(completions, future, copy_context())
            # The reader keeps a page until it is taken, also if this coroutine is canceled meanwhile.
            await outcome(completions, future, number)
            items = self._reader.take()
            if items is None:
                raise StopAsyncIteration
            self._items.extend(items)

    async def aclose(self) -> None:
        """Ends the iteration, as `contextlib.aclosing` expects of it."""
        self._is_closed = True
        self._items.clear()

    @property
    def drift(self) -> Drift | None:
        """How the list changed while it was being paged; None if it did not."""
        return drift_of(self._reader)

    def __repr__(self) -> str:
        return f"<AsyncPages, drift={self.drift!r}>"
