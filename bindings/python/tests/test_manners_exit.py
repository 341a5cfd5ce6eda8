"""A program may end while calls are under way: it exits with its own status, at once and without a word of ours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from support import IS_FULL, Program

if TYPE_CHECKING:
    from recallflow.sandbox import Sandbox

# Threads of the interpreter that come back from a call while it ends are what is delicate: on Python before 3.14 they
# are ended on the spot. So calls here end by themselves at about that time.
ENDS = """
import asyncio, logging, os, threading, time

client = rf.Client.from_env(timeout=60, attempt_timeout=60)
aclient = rf.AsyncClient.from_env(timeout=60, attempt_timeout=60)

def again():
    while True:
        client.query_recall_flow_detail(12)

def threads(target, count=4):
    for _ in range(count):
        threading.Thread(target=target, daemon=True).start()

async def start(count=20):
    tasks = [asyncio.ensure_future(aclient.query_recall_flow_detail(12)) for _ in range(count)]
    await tasks[0]
    return tasks
"""
PROGRAMS: dict[str, tuple[int, str]] = {
    "threads make calls": (0, "threads(again); time.sleep({delay})"),
    "threads log": (
        0,
        """
logging.basicConfig(level=logging.DEBUG, stream=open(os.devnull, "w"))
logging.raiseExceptions = False
threads(again)
time.sleep({delay})
""",
    ),
    "threads fail": (
        0,
        """
def fail():
    while True:
        try:
            client.query_recall_flow_detail(10_000)
        except rf.ApiError:
            pass
threads(fail)
time.sleep({delay})
""",
    ),
    "threads wait": (0, "threads(lambda: client.query_recall_flow_detail(299), 2); time.sleep({delay})"),
    "threads read pages": (
        0,
        """
def read():
    while True:
        list(client.group_calls(QUERY.replace(size=100)))
threads(read)
time.sleep({delay})
""",
    ),
    "tasks wait": (0, "asyncio.run(start())"),
    "a coroutine exits": (
        7,
        """
async def main():
    await start()
    sys.exit(7)
asyncio.run(main())
""",
    ),
    "threads of loops": (
        0,
        """
async def run():
    tasks = await start()
    await asyncio.sleep(30)
threads(lambda: asyncio.run(run()), 2)
time.sleep({delay})
""",
    ),
    "the main thread fails": (
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


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PROGRAMS)
def test_exit_is_clean_while(sandbox: Sandbox, name: str) -> None:
    expected, program = PROGRAMS[name]

    def end(number: int) -> tuple[int, str, str]:
        text = ENDS + program.replace("{delay}", str(0.001 * (number * 7 % 60)))
        with Program(text, sandbox=sandbox) as it:
            return it.end()

    with ThreadPoolExecutor(2) as pool:
        for ended in pool.map(end, range(TIMES)):
            assert ended == (expected, "", "")
