"""The command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 12


@dataclass(frozen=True)
class Options:
    """What to measure, and how."""

    server: Path
    """The program that is the server."""
    sections: Sequence[str]
    rounds: int
    """Rounds of each comparison, at least 1."""
    only: Sequence[str]
    """The names of the only contenders to run; all of them if empty."""
    pin: bool
    """Whether the server and this process get a core each."""


def read(sections: Sequence[str]) -> Options:
    """Reads the arguments of this process."""
    parser = argparse.ArgumentParser(description="Measures what recallflow costs beside other libraries.")
    parser.add_argument("sections", nargs="*", metavar="section", help=f"{', '.join(sections)}; everything by default")
    parser.add_argument("--server", type=Path, required=True, help="the program recallflow-bench")
    parser.add_argument("--rounds", type=count, default=ROUNDS, help=f"rounds of each comparison; {ROUNDS} by default")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="a contender by its name; may be repeated"
    )
    parser.add_argument("--pin", action="store_true", help="a core for the server and another for the contenders")
    given = parser.parse_args()
    for section in given.sections:
        if section not in sections:
            parser.error(f"no such section: {section}")
    return Options(given.server, given.sections or sections, given.rounds, given.only, given.pin)


def count(text: str) -> int:
    """A number that is at least 1."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
