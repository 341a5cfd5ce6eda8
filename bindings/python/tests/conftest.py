"""What the tests share."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import recallflow as rf
    from recallflow.sandbox import Sandbox

# Whatever a shell starts in its background ignores Ctrl-C, and so would the programs that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

VARIABLES = [
    "RECALLFLOW_API_KEY",
    "RECALLFLOW_API_SECRET",
    "RECALLFLOW_BASE_URL",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hides what the environment of the tests would change."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def sandbox(recallflow_sandbox: Sandbox) -> Sandbox:
    return recallflow_sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[rf.Client]:
    with sandbox.client() as client:
        yield client


@pytest.fixture
def async_client(sandbox: Sandbox) -> rf.AsyncClient:
    return sandbox.async_client()
