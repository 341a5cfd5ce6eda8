"""Starting an interpreter that imports a library."""

import subprocess
import sys
import tempfile
from dataclasses import replace

import report
import rounds
from options import Options
from rounds import Contender
from server import Server
from targets import OURS, Target

BARE = "a bare interpreter"
LIBRARIES = [OURS, "httpx", "requests", "aiohttp"]
AT_MOST = 0.030
"""Seconds that importing recallflow may take."""


def measure(server: Server, options: Options) -> list[Target]:
    """Measures it; the bare interpreter always runs, because the others are told beside it."""
    if options.only:
        options = replace(options, only=[*options.only, BARE])
    # In an empty folder nothing is imported by mistake.
    with tempfile.TemporaryDirectory() as folder:
        contenders = [Contender.repeat(BARE, lambda: start("pass", folder))]
        contenders += [starts(library, folder) for library in LIBRARIES]
        bare, *rows = rounds.measure(contenders, options)
    report.print_starts("start an interpreter and import", bare, rows)
    return [
        Target("import", row.longer_than(bare).median * 1e3, AT_MOST * 1e3, at_least=False, unit=" ms")
        for row in rows
        if row.name == OURS
    ]


def starts(library: str, folder: str) -> Contender:
    """One that imports a library."""
    return Contender.repeat(library, lambda: start(f"import {library}", folder))


def start(code: str, folder: str) -> None:
    """Runs a program to its end."""
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
