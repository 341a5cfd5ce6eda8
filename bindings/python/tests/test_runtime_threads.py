"""Calls of several threads run concurrently, and no thread is started before the first call."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox, faults
from support import QUERY, UPDATE, Gate, environment, finish, needs_proc

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS: dict[str, Callable[[rf.Client], Any]] = {
    "query": lambda client: client.query_recall_flow_detail(12),
    "update": lambda client: client.update_recall_flow(UPDATE),
    "pages": lambda client: next(client.group_calls(QUERY)),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_all_are_under_way_at_once(sandbox: Sandbox, call: Callable[[rf.Client], Any]) -> None:
    with Gate(sandbox) as gate, sandbox.client(base_url=gate.url) as client, ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(call, client) for _ in range(8)]
        sandbox.wait_for_requests(8)
        # Eight calls wait, because the gate holds all responses. This thread and those of the gate also count.
        assert not any(it.done() for it in calls)
        gate.open()
        assert len({repr(it.result()) for it in calls}) == 1


def test_sixteen_threads_share_a_client(sandbox: Sandbox) -> None:
    begin = threading.Barrier(16)

    def work(number: int) -> None:
        begin.wait()
        for key_id in range(299, 305):
            assert client.query_recall_flow_detail(key_id).key_id == key_id
            with pytest.raises(rf.ApiError):
                client.query_recall_flow_detail(10_000 + number)
        assert sum(1 for _ in client.group_calls(QUERY.replace(size=100))) == 574

    with sandbox.client() as client, ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
        assert len(sandbox.requests) == 16 * (12 + 6)
        # A call that waits for a connection takes the next one that another call leaves, and its own stays for others.
        assert sandbox.connections < 64


def test_threads_share_pages(sandbox: Sandbox) -> None:
    with sandbox.client() as client, ThreadPoolExecutor(8) as pool:
        tasks = iter(client.group_calls(QUERY.replace(size=10)))
        shares = [pool.submit(list, tasks) for _ in range(8)]
        read = [task.task_id for share in shares for task in share.result()]
    assert len(set(read)) == len(read) == 574


def test_closing_lets_the_calls_of_other_threads_end(sandbox: Sandbox) -> None:
    with Gate(sandbox) as gate, ThreadPoolExecutor(8) as pool:
        client = sandbox.client(base_url=gate.url)
        calls = [pool.submit(client.query_recall_flow_detail, 12) for _ in range(8)]
        sandbox.wait_for_requests(8)
        client.close()
        with pytest.raises(rf.ConfigError, match="closed"):
            client.query_recall_flow_detail(12)
        gate.open()
        assert [it.result().key_id for it in calls] == [12] * 8
        sandbox.wait_for_open_connections(0)


def test_a_thread_that_begins_as_another_is_in_a_call_need_not_wait_for_it(sandbox: Sandbox) -> None:
    """The thread that drives the connections of a client hands them over."""
    sandbox.script(faults.hold())
    with sandbox.client(timeout=60, attempt_timeout=60) as client:
        held = threading.Thread(target=pytest.raises, args=(rf.RecallFlowError, client.query_recall_flow_detail, 12))
        held.start()
        sandbox.wait_for_requests(1)
        for _ in range(50):
            assert client.query_recall_flow_detail(12).key_id == 12
        assert held.is_alive()
        sandbox.close()
        held.join()


@needs_proc
def test_importing_starts_no_thread_and_opens_nothing() -> None:
    program = """
    import os
    def have():
        # Listing the folder opens it, so the targets of its links are read afterwards.
        names = os.listdir("/proc/self/fd")
        return os.listdir("/proc/self/task"), [name for name in names if os.path.exists(f"/proc/self/fd/{name}")]
    before = have()
    import recallflow
    assert have() == before, (before, have())
    """
    # Not by `Program`, because its programs import the package.
    command = [sys.executable, "-c", dedent(program)]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


@needs_proc
def test_a_client_that_made_no_call_has_no_thread() -> None:
    program = """
    import os
    before = os.listdir("/proc/self/task"), len(os.listdir("/proc/self/fd"))
    clients = [rf.Client("key", "secret"), rf.AsyncClient("key", "secret")]
    assert (os.listdir("/proc/self/task"), len(os.listdir("/proc/self/fd"))) == before
    """
    finish(program)
