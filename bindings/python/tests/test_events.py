"""The option `on_attempt`, and the environment variable `RECALLFLOW_LOG`."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import subprocess
import sys
import threading
import weakref
from contextvars import ContextVar

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox, faults

QUERY = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")
task_name: ContextVar[str] = ContextVar("task_name", default="none")


def test_each_attempt_is_one_event(sandbox: Sandbox) -> None:
    events: list[rf.AttemptEvent] = []
    sandbox.script(faults.code(-15), faults.status(503))
    sandbox.client(on_attempt=events.append).query_recall_flow_detail(299)
    assert [(event.attempt, event.http_status, event.code, event.error, event.retry_class) for event in events] == [
        (1, 200, -15, "RateLimitedError", "throttled"),
        (2, 503, None, "UnavailableError", "unavailable"),
        (3, 200, 0, None, None),
    ]
    assert {event.operation for event in events} == {"query_recall_flow_detail"}
    assert all(event.elapsed > 0 for event in events)
    assert [event.delay is not None for event in events] == [True, True, False]


def test_pages_and_failed_attempts_are_events(sandbox: Sandbox) -> None:
    events: list[rf.AttemptEvent] = []
    list(sandbox.client(on_attempt=events.append).group_calls(QUERY))
    assert {event.operation for event in events} == {"query_group_calls"}
    events.clear()
    client = rf.Client("key", "secret", base_url="http://127.0.0.1:9", max_retries=0, on_attempt=events.append)
    with pytest.raises(rf.TransportError):
        client.query_recall_flow_detail(299)
    assert [(event.phase, event.retry_class, event.delay) for event in events] == [("connect", "unsent", None)]


def test_the_function_runs_on_the_calling_thread(sandbox: Sandbox) -> None:
    threads: list[int] = []
    client = sandbox.client(on_attempt=lambda _: threads.append(threading.get_ident()))
    client.query_recall_flow_detail(299)
    assert threads == [threading.get_ident()]


def test_an_asynchronous_client_calls_it_in_the_context_of_the_task(sandbox: Sandbox) -> None:
    seen: list[tuple[str, int]] = []

    async def one(client: rf.AsyncClient, name: str) -> None:
        task_name.set(name)
        await client.query_recall_flow_detail(299)

    async def run() -> None:
        def on_attempt(event: rf.AttemptEvent) -> None:
            seen.append((task_name.get(), threading.get_ident()))

        async with sandbox.async_client(on_attempt=on_attempt) as client:
            await asyncio.gather(one(client, "a"), one(client, "b"))

    asyncio.run(run())
    assert sorted(seen) == [("a", threading.get_ident()), ("b", threading.get_ident())]


def test_a_function_that_raises_does_not_fail_the_call(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    def fail(event: rf.AttemptEvent) -> None:
        raise RuntimeError("the function of the test raises")

    sandbox.client(on_attempt=fail).query_recall_flow_detail(299)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "`on_attempt` failed; the call goes on")
    ]


def test_the_function_may_make_calls(sandbox: Sandbox) -> None:
    other = sandbox.client()
    keys: list[int | None] = []
    client = sandbox.client(on_attempt=lambda _: keys.append(other.query_recall_flow_detail(300).key_id))
    client.query_recall_flow_detail(299)
    assert keys == [300]


def test_a_value_that_is_not_a_function_is_refused() -> None:
    with pytest.raises(rf.ConfigError, match="`on_attempt` must be a function, but is a Python `str`"):
        rf.Client("key", "secret", on_attempt="print")  # type: ignore[arg-type]
    rf.Client("key", "secret", on_attempt=None)


def test_a_client_that_its_function_references_is_collected(sandbox: Sandbox) -> None:
    class Holder:
        client: rf.Client

    def create() -> weakref.ref[Holder]:
        holder = Holder()
        holder.client = sandbox.client(on_attempt=lambda _: holder.client.close())
        return weakref.ref(holder)

    reference = create()
    gc.collect()
    assert reference() is None


PROGRAM = """
import asyncio, recallflow as rf
from recallflow.sandbox import Sandbox
with Sandbox() as sandbox:
    sandbox.client().query_recall_flow_detail(299)
    asyncio.run(sandbox.async_client().query_recall_flow_detail(300))
"""


@pytest.mark.parametrize(("level", "lines"), [("debug", 2), ("off", 0), ("", 0)])
def test_the_environment_writes_attempts_to_stderr(level: str, lines: int) -> None:
    child = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "RECALLFLOW_LOG": level}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr
    assert child.stderr.count("recallflow: query_recall_flow_detail: attempt 1 succeeded after ") == lines
    assert "key" not in child.stderr.replace("keyId", "")


def test_another_level_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLFLOW_LOG", "loud")
    with pytest.raises(rf.ConfigError, match="expected `RECALLFLOW_LOG` to be `debug` or `off`, got `loud`"):
        rf.Client("key", "secret")
