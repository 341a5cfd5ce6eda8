"""Bounds that the project has set itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rounds import Measured

OURS = "recallflow"


@dataclass(frozen=True)
class Target:
    """A bound, and what was measured."""

    what: str
    measured: float
    bound: float
    at_least: bool
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether it was reached."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


def times_as_fast(title: str, rows: Sequence[Measured], bounds: Mapping[str, float]) -> list[Target]:
    """How many times as many calls recallflow makes than others, of those that ran."""
    by_name = {row.name: row for row in rows}
    if OURS not in by_name:
        return []
    return [
        Target(f"rate beside {name}, {title}", by_name[OURS].faster_than(by_name[name]).median, bound, True)
        for name, bound in bounds.items()
        if name in by_name
    ]
