"""Iterates over a paged query in `async` code."""

from __future__ import annotations

from asyncio import get_running_loop
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator
from contextvars import copy_context
from types import TracebackType

from recallflow._drift import Drift
from recallflow._loop import completions_of, outcome
from recallflow._native import PageReader
from recallflow._notebook import ValueList
from recallflow._pages import Item, PagedQuery, check_limit, drift_of
from recallflow._typing import Self
from recallflow._values import Response


class AsyncPages(AsyncIterable[Item]):
    """All items of a paged query, as an asynchronous iterator; otherwise the same as `Pages`.

    >>> tasks = client.group_calls(query)
    >>> async for task in tasks:
    ...     print(task.task_name)
    >>> if tasks.drift:
    ...     print(tasks.drift)

    A loop may leave it early without closing it, because no request is in flight between two steps. Canceling a step
    drops its requests and loses no items.
    """

    __slots__ = ("_items", "_query", "_reader")

    def __init__(self, query: PagedQuery) -> None:
        self._query = query
        self._reader = query.reader()
        self._items: _AsyncItems[Item] | None = None

    def __aiter__(self) -> AsyncIterator[Item]:
        return self._start()

    async def __anext__(self) -> Item:
        return await anext(self._items or self._start())

    def pages(self) -> AsyncIterator[list[Item]]:
        """Starts again with the first page, and returns an iterator over whole pages.

        A page is the list of its new items, and is never empty.
        """
        return self._start().pages

    async def to_list(self, *, limit: int | None = None) -> ValueList[Item]:
        """Reads the list from its first page, and returns all items, or the first `limit` ones."""
        check_limit(limit)
        pages = self.pages()
        items = ValueList[Item]()
        while limit is None or len(items) < limit:
            page = await anext(pages, None)
            if page is None:
                break
            items += page
        return items[:limit]

    def _start(self) -> _AsyncItems[Item]:
        """Starts with the first page."""
        if self._items is not None:
            self._reader = self._query.reader()
        self._items = items = _AsyncItems(_AsyncWholePages[Item](self._reader))
        return items

    async def aclose(self) -> None:
        """Ends the latest loop, as `contextlib.aclosing` expects of it. A later loop starts again."""
        await (self._items or self._start()).aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    @property
    def _item_class(self) -> type[Response]:
        return self._reader.item_class

    @property
    def total(self) -> int | None:
        """Number of items on all pages, as the service last reported it; None before the first page."""
        return self._reader.total

    @property
    def drift(self) -> Drift | None:
        """How the list changed while it was being paged; None if it did not. It is known at the end."""
        return drift_of(self._reader)

    def __repr__(self) -> str:
        return f"<AsyncPages, total={self.total!r}, drift={self.drift!r}>"


class _AsyncWholePages(AsyncIterator[list[Item]]):
    """One iteration over the pages of a list."""

    __slots__ = ("_is_closed", "_reader")

    def __init__(self, reader: PageReader) -> None:
        self._reader = reader
        self._is_closed = False

    async def __anext__(self) -> list[Item]:
        while not self._is_closed:
            loop = get_running_loop()
            completions = completions_of(loop)
            future = loop.create_future()
            number = self._reader.submit(completions, future, copy_context())
            # The reader keeps a page until it is taken, also if this coroutine is canceled meanwhile.
            await outcome(completions, future, number)
            items = self._reader.take()
            if items is None:
                break
            # Empty if another task has taken the page.
            if items:
                return items
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends the iteration."""
        self._is_closed = True


class _AsyncItems(AsyncIterator[Item]):
    """One iteration over the items of a list."""

    __slots__ = ("_ready", "pages")

    def __init__(self, pages: _AsyncWholePages[Item]) -> None:
        self.pages = pages
        self._ready: deque[Item] = deque()

    async def __anext__(self) -> Item:
        while True:
            try:
                return self._ready.popleft()
            except IndexError:
                pass
            self._ready.extend(await anext(self.pages))

    async def aclose(self) -> None:
        """Ends the iteration."""
        self._ready.clear()
        await self.pages.aclose()
