"""An asynchronous client is not bound to an event loop, and a call is canceled with its task."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from typing import Any

import pytest

import recallflow as rf
from recallflow import _loop
from recallflow.generated.operations import QUERY_RECALL_FLOW_DETAIL
from recallflow.sandbox import Sandbox, faults
from support import QUERY, UPDATE, Program, finish

LOOPS: dict[str, str] = {
    "asyncio": "make_loop = asyncio.new_event_loop",
    "uvloop": "import uvloop; make_loop = uvloop.new_event_loop",
    # As the default one of Windows.
    "watches nothing": """
class Loop(asyncio.SelectorEventLoop):
    def add_reader(self, *arguments):
        raise NotImplementedError
make_loop = Loop
""",
}
USE = """
import asyncio, threading

def run(main):
    loop = make_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()

async def use(client):
    details = await asyncio.gather(*[client.query_recall_flow_detail(key_id) for key_id in range(299, 305)])
    assert [detail.key_id for detail in details] == [*range(299, 305)]
    await client.update_recall_flow(UPDATE)
    assert len([task async for task in client.group_calls(QUERY.replace(size=100))]) == 574
    try:
        await client.query_recall_flow_detail(10_000)
    except rf.ApiError:
        return
    raise AssertionError
"""


@pytest.fixture(params=LOOPS)
def loops(request: pytest.FixtureRequest) -> str:
    """Returns the code by which a program creates event loops."""
    kind = str(request.param)
    if kind == "uvloop" and importlib.util.find_spec("uvloop") is None:
        pytest.skip("uvloop is not installed")
    return USE + LOOPS[kind]


# Options of the interpreter that turn on every warning for developers.
STRICT = ("-X", "dev", "-W", "error")


def check(program: str, sandbox: Sandbox) -> None:
    """Runs a program that must not print warnings."""
    finish(program, *STRICT, sandbox=sandbox, timeout=40.0)


def test_one_loop_after_the_other(sandbox: Sandbox, loops: str) -> None:
    program = """
client = rf.AsyncClient.from_env()
for _ in range(3):
    run(use(client))
"""
    check(loops + program, sandbox)


def test_two_loops_at_once(sandbox: Sandbox, loops: str) -> None:
    program = """
