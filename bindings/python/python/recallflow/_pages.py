"""Iterates over a paged query."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from recallflow._drift import Drift
from recallflow._native import Core, PageReader
from recallflow._notebook import ValueList
from recallflow._values import Request, Response

Item = TypeVar("Item")


class PagedQuery(NamedTuple):
    """A query with its options, from which each iteration makes its own reader."""

    core: Core
    operation: int
    query: Request
    overrides: tuple[object, ...]
    concurrency: object
    strict: object
    # Seconds in which all pages have to be read.
    total_time: float | None = None

    def reader(self) -> PageReader:
        """Returns a reader that starts with the first page."""
        return PageReader(*self)


def drift_of(reader: PageReader) -> Drift | None:
    """Returns how the list of a reader has changed."""
    drift = reader.drift
    return None if drift is None else Drift(*drift)


def check_limit(limit: int | None) -> None:
    """Refuses a negative limit."""
    if limit is not None and limit < 0:
        raise ValueError(f"expected `limit` to be at least 0, got {limit}")


class Pages(Iterable[Item]):
    """All items of a paged query, as an iterator. It requests the next page when the items of the last one are used up.

    - All pages are requested with the same query, so the time span stays fixed.
    - An item that moved to the next page because the list grew is not returned twice.
    - If the list changed while it was being paged, `drift` is set, and items may be missing.
    - It ends after the last page, after an empty one, and when pages bring nothing new.
    - Each loop starts again with the first page. `next` continues the latest loop.
    - After an error, `next` requests the same page again.

    >>> tasks = client.group_calls(query)
    >>> for task in tasks:
    ...     print(task.task_name)
    >>> if tasks.drift:
    ...     print(tasks.drift)

    Created by the methods of a client.
    """

    __slots__ = ("_items", "_query", "_reader")

    def __init__(self, query: PagedQuery) -> None:
        self._query = query
        self._reader = query.reader()
        self._items: _Items[Item] | None = None

    def __iter__(self) -> Iterator[Item]:
        return self._start()

    def __next__(self) -> Item:
        return next(self._items or self._start())

    def pages(self) -> Iterator[list[Item]]:
        """Starts again with the first page, and returns an iterator over whole pages.

        A page is the list of its new items, and is never empty.
        """
        return self._start().pages

    def _start(self) -> _Items[Item]:
        """Starts with the first page."""
        if self._items is not None:
            self._reader = self._query.reader()
        self._items = items = _Items(_WholePages[Item](self._reader))
        return items

    def to_list(self, *, limit: int | None = None) -> ValueList[Item]:
        """Reads the list from its first page, and returns all items, or the first `limit` ones."""
        check_limit(limit)
        return ValueList(islice(self, limit))

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
        return f"<Pages, total={self.total!r}, drift={self.drift!r}>"


class _WholePages(Iterator[list[Item]]):
    """One iteration over the pages of a list."""

    __slots__ = ("_reader",)

    def __init__(self, reader: PageReader) -> None:
        self._reader = reader

    def __next__(self) -> list[Item]:
        while True:
            self._reader.read()
            items = self._reader.take()
            if items is None:
                raise StopIteration
            # Empty if another thread has taken the page.
            if items:
                return items


class _Items(Iterator[Item]):
    """One iteration over the items of a list."""

    __slots__ = ("_ready", "pages")

    def __init__(self, pages: _WholePages[Item]) -> None:
        self.pages = pages
        self._ready: deque[Item] = deque()

    def __next__(self) -> Item:
        while True:
            try:
                return self._ready.popleft()
            except IndexError:
                pass
            self._ready.extend(next(self.pages))
