"""The tables, and whether the project's targets hold."""

from collections.abc import Callable, Sequence

from rounds import Measured, Spread
from targets import OURS, Target


def print_requests(title: str, rows: Sequence[Measured]) -> None:
    """Prints requests: their rate, and what they cost this process."""
    if not rows:
        return
    print(f"\n{title}\n{'':24}{'requests/s':>28}{'CPU µs each':>28}   {OURS} is … times as fast")
    for row in rows:
        figures = f"{spread(row.rate):>28}{spread(row.cpu, 1e6):>28}"
        print(f"  {row.name:22}{figures}   {times(row, rows, Measured.faster_than)}", flush=True)


def print_calls(title: str, rows: Sequence[Measured]) -> None:
    """Prints plain calculation."""
    if not rows:
        return
    print(f"\n{title}\n{'':24}{'CPU µs each':>28}   {OURS} is … times as fast")
    for row in rows:
        print(f"  {row.name:22}{spread(row.cpu, 1e6):>28}   {times(row, rows, Measured.cheaper_than)}", flush=True)


def print_starts(title: str, bare: Measured, rows: Sequence[Measured]) -> None:
    """Prints the starts of processes."""
    if not rows:
        return
    print(f"\n{title}\n{'':24}{'ms over ' + bare.name:>28}")
    for row in rows:
        print(f"  {row.name:22}{spread(row.longer_than(bare), 1e3):>28}", flush=True)


def print_targets(targets: Sequence[Target]) -> None:
    """Prints which targets hold."""
    if targets:
        print("\ntargets")
    for target in targets:
        verdict, sign = "holds " if target.holds else "missed", "at least" if target.at_least else "at most"
        print(f"  {verdict}  {target.what}: {target.measured:.2f}{target.unit}, {sign} {target.bound:g}{target.unit}")


def times(row: Measured, rows: Sequence[Measured], compare: Callable[[Measured, Measured], Spread]) -> str:
    """How many times as fast recallflow is, if it ran."""
    ours = next((one for one in rows if one.name == OURS), None)
    return spread(compare(ours, row)) if ours else "-"


def spread(values: Spread, scale: float = 1) -> str:
    """The median, and the range of the middle half, with about three digits."""
    digits = 2 if values.median * scale < 10 else 1 if values.median * scale < 100 else 0
    low, median, high = (f"{value * scale:,.{digits}f}" for value in (values.low, values.median, values.high))
    return f"{median} ({low} to {high})"
