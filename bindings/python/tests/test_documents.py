"""Runs the examples of `docs/python.md`, except blocks of `py`, whose endpoints the sandbox does not have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from support import finish

if TYPE_CHECKING:
    from recallflow.sandbox import Sandbox

DOCUMENT = Path(__file__).parents[3] / "docs" / "python.md"


def test_examples_print_their_comments(sandbox: Sandbox) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert blocks
    program = "\n".join(["client = rf.Client.from_env()", *blocks])
    expected = re.findall(r"^print\(.*\)  # (.*)$", program, re.MULTILINE)
    # Without a handler, the log of the examples would go to standard error.
    silence = "import logging\nlogging.getLogger().addHandler(logging.NullHandler())"
    printed = finish(f"{silence}\n{program}", sandbox=sandbox)
    assert printed.splitlines() == expected
