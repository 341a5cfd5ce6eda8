"""Iterates over a paged query."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TypeVar

from recallflow._native import Core, PageReader
from recallflow._record import Record, record
from recallflow._values import Request

Item = TypeVar("Item")


@record
class Drift(Record):
    """How a list changed while it was being paged. Its text is a sentence."""

    total_at_start: int | None
    """Number of items that the service announced first."""
    total_at_end: int | None
    """Number of items that the service announced when the last change was noticed."""
    read: int
    """Number of different items that were read."""
    repeated: int
    """Number of items that came a second time and were skipped."""

    def __str__(self) -> str:
        text = "the list changed while it was being read, so items may be missing: "
        totals = [total for total in (self.total_at_start, self.total_at_end) if total is not None]
        if len(set(totals)) > 1:
            text += f"{totals[0]} items were announced at first and {totals[1]} later, "
        elif totals:
            text += f"{totals[0]} items were announced, "
        text += f"{self.read} were read"
        if self.repeated > 0:
            text += f"; repeated items skipped: {self.repeated}"
        return text


def drift_of(reader: PageReader) -> Drift | None:
    """Returns how the list of a reader has changed."""
    drift = reader.drift
    return None if drift is None else Drift(*drift)


class Pages(Iterator[Item]):
    """Iterator over all items of a paged query. It requests the next page when the items of the last one are used up.

    - All pages are requested with the same query, so the time span stays fixed.
    - An item that moved to the next page because the list grew is not returned twice.
    - If the list changed while it was being paged, `drift` is set, and items may be missing.
    - It ends after the last page, after an empty one, when pages bring nothing new, and after an error.

    >>> tasks = client.group_calls(query)
    >>> for task in tasks:
    ...     print(task.task_name)
    >>> if tasks.drift:
    ...     print(tasks.drift)

    Created by the methods of a client.
    """

    __slots__ = ("_items", "_reader")

    def __init__(self, core: Core, operation: int, query: Request, overrides: tuple[object, ...]) -> None:
        self._reader = PageReader(core, operation, query, overrides)
        self._items: deque[Item] = deque()

    def __next__(self) -> Item:
        while True:
            try:
                return self._items.popleft()
            except IndexError:
                pass
            self._reader.read()
            items = self._reader.take()
            if items is None:
                raise StopIteration
            self._items.extend(items)

    @property
    def drift(self) -> Drift | None:
        """How the list changed while it was being paged; None if it did not."""
        return drift_of(self._reader)

    def __repr__(self) -> str:
        return f"<Pages, drift={self.drift!r}>"