client = rf.AsyncClient.from_env()
failures = []
threading.excepthook = failures.append
threads = [threading.Thread(target=lambda: [run(use(client)) for _ in range(3)]) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures, failures
run(use(client))
"""
    check(loops + program, sandbox)


def test_a_loop_that_ends_while_calls_are_under_way(sandbox: Sandbox, loops: str) -> None:
    program = """
client = rf.AsyncClient.from_env(timeout=60, attempt_timeout=60)
for _ in range(3):
    loop = make_loop()
    tasks = [loop.create_task(client.query_recall_flow_detail(12)) for _ in range(4)]
    loop.run_until_complete(asyncio.to_thread(sys.stdin.readline))
    for task in tasks:
        task.cancel()
    # The tasks have not been canceled yet, and never will be.
    loop.close()
    for task in tasks:
        task._log_destroy_pending = False
del task, tasks, loop
run(use(client))
"""
    sandbox.script_for("query_recall_flow_detail", *[faults.hold()] * 12)
    with Program(loops + program, *STRICT, sandbox=sandbox) as it:
        for under_way in (4, 8, 12):
            sandbox.wait_for_requests(under_way)
            it.tell("end the loop")
        assert it.end() == (0, "", "")


def test_a_closed_loop_leaves_nothing_behind(sandbox: Sandbox) -> None:
    async def main() -> None:
        await client.query_recall_flow_detail(12)

    client = sandbox.async_client()
    for _ in range(3):
        asyncio.run(main())
        assert len(_loop._queues) == 1


def test_the_other_client_within_a_running_loop(sandbox: Sandbox) -> None:
    async def main() -> None:
        with sandbox.client() as client:
            assert client.query_recall_flow_detail(12).key_id == 12
            assert next(client.group_calls(QUERY)).task_id is not None
            both = await asyncio.gather(
                sandbox.async_client().query_recall_flow_detail(299),
                asyncio.to_thread(client.query_recall_flow_detail, 300),
            )
            assert [detail.key_id for detail in both] == [299, 300]

    asyncio.run(main())


def test_a_call_that_is_never_awaited_is_never_made(sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        call = client.update_recall_flow(UPDATE)
        call.close()
        task = asyncio.ensure_future(client.update_recall_flow(UPDATE))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.query_recall_flow_detail(12)

    asyncio.run(main())
    assert [request.operation for request in sandbox.requests] == ["query_recall_flow_detail"]


CANCEL = """
import random
client = rf.AsyncClient.from_env(timeout=60, attempt_timeout=60)
chance = random.Random(7)

async def page():
    async for _ in client.group_calls(QUERY.replace(size=100)):
        pass

CALLS = [
    lambda: client.query_recall_flow_detail(12),
    lambda: client.update_recall_flow(UPDATE),
    page,
]

async def limited(call, seconds):
    try:
        await asyncio.wait_for(call(), seconds)
    except asyncio.TimeoutError:
        return 1
    return 0

async def cancelled(call, turns):
    task = asyncio.ensure_future(call())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return 1
    return 0

async def main():
    # Calls take a few milliseconds: some are canceled in every stage, and some end before.
    ended = []
    for _ in range({count} // 20):
        limits = [chance.choice([chance.uniform(0, 0.06)] * 4 + [30]) for _ in range(10)]
        ended += await asyncio.gather(*[limited(chance.choice(CALLS), limit) for limit in limits])
        ended += await asyncio.gather(*[cancelled(chance.choice(CALLS), chance.randrange(60)) for _ in range(10)])
    say("cancelled", sum(ended), len(ended))
    await use(client)
run(main())
"""


def test_calls_are_cancelled_at_any_time(sandbox: Sandbox, loops: str) -> None:
    said = finish(loops + CANCEL.replace("{count}", "500"), *STRICT, sandbox=sandbox, timeout=50.0)
    cancelled, count = map(int, said.split()[1:])
    # Otherwise all calls would have ended before, or none would have started.
    assert 20 < cancelled < count - 20


LATER = faults.status(503) & faults.header("Retry-After", "40")


@pytest.mark.parametrize(
    "fault", [faults.hold(), faults.drip_body(1, interval=0.05), LATER], ids=["waiting", "body", "pause"]
)
def test_a_cancelled_call_is_dropped_where_it_is(sandbox: Sandbox, fault: faults.Fault) -> None:
    async def main() -> None:
        client = sandbox.async_client(timeout=60, attempt_timeout=60)
        sandbox.script(*[fault] * 5)
        tasks = [asyncio.ensure_future(client.query_recall_flow_detail(12)) for _ in range(5)]
        await asyncio.to_thread(sandbox.wait_for_requests, 5)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(it) for it in ended] == [asyncio.CancelledError] * 5
        if fault != LATER:
            # The connection is kept after a response.
            await asyncio.to_thread(sandbox.wait_for_open_connections, 0)
        assert (await client.query_recall_flow_detail(12)).key_id == 12
        assert len(sandbox.requests) == 6

    asyncio.run(main())


def test_pages_go_on_after_a_cancelled_read(sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client(timeout=60, attempt_timeout=60)
        tasks = aiter(client.group_calls(QUERY.replace(size=100)))
        read = [(await tasks.__anext__()).task_id for _ in range(100)]
        sandbox.script(faults.hold())
        reading = asyncio.ensure_future(tasks.__anext__())
        await asyncio.to_thread(sandbox.wait_for_requests, 2)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        read += [task.task_id async for task in tasks]
        assert len(set(read)) == len(read) == 574

    asyncio.run(main())


def test_one_of_several_fails(sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        keys = [12, 10_000, 299]
        ended = await asyncio.gather(*map(client.query_recall_flow_detail, keys), return_exceptions=True)
        assert [type(it) for it in ended] == [rf.RecallFlowDetail, rf.ParameterError, rf.RecallFlowDetail]
        with pytest.raises(rf.ApiError):
            await asyncio.gather(*map(client.query_recall_flow_detail, keys))
        await client.query_recall_flow_detail(12)

    asyncio.run(main())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="task groups came with Python 3.11")
def test_a_group_of_tasks_ends_with_the_one_that_fails(sandbox: Sandbox) -> None:
    program = """
async def main():
    client = rf.AsyncClient.from_env(timeout=60, attempt_timeout=60)
    try:
        async with asyncio.TaskGroup() as group:
            held = group.create_task(client.query_recall_flow_detail(12))
            await asyncio.to_thread(sys.stdin.readline)
            group.create_task(client.query_recall_flow_detail(10_000))
    except* rf.ApiError:
        assert held.cancelled()
    else:
        raise AssertionError
    async with asyncio.timeout(10):
        await use(client)
run(main())
"""
    sandbox.script(faults.hold())
    with Program(USE + LOOPS["asyncio"] + program, *STRICT, sandbox=sandbox) as it:
        sandbox.wait_for_requests(1)
        it.tell("fail")
        assert it.end() == (0, "", "")


def test_what_interrupts_one_outcome_keeps_no_other_back(sandbox: Sandbox) -> None:
    """Outcomes arrive in batches. A signal handler or an unusual future may raise in the middle of a batch."""

    class InterruptionError(Exception):
        pass

    class Strange(asyncio.Future[Any]):
        def set_result(self, result: Any) -> None:
            raise InterruptionError

    class Interrupted(asyncio.Future[Any]):
        asked = 0

        def done(self) -> bool:
            self.asked += 1
            if self.asked == 1:
                raise InterruptionError
            return super().done()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        client = sandbox.async_client()
        seen: list[BaseException | None] = []
        loop.set_exception_handler(lambda _, context: seen.append(context.get("exception")))
        completions = _loop.completions_of(loop)
        strange = Strange(loop=loop)
        query = rf.RecallFlowDetailQuery(key_id=12)
        calls = [client._core.prepare(QUERY_RECALL_FLOW_DETAIL, query) for _ in range(6)]
        client._core.submit(completions, strange, calls.pop(), (None, None), None)
        others = [Interrupted(loop=loop), *(loop.create_future() for _ in range(4))]
        for future, call in zip(others, calls, strict=True):
            client._core.submit(completions, future, call, (None, None), None)
        # Most outcomes arrive before the loop takes them.
        sandbox.wait_for_requests(6)
        while not completions.wait(10_000):
            pass
        await asyncio.wait_for(asyncio.wait(others), 10)
        assert [type(it.result().open()) for it in others] == [rf.RecallFlowDetail] * len(others)
        # One of each batch is reported, and the number of batches depends on timing.
        assert {type(it) for it in seen} == {InterruptionError}

    asyncio.run(main())
