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

    It starts in a few milliseconds. A test does not see flows, faults or requests of another test.
    """
    # Imported here, because pytest loads this plugin in every project that has recallflow installed.
    from recallflow.sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
