"""After a fork, the clients of the parent and of the child both work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from support import Gate, Program, finish

if TYPE_CHECKING:
    from recallflow.sandbox import Sandbox

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system forks no process")

FORKS = """
import asyncio, os, threading
from recallflow.sandbox import Sandbox

def fork(act):
    "Forks a child that acts, and ends as programs do."
    child = os.fork()
    if child == 0:
        act()
        sys.exit(0)
    return child

def join(*children):
    "Waits for children; none of them may fail."
    statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert statuses == [0] * len(children), statuses

def use(client):
    assert client.query_recall_flow_detail(12).key_id == 12
    client.update_recall_flow(UPDATE)
    assert sum(1 for _ in client.group_calls(QUERY.replace(size=100))) == 574

async def ause(client):
    await asyncio.gather(*[client.query_recall_flow_detail(12) for _ in range(5)])
    await client.update_recall_flow(UPDATE)
    assert len([task async for task in client.group_calls(QUERY.replace(size=100))]) == 574
"""


# Python 3.12 warns about every fork of a process with threads, which is the case that these tests cover.
UNWARNED = ("-W", "ignore::DeprecationWarning")


def check(program: str, sandbox: Sandbox | None = None, timeout: float = 20.0) -> str:
    """Runs a program that forks."""
    return finish(FORKS + program, *UNWARNED, sandbox=sandbox, timeout=timeout)


def check_with_a_call_under_way(program: str, sandbox: Sandbox) -> None:
    """Runs a program that starts a call, reads a line, forks children that make calls, and reports their end.

    The response to that first call arrives only then; children have separate connections.
    """
    with Gate(sandbox, held=1) as gate, Program(FORKS + program, *UNWARNED, sandbox=sandbox, url=gate.url) as it:
        sandbox.wait_for_requests(1)
        it.tell("fork")
        it.hear("joined")
        gate.open()
        assert it.end() == (0, "", "")


def test_idle_connections_stay_with_the_parent(sandbox: Sandbox) -> None:
    program = """
client = rf.Client.from_env()
client.query_recall_flow_detail(12)
join(fork(lambda: use(client)))
client.query_recall_flow_detail(12)
join(fork(lambda: None), fork(client.close))
client.query_recall_flow_detail(12)
"""
    check(program, sandbox)
    # One in the parent, and one for queries and one for updates in the first child.
    assert sandbox.connections == 3


def test_idle_connections_of_an_async_client_stay_with_the_parent(sandbox: Sandbox) -> None:
    program = """
client = rf.AsyncClient.from_env()
async def one(client):
    await client.query_recall_flow_detail(12)
asyncio.run(one(client))
join(fork(lambda: asyncio.run(one(client))))
asyncio.run(one(client))
join(fork(lambda: None), fork(lambda: asyncio.run(client.close())))
asyncio.run(one(client))
"""
    check(program, sandbox)
    assert sandbox.connections == 2


def test_with_calls_under_way_in_threads(sandbox: Sandbox) -> None:
    program = """
client = rf.Client.from_env(timeout=60, attempt_timeout=60)
stop = threading.Event()
def work():
    while not stop.is_set():
        client.query_recall_flow_detail(12)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for _ in range(5):
    join(*[fork(lambda: use(client)) for _ in range(2)])
stop.set()
for thread in threads:
    thread.join()
use(client)
"""
    check(program, sandbox)


def test_with_a_call_that_waits_in_a_thread(sandbox: Sandbox) -> None:
    program = """
client = rf.Client.from_env(timeout=60, attempt_timeout=60)
results = []
thread = threading.Thread(target=lambda: results.append(client.query_recall_flow_detail(12)))
thread.start()
sys.stdin.readline()
join(*[fork(lambda: use(client)) for _ in range(2)])
assert not results
say("joined")
thread.join()
assert results[0].key_id == 12
use(client)
"""
    check_with_a_call_under_way(program, sandbox)


def test_with_calls_under_way_in_the_background(sandbox: Sandbox) -> None:
    program = """
client = rf.AsyncClient.from_env()
plain = rf.Client.from_env()
async def main():
    children = []
    async def work():
        for _ in range(30):
            await client.query_recall_flow_detail(12)
    tasks = [asyncio.ensure_future(work()) for _ in range(8)]
    for _ in range(5):
        await client.query_recall_flow_detail(12)
        child = os.fork()
        if child == 0:
            # The loop belongs to the parent; a thread of the child may have another one.
            thread = threading.Thread(target=lambda: (asyncio.run(ause(client)), use(plain)))
            thread.start()
            thread.join()
            os._exit(0)
        children.append(child)
    await asyncio.gather(*tasks)
    await asyncio.to_thread(join, *children)
    await ause(client)
