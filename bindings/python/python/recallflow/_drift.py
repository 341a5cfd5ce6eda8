"""How a list changed while it was being paged."""

from __future__ import annotations

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
