"""A program may exit during calls: it exits at once with its own status, and the package prints nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from recallflow.sandbox import Sandbox, faults
from support import IS_FULL, PATIENCE, Program

if TYPE_CHECKING:
    from collections.abc import Callable

# Threads that return from a call while the interpreter exits are critical: before Python 3.14, they are killed at once.
# Therefore many calls of these tests end at about that time.
# Every program exits when it reads a line, which the test writes during the calls.
ENDS = """
import asyncio, logging, os, threading

client = rf.Client.from_env(timeout=60, attempt_timeout=60)
aclient = rf.AsyncClient.from_env(timeout=60, attempt_timeout=60)

def again():
    while True:
        client.query_recall_flow_detail(12)

def threads(target, count=4):
    for _ in range(count):
        threading.Thread(target=target, daemon=True).start()

def begin():
    return [asyncio.ensure_future(aclient.query_recall_flow_detail(12)) for _ in range(20)]

async def start():
    tasks = begin()
    await asyncio.to_thread(sys.stdin.readline)
    return tasks
"""
# Four threads that make one call after the other.
BUSY: dict[str, str] = {
    "threads make calls": "threads(again)",
    "threads log": """
logging.basicConfig(level=logging.DEBUG, stream=open(os.devnull, "w"))
logging.raiseExceptions = False
threads(again)
""",
    "threads fail": """
def fail():
    while True:
        try:
            client.query_recall_flow_detail(10_000)
        except rf.ApiError:
            pass
threads(fail)
""",
    "threads read pages": """
def read():
    while True:
        list(client.group_calls(QUERY.replace(size=100)))
threads(read)
""",
}
# Programs with concurrent calls: the number of calls, the exit status, and the program.
WAITING: dict[str, tuple[int, int, str]] = {
    "threads wait": (4, 0, "threads(again); sys.stdin.readline()"),
    "tasks wait": (20, 0, "asyncio.run(start())"),
    "a coroutine exits": (
        20,
        7,
        """
async def main():
    await start()
    sys.exit(7)
asyncio.run(main())
""",
    ),
    "threads of loops": (
        40,
        0,
        """
async def run():
    tasks = begin()
    await asyncio.sleep(30)
threads(lambda: asyncio.run(run()), 2)
sys.stdin.readline()
""",
    ),
    "the main thread fails": (
        24,
        1,
        """
sys.excepthook = lambda *_: None
threads(again)
async def main():
    await start()
    raise LookupError
asyncio.run(main())
""",
    ),
    "the loop is never closed": (
        20,
        0,
        """
loop = asyncio.new_event_loop()
tasks = loop.run_until_complete(start())
for task in tasks:
    task._log_destroy_pending = False
""",
    ),
}
# How often each program is run.
TIMES = 100 if IS_FULL else 5


def end(text: str, expected: int, under_way: int, *script: faults.Fault) -> None:
    """Runs a program, and lets it end when the sandbox has so many requests."""
    with Sandbox() as sandbox:
        sandbox.script(*script)
        with Program(ENDS + text, sandbox=sandbox) as it:
            sandbox.wait_for_requests(under_way, timeout=PATIENCE)
            it.tell("end")
            assert it.end() == (expected, "", "")


def repeat(run: Callable[[int], None]) -> None:
    """Runs a program repeatedly, each time with another number up to 60."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [number * 7 % 60 for number in range(TIMES)]))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", BUSY)
def test_exit_is_clean_while(name: str) -> None:
    """Some calls return to an interpreter that is exiting."""
    repeat(lambda number: end(BUSY[name] + "\nsys.stdin.readline()", 0, 4 + number))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", WAITING)
def test_exit_is_clean_before_any_response_while(name: str) -> None:
    under_way, expected, text = WAITING[name]
    repeat(lambda _: end(text, expected, under_way, *[faults.hold()] * under_way))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", WAITING)
def test_exit_is_clean_as_responses_arrive_while(name: str) -> None:
    """Responses arrive a few milliseconds after the requests, in every stage of the exit."""
    under_way, expected, text = WAITING[name]
    repeat(lambda number: end(text, expected, under_way, *[faults.delay(number / 1000)] * under_way))