asyncio.run(main())
"""
    check(program, sandbox)


def test_in_a_child_of_a_thread_while_a_loop_runs_in_another(sandbox: Sandbox) -> None:
    program = """
client = rf.AsyncClient.from_env()
stop = threading.Event()
async def work():
    while not stop.is_set():
        await asyncio.gather(*[client.query_recall_flow_detail(12) for _ in range(8)])
thread = threading.Thread(target=lambda: asyncio.run(work()))
thread.start()
for _ in range(5):
    join(*[fork(lambda: asyncio.run(ause(client))) for _ in range(2)])
stop.set()
thread.join()
asyncio.run(ause(client))
"""
    check(program, sandbox)


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_multiprocessing_with_an_inherited_client(sandbox: Sandbox, kind: str) -> None:
    program = f"""
import multiprocessing
client = rf.{kind}.from_env()
def query(key_id):
    if isinstance(client, rf.Client):
        return client.query_recall_flow_detail(key_id).key_id
    async def call():
        return await client.query_recall_flow_detail(key_id)
    return asyncio.run(call()).key_id
query(12)
keys = [*range(299, 305)] * 4
with multiprocessing.get_context("fork").Pool(3) as pool:
    assert pool.map(query, keys) == keys
    pool.close()
    pool.join()
query(12)
"""
    check(program, sandbox)
    assert len(sandbox.requests) == 26


def test_a_server_that_forks_its_workers_first(sandbox: Sandbox) -> None:
    program = """
client = rf.Client.from_env()
aclient = rf.AsyncClient.from_env()
def work():
    threads = [threading.Thread(target=use, args=(client,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    asyncio.run(ause(aclient))
    for thread in threads:
        thread.join()
for _ in range(2):
    join(*[fork(work) for _ in range(4)])
    use(client)
    asyncio.run(ause(aclient))
"""
    check(program, sandbox, timeout=40.0)
    assert all(request.signature_valid for request in sandbox.requests)


def test_grandchildren(sandbox: Sandbox) -> None:
    program = """
client = rf.Client.from_env()
aclient = rf.AsyncClient.from_env()
def descend(depth):
    use(client)
    asyncio.run(ause(aclient))
    if depth > 0:
        join(fork(lambda: descend(depth - 1)))
    use(client)
    asyncio.run(ause(aclient))
descend(3)
"""
    check(program, sandbox)
    assert sandbox.connections >= 8


def test_a_sandbox_stays_with_the_parent() -> None:
    program = """
with Sandbox() as sandbox:
    client = sandbox.client()
    use(client)
    def child():
        use(client)
        use(sandbox.client())
        try:
            sandbox.requests
        except RuntimeError:
            pass
        else:
            raise AssertionError("the sandbox spoke in a child")
        sandbox.close()
        with Sandbox() as own:
            use(own.client())
            # One for queries and one for updates.
            assert own.connections == 2
    join(fork(child), fork(child))
    use(client)
    join(fork(lambda: use(client)))
"""
    check(program)


def test_pages_that_were_begun_go_on_in_both(sandbox: Sandbox) -> None:
    program = """
client = rf.Client.from_env()
tasks = client.group_calls(QUERY.replace(size=100))
first = [next(tasks).task_id for _ in range(150)]
def rest():
    assert len({*first, *[task.task_id for task in tasks]}) == 574
join(fork(rest), fork(rest))
rest()
"""
    check(program, sandbox)


def test_pages_that_a_thread_of_the_parent_reads_say_so(sandbox: Sandbox) -> None:
    """The child would wait for a thread that does not exist."""
    program = """
client = rf.Client.from_env(timeout=60, attempt_timeout=60)
tasks = client.group_calls(QUERY)
thread = threading.Thread(target=next, args=(tasks,))
thread.start()
sys.stdin.readline()
def child():
    try:
        next(tasks)
    except rf.ConfigError as error:
        assert "start the query again" in str(error), error
    else:
        raise AssertionError
    use(client)
join(fork(child))
say("joined")
thread.join()
next(tasks)
"""
    check_with_a_call_under_way(program, sandbox)


def test_a_closed_client_is_closed_in_children(sandbox: Sandbox) -> None:
    program = """
client = rf.Client.from_env()
use(client)
client.close()
def child():
    try:
        use(client)
    except rf.ConfigError:
        return
    raise AssertionError
join(fork(child))
"""
    check(program, sandbox)
