"""The pytest plugin: its fixtures, and the differences that a failed `assert detail == other` shows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recallflow import Client
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


@pytest.fixture
def recallflow_client(recallflow_sandbox: Sandbox) -> Iterator[Client]:
    """A client of this test's `recallflow_sandbox`."""
    with recallflow_sandbox.client() as client:
        yield client


@pytest.fixture
def recallflow_env(recallflow_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """This test's `recallflow_sandbox`, to which `Client.from_env` connects for the time of the test."""
    monkeypatch.setenv("RECALLFLOW_API_KEY", recallflow_sandbox.api_key)
    monkeypatch.setenv("RECALLFLOW_API_SECRET", recallflow_sandbox.api_secret)
    monkeypatch.setenv("RECALLFLOW_BASE_URL", recallflow_sandbox.url)
    return recallflow_sandbox


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Lists the fields in which two requests or responses of the same type differ."""
    # Values exist only if the project has imported this module.
    if op != "==" or "recallflow._values" not in sys.modules:
        return None
    from recallflow._compare import differences
    from recallflow._values import Value

    if not isinstance(left, Value) or type(left) is not type(right):
        return None
    name = type(left).__name__
    return [f"{name} == {name}, with different fields:", *differences(left, right)]
