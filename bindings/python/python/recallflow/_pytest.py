"""The pytest plugin: the fixture `recallflow_sandbox`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recallflow.sandbox import Sandbox


@pytest.fixture
def recallflow_sandbox() -> Iterator[Sandbox]:
    """A fresh sandbox for this test; see `recallflow.sandbox.Sandbox`.

    Each test has its own, because it starts in a few milliseconds and so nothing of another test is left in it.
    """
    # Not at the top: pytest loads this plugin in every project that has recallflow installed.
    from recallflow.sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
