"""Calls and clients leave neither memory nor file descriptors behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recallflow.sandbox import faults
from support import IS_FULL, Program, needs_proc

if TYPE_CHECKING:
    from recallflow.sandbox import Sandbox

MEASURE = """
import asyncio, gc, os

def descriptors():
    return len(os.listdir("/proc/self/fd"))

def resident():
    "Memory in use, in KiB."
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024

def measure(act, count):
    "Acts first until everything is in place that is made once."
    act(count // 4)
    before = resident(), descriptors()
    act(count)
    after = resident(), descriptors()
    say("grew", after[0] - before[0], after[1] - before[1])
"""
CALLS = """
client = rf.Client.from_env()
def act(count):
    for _ in range(count):
        client.query_recall_flow_detail(12)
"""
FAILED_CALLS = """
client = rf.Client.from_env()
def act(count):
    for _ in range(count):
        try:
            client.query_recall_flow_detail(10_000)
        except rf.ApiError:
            pass
"""
PAGES = """
client = rf.Client.from_env()
def act(count):
    for _ in range(count // 6):
        for task in client.group_calls(QUERY.replace(size=100)):
            pass
"""
ASYNC_CALLS = """
client = rf.AsyncClient.from_env()
async def call():
    await client.query_recall_flow_detail(12)
    try:
        await client.query_recall_flow_detail(10_000)
    except rf.ApiError:
        pass
async def main(count):
    for _ in range(count // 40):
        await asyncio.gather(*[call() for _ in range(20)])
def act(count):
    asyncio.run(main(count))
"""
CANCELLED_CALLS = """
client = rf.AsyncClient.from_env(timeout=60, attempt_timeout=60)
async def main(count):
    for _ in range(count // 20):
        tasks = [asyncio.ensure_future(client.query_recall_flow_detail(12)) for _ in range(20)]
        await asyncio.sleep(0.002)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
def act(count):
    asyncio.run(main(count))
"""
CLIENTS = """
def act(count):
    for _ in range(count):
        rf.Client.from_env().query_recall_flow_detail(12)
"""
CLOSED_CLIENTS = """
def act(count):
    for _ in range(count):
        with rf.Client.from_env() as client:
            client.query_recall_flow_detail(12)
"""
ASYNC_CLIENTS = """
async def main(count):
    for _ in range(count // 10):
        clients = [rf.AsyncClient.from_env() for _ in range(10)]
        await asyncio.gather(*[client.query_recall_flow_detail(12) for client in clients])
        await asyncio.gather(*[client.close() for client in clients[:5]])
def act(count):
    asyncio.run(main(count))
"""
LOOPS = """
client = rf.AsyncClient.from_env()
async def main():
    return await client.query_recall_flow_detail(12)
def act(count):
    for _ in range(count):
        asyncio.run(main())
"""
# The programs, with the number of repetitions: usually, and in full.
ACTS: dict[str, tuple[str, int, int]] = {
    "calls": (CALLS, 2_000, 100_000),
    "calls that fail": (FAILED_CALLS, 1_000, 100_000),
    "pages": (PAGES, 120, 20_000),
    "async calls": (ASYNC_CALLS, 2_000, 100_000),
    "cancelled calls": (CANCELLED_CALLS, 1_000, 10_000),
    "clients": (CLIENTS, 300, 10_000),
    "clients that are closed": (CLOSED_CLIENTS, 300, 10_000),
    "async clients": (ASYNC_CLIENTS, 300, 10_000),
    "loops": (LOOPS, 200, 10_000),
}
# KiB that allocators may keep, independent of the number. A leak is at least 10 bytes a call.
SPARE = 4096
BYTES_EACH = 10


@needs_proc
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ACTS)
def test_nothing_is_left_of(sandbox: Sandbox, name: str) -> None:
    program, usual, full = ACTS[name]
    count = full if IS_FULL else usual
    if name == "cancelled calls":
        sandbox.script(*[faults.hold(), faults.ok()] * count)
    with Program(MEASURE + program + f"measure(act, {count})", sandbox=sandbox) as it:
        memory, descriptors = map(int, it.hear("grew").split())
        print(f"{count} {name}: {memory} KiB and {descriptors} file descriptors more")
        assert it.end() == (0, "", "")
    # Closed connections are freed a moment later, so their number varies.
    assert descriptors < 50
    assert memory < SPARE + count * BYTES_EACH // 1024
