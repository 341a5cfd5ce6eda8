"""Runs Python programs in separate processes."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from textwrap import dedent

from support import PACKAGES


@dataclass(frozen=True)
class Ended:
    """A program that has ended."""

    status: int
    output: str
    errors: str


def run(program: str, *options: str, **variables: str) -> Ended:
    """Runs a program, with options of the interpreter and variables of the environment."""
    process = subprocess.run(
        [sys.executable, *options, "-c", dedent(program)],
        env={**os.environ, "PYTHONPATH": str(PACKAGES), **variables},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    return Ended(process.returncode, process.stdout, process.stderr)


def output(program: str, *options: str, **variables: str) -> str:
    """Returns the output of a program that must succeed and write nothing to standard error."""
    ended = run(program, *options, **variables)
    assert (ended.status, ended.errors) == (0, ""), ended
    return ended.output
