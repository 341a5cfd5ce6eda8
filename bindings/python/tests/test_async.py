"""The client for `asyncio`: event loops, cancellation, and exit without warnings."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import weakref
from contextlib import aclosing
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

import recallflow as rf
from recallflow import _loop
from recallflow.sandbox import Sandbox, faults
from scripts import output
from support import QUERY, Gate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

UPDATE = rf.UpdateRecallFlow(key_id=299, recall_interval=45, recall_num=2, recall_type=rf.RecallType.FAILED)


class WithoutReaders(asyncio.SelectorEventLoop):
    """A loop that cannot watch file descriptors, such as the default one of Windows."""

    def add_reader(self, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        raise NotImplementedError


def new_uvloop() -> asyncio.AbstractEventLoop:
    return pytest.importorskip("uvloop").new_event_loop()  # type: ignore[no-any-return]


def run_on(new_loop: Callable[[], asyncio.AbstractEventLoop], main: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine on a loop of this kind."""
    loop = new_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()


@pytest.fixture(params=[asyncio.new_event_loop, new_uvloop, WithoutReaders], ids=["asyncio", "uvloop", "no readers"])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine on loops of all kinds."""
    return lambda main: run_on(request.param, main)


async def flow(client: rf.AsyncClient, key_id: int = 12) -> int | None:
    return (await client.query_recall_flow_detail(key_id)).key_id


def test_each_operation_of_the_documents(sandbox: Sandbox, run: Any) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            assert await flow(client, 299) == 299
            await client.update_recall_flow(UPDATE)
            query = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")
            assert (await client.query_group_calls(query)).total == 574

    run(main())
    changed = sandbox.flow(299)
    assert changed is not None
    assert changed["recallInterval"] == 45


def test_many_calls_at_once(sandbox: Sandbox, async_client: rf.AsyncClient, run: Any) -> None:
    async def main() -> None:
        flows = [12, 299, 300, 301, 302, 303, 304] * 20
        assert await asyncio.gather(*(flow(async_client, key_id) for key_id in flows)) == flows

    run(main())


def test_a_client_serves_loops_one_after_the_other(async_client: rf.AsyncClient, run: Any) -> None:
    for _ in range(3):
        assert run(flow(async_client)) == 12
    assert asyncio.run(flow(async_client)) == 12


def test_a_client_serves_loops_in_several_threads_at_once(async_client: rf.AsyncClient) -> None:
    start = threading.Barrier(3)
    seen: list[int | None] = []

    async def main() -> None:
        start.wait()
        seen.extend([await flow(async_client) for _ in range(20)])

    threads = [threading.Thread(target=asyncio.run, args=(main(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [12] * 60


def test_an_error_is_raised_where_the_call_is_awaited(sandbox: Sandbox, async_client: rf.AsyncClient, run: Any) -> None:
    sandbox.script(-2)

    async def main() -> None:
        with pytest.raises(rf.IpRestrictedError) as caught:
            await async_client.query_recall_flow_detail(12)
        assert (caught.value.code, caught.value.operation) == (-2, "query_recall_flow_detail")
        with pytest.raises(rf.InvalidRequestError):
            await async_client.update_recall_flow(UPDATE.replace(recall_num=0))
        with pytest.raises(rf.ConfigError, match="`timeout`"):
            await async_client.query_recall_flow_detail(12, timeout=0)

    run(main())


def test_a_call_takes_options_of_its_own(sandbox: Sandbox, async_client: rf.AsyncClient) -> None:
    async def main() -> None:
        sandbox.script(faults.hold())
        with pytest.raises(rf.TimeoutError):
            await async_client.query_recall_flow_detail(12, timeout=0.05)
        sandbox.script(503)
        with pytest.raises(rf.ProtocolError):
            await async_client.query_recall_flow_detail(12, max_retries=0)

    asyncio.run(main())


def test_a_client_that_was_closed_says_so(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            await flow(client)
        with pytest.raises(rf.ConfigError, match="closed"):
            await flow(client)
        await client.aclose()
        await client.close()

    asyncio.run(main())
    sandbox.wait_for_open_connections(0)


# Cancelling


async def cancelled(sandbox: Sandbox, call: Awaitable[Any]) -> None:
    """Cancels a call after its request has arrived."""
    task = asyncio.ensure_future(call)
    await asyncio.to_thread(sandbox.wait_for_requests, len(sandbox.requests) + 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_call_that_is_cancelled_is_dropped(sandbox: Sandbox, async_client: rf.AsyncClient, run: Any) -> None:
    sandbox.script(faults.hold())

    async def main() -> None:
        await cancelled(sandbox, flow(async_client))
        await asyncio.to_thread(sandbox.wait_for_open_connections, 0)
        assert await flow(async_client) == 12

    run(main())


def test_a_time_limit_of_the_program_ends_a_call(sandbox: Sandbox, async_client: rf.AsyncClient) -> None:
    sandbox.script(faults.hold())

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError) as caught:
            await asyncio.wait_for(flow(async_client), 0.05)
        assert not isinstance(caught.value, rf.TimeoutError)
        assert await flow(async_client) == 12

    asyncio.run(main())
    sandbox.wait_for_open_connections(1)


def test_cancelling_before_anything_was_sent(sandbox: Sandbox, async_client: rf.AsyncClient) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(flow(async_client))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert sandbox.requests == []


def test_a_call_whose_coroutine_is_closed_is_dropped(sandbox: Sandbox, async_client: rf.AsyncClient) -> None:
    sandbox.script(faults.hold())

    async def main() -> None:
        call = flow(async_client)
        # As a task would begin it.
        call.send(None)
        await asyncio.to_thread(sandbox.wait_for_requests, 1)
        call.close()
        await asyncio.to_thread(sandbox.wait_for_open_connections, 0)

    asyncio.run(main())


def test_one_of_many_is_cancelled(sandbox: Sandbox, async_client: rf.AsyncClient, run: Any) -> None:
    sandbox.script(faults.hold())

    async def main() -> None:
        held = asyncio.ensure_future(flow(async_client))
        await asyncio.to_thread(sandbox.wait_for_requests, 1)
        others = asyncio.gather(*(flow(async_client) for _ in range(20)))
        held.cancel()
        assert await others == [12] * 20
        assert held.cancelled()

    run(main())


# No warnings, no output on standard error, no reference cycles


# A call that never ends.
HELD = 990604


def start(sandbox: Sandbox) -> str:
    """Returns the beginning of a program that exits during calls."""
    return dedent(
        f"""
        import asyncio
        import recallflow as rf
        client = rf.AsyncClient({sandbox.api_key!r}, {sandbox.api_secret!r}, base_url={sandbox.url!r})

        async def leave(count):
            held = [asyncio.ensure_future(client.query_recall_flow_detail({HELD})) for _ in range(count)]
            await client.query_recall_flow_detail(12)

        """
    )


@pytest.mark.parametrize(
    "ending",
    [
        "asyncio.run(leave(20))",
        "asyncio.run(leave(20), debug=True)",
        "asyncio.run(leave(20)); asyncio.run(leave(20))",
        """
        async def limited():
            try:
                await asyncio.wait_for(client.query_recall_flow_detail(990604), 0.05)
            except asyncio.TimeoutError:
                raise SystemExit(0)
        asyncio.run(limited())
        """,
        # Neither awaited nor canceled nor closed. Without a task, because Python logs tasks that it destroys.
        """
        async def begin():
            calls.extend(client.query_recall_flow_detail(990604) for _ in range(20))
            for call in calls:
                call.send(None)
            await client.query_recall_flow_detail(12)
        calls = []
        loop = asyncio.new_event_loop()
        loop.run_until_complete(begin())
        """,
        """
        class WithoutReaders(asyncio.SelectorEventLoop):
            def add_reader(self, *_):
                raise NotImplementedError
        loop = WithoutReaders()
        loop.run_until_complete(client.query_recall_flow_detail(12))
        """,
    ],
    ids=["run", "debug", "twice", "limited", "left", "no readers"],
)
def test_a_program_ends_silently_with_calls_under_way(sandbox: Sandbox, ending: str) -> None:
    assert output(start(sandbox) + dedent(ending)) == ""


def test_a_loop_that_ends_with_calls_under_way_is_silent(
    sandbox: Sandbox, async_client: rf.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    sandbox.script(*[faults.code(-2)] * 5)

    async def main() -> None:
        calls = [flow(async_client) for _ in range(10)]
        for call in calls:
            call.send(None)
        # All outcomes have arrived when this one has, and none was awaited.
        await asyncio.to_thread(sandbox.wait_for_requests, 10)
        await flow(async_client)
        for call in calls:
            call.close()

    asyncio.run(main(), debug=True)
    gc.collect()
    assert capfd.readouterr().err == ""


def test_calls_leave_no_garbage(sandbox: Sandbox, async_client: rf.AsyncClient) -> None:
    class Canary:
        """An object that lives as long as the frame that refers to it."""

    async def call() -> weakref.ref[Canary]:
        canary = Canary()
        with pytest.raises(rf.ServiceError):
            await async_client.query_recall_flow_detail(12, max_retries=0)
        return weakref.ref(canary)

    async def main() -> weakref.ref[Canary]:
        return await call()

    sandbox.script(-18)
    gc.collect()
    gc.disable()
    try:
        assert asyncio.run(main())() is None
    finally:
        gc.enable()


# Several event loops


def known_loops() -> list[asyncio.AbstractEventLoop | None]:
    return [reference() for reference in _loop._queues]


def test_loops_that_are_closed_are_forgotten(async_client: rf.AsyncClient, run: Any) -> None:
    for _ in range(5):
        run(flow(async_client))
    assert len(known_loops()) == 1


def test_loop_that_was_never_closed_can_be_collected(async_client: rf.AsyncClient) -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(flow(async_client))
    reference = weakref.ref(loop)
    # It is part of a reference cycle, which the garbage collector has to find.
    del loop
    with pytest.warns(ResourceWarning, match="unclosed event loop"):
        gc.collect()
    assert reference() is None
    asyncio.run(flow(async_client))
    assert len(known_loops()) == 1


def test_without_a_loop_it_says_so(async_client: rf.AsyncClient) -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        flow(async_client).send(None)


def test_a_loop_without_readers_needs_a_thread_that_ends_with_it(async_client: rf.AsyncClient) -> None:
    def threads() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "recallflow"]

    before = threads()
    alive: list[threading.Thread] = []

    async def main() -> None:
        await flow(async_client)
        alive.extend(thread for thread in threads() if thread not in before)

    run_on(WithoutReaders, main())
    assert len(alive) == 1
    alive[0].join(10)
    assert not alive[0].is_alive()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_client_works_in_a_forked_child_and_in_its_parent(sandbox: Sandbox, async_client: rf.AsyncClient) -> None:
    assert asyncio.run(flow(async_client)) == 12
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if asyncio.run(flow(async_client)) == 12 else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert asyncio.run(flow(async_client)) == 12


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_within_a_loop_leaves_the_parents_calls_alone(sandbox: Sandbox) -> None:
    async def main(gate: Gate) -> None:
        async_client = sandbox.async_client(base_url=gate.url)
        call = asyncio.ensure_future(flow(async_client))
        await asyncio.to_thread(sandbox.wait_for_requests, 1)
        child = os.fork()
        if child == 0:
            gc.collect()
            os._exit(0)
        _, status = await asyncio.to_thread(os.waitpid, child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        gate.open()
        assert await call == 12
        assert await flow(async_client) == 12

    with Gate(sandbox) as gate:
        asyncio.run(main(gate))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks are new in 3.12")
def test_eager_tasks(async_client: rf.AsyncClient) -> None:
    async def main() -> None:
        factory: Any = getattr(asyncio, "eager_task_factory")  # noqa: B009, type checkers look at it as 3.10 does
        asyncio.get_running_loop().set_task_factory(factory)
        assert await asyncio.gather(*(flow(async_client) for _ in range(10))) == [12] * 10

    asyncio.run(main())


def test_pages_can_be_closed(async_client: rf.AsyncClient) -> None:
    async def main() -> None:
        async with aclosing(async_client.group_calls(QUERY)) as tasks:
            items = aiter(tasks)
            assert (await anext(items)).task_id is not None
        assert [task async for task in items] == []
        assert tasks.drift is None

    asyncio.run(main())
