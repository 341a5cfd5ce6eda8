"""Runs contenders in turns, many short rounds, so that a noisy machine is as noisy for each of them."""

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from options import Options

BATCH = 0.4
"""Seconds that a batch should take: long enough for the scheduler to find a place for each thread, which decides more
than a client does, and short enough for many rounds."""

SLOW = 2 * BATCH
"""Seconds for each round that a slow contender may take: if its smallest batch takes longer, it skips rounds."""


@dataclass(frozen=True)
class Contender:
    """Something to measure."""

    name: str
    batch: Callable[[int], None]
    """Makes as many calls as it is told."""
    step: int = 1
    """What that number is a multiple of."""

    @classmethod
    def repeat(cls, name: str, call: Callable[[], object]) -> "Contender":
        """A contender that is called again and again."""

        def batch(calls: int) -> None:
            for _ in range(calls):
                call()

        return cls(name, batch)


@dataclass(frozen=True)
class Cost:
    """What a call of a batch took, in seconds."""

    wall: float
    cpu: float
    """Processor time of this process, in all its threads."""


@dataclass(frozen=True)
class Spread:
    """A median, and the range in which the middle half lies."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """That of some values, at least one."""
        ordered = sorted(values)
        low, median, high = (ordered[(len(ordered) - 1) * quarters // 4] for quarters in (1, 2, 3))
        return cls(low, median, high)


@dataclass
class Measured:
    """What a contender took in the rounds in which it ran."""

    name: str
    costs: dict[int, Cost] = field(default_factory=dict)

    @property
    def rate(self) -> Spread:
        """Calls in a second."""
        return Spread.of(1 / cost.wall for cost in self.costs.values())

    @property
    def cpu(self) -> Spread:
        """Seconds of processor time of a call."""
        return Spread.of(cost.cpu for cost in self.costs.values())

    def faster_than(self, other: "Measured") -> Spread:
        """How many times as many calls this one makes, in the rounds in which both ran."""
        return Spread.of(other.costs[at].wall / self.costs[at].wall for at in self.costs.keys() & other.costs.keys())

    def cheaper_than(self, other: "Measured") -> Spread:
        """How many times as much processor time the other one takes, in the rounds in which both ran."""
        return Spread.of(other.costs[at].cpu / self.costs[at].cpu for at in self.costs.keys() & other.costs.keys())

    def longer_than(self, other: "Measured") -> Spread:
        """How many more seconds a call takes, in the rounds in which both ran."""
        return Spread.of(self.costs[at].wall - other.costs[at].wall for at in self.costs.keys() & other.costs.keys())


@dataclass(frozen=True)
class Entry:
    """A contender, and how it takes part."""

    contender: Contender
    calls: int
    """Calls of a batch."""
    every: int
    """It runs in one of so many rounds."""
    measured: Measured


def measure(contenders: Sequence[Contender], options: Options) -> list[Measured]:
    """Measures those contenders that the options do not leave out."""
    entries = [calibrate(one) for one in contenders if not options.only or one.name in options.only]
    # What lives now lives on: a collection between two batches then looks at what the last one left, and is short.
    gc.collect()
    gc.freeze()
    for at in range(options.rounds):
        # Each goes first as often as any other, because what ran before leaves the caches as it likes.
        for turn in range(len(entries)):
            entry = entries[(at + turn) % len(entries)]
            if at % entry.every == 0:
                entry.measured.costs[at] = cost(entry.contender, entry.calls)
    gc.unfreeze()
    return [entry.measured for entry in entries]


def calibrate(contender: Contender) -> Entry:
    """Finds out how many calls a batch has; the first calls, which open connections, do not count."""
    calls = contender.step
    contender.batch(calls)
    while (wall := calls * cost(contender, calls).wall) < BATCH:
        calls *= 2
    every = max(1, round(wall / SLOW)) if calls == contender.step else 1
    return Entry(contender, calls, every, Measured(contender.name))


def cost(contender: Contender, calls: int) -> Cost:
    """Runs a batch."""
    # What one contender leaves behind is not to be collected at the expense of the next.
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    contender.batch(calls)
    return Cost((time.perf_counter() - wall) / calls, (time.process_time() - cpu) / calls)
