"""Reads a paged query to its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from recallflow._record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from recallflow._native import Reader

    Item = TypeVar("Item")
else:
    # `typing` takes longer to import than this whole package.
    Item = object


class Drift(Record):
    """How a list changed while it was read page after page. As text it is a sentence.

    Attributes:
        total_at_start: Number of items when the first page was read.
        total_at_end: Number of items when the change was noticed last.
        repeated: Number of items that came again and were left out.
    """

    __slots__ = ("total_at_start", "total_at_end", "repeated")  # noqa: RUF023, their order is that of the parameters

    total_at_start: int | None
    total_at_end: int | None
    repeated: int

    def __init__(self, total_at_start: int | None, total_at_end: int | None, repeated: int) -> None:
        self._init(total_at_start, total_at_end, repeated)

    def __str__(self) -> str:
        text = "the list changed while it was being read, so items may be missing"
        if self.total_at_start is not None and self.total_at_end is not None:
            text += f": {self.total_at_start} items at first, {self.total_at_end} later"
        if self.repeated > 0:
            text += f"; repeated items skipped: {self.repeated}"
        return text


def drift_of(reader: Reader) -> Drift | None:
    """How the list of a reader changed, as its users see it."""
    drift = reader.drift
    return None if drift is None else Drift(*drift)


class Pages(Iterator[Item]):
    """All items of a paged query, read page after page as they are asked for.

    - Every page is asked for with the same query, so the span of time stays what it was at the start.
    - No item comes twice: an item that slid to the next page while the list grew is left out there.
    - If the list changed while it was read, `drift` tells: items may be missing then.
    - It ends at the last page, at an empty one, when pages bring nothing new, and after an error.

    >>> tasks = client.group_calls(query)
    >>> for task in tasks:
    ...     print(task.task_name)
    >>> if tasks.drift:
    ...     print(tasks.drift)

    The methods of a client make it.
    """

    __slots__ = ("_items", "_reader")

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
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
        """How the list changed while it was read; None as long as it did not."""
        return drift_of(self._reader)

    def __repr__(self) -> str:
        return f"<Pages, drift={self.drift!r}>"
