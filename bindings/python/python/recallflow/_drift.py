"""How a list changed while it was being paged."""

from __future__ import annotations

from recallflow._native import describe_drift
from recallflow._record import Record, record


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
        return describe_drift(self.total_at_start, self.total_at_end, self.read, self.repeated)
