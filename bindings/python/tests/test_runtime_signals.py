"""Signals interrupt calls."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from recallflow.sandbox import Sandbox, faults
from support import Gate, Program, needs_proc

if TYPE_CHECKING:
    from collections.abc import Iterator

# The promise is 200 ms. A busy machine may be slower, but each of these calls would take at least 20 s.
LIMIT = 2.0

INTERRUPTED = """
import time
client = rf.Client.from_env(timeout=60, attempt_timeout=60, connect_timeout=60)
try:
    {call}
except KeyboardInterrupt:
    say("interrupted", time.monotonic())
sys.stdin.readline()
say("usable", client.query_recall_flow_detail(12).key_id)
client.close()
"""
DETAIL = "client.query_recall_flow_detail(299)"


@pytest.fixture
def gate(sandbox: Sandbox) -> Iterator[Gate]:
    with Gate(sandbox) as gate:
        gate.open()
        yield gate


def interrupt(program: Program) -> None:
    """Interrupts a program during a call, and checks that the call has ended."""
    elapsed = -program.interrupt() + float(program.hear("interrupted"))
    # Shown by `pytest -rA`.
    print(f"interrupted after {elapsed * 1000:.0f} ms")
    assert elapsed < LIMIT


def go_on(program: Program) -> None:
    """Checks that a program can still make calls, and that it prints no warnings."""
    program.tell("go on")
    assert program.hear("usable") == "12"
    status, _, errors = program.end()
    assert (status, errors) == (0, "")


@needs_proc
def test_while_connecting(sandbox: Sandbox) -> None:
    text = INTERRUPTED.format(call=DETAIL)
    with Gate(sandbox, barred=True) as gate, Program(text, sandbox=sandbox, url=gate.url) as it:
        gate.wait_for_attempt()
        interrupt(it)
        gate.unbar()
        go_on(it)


def test_while_waiting_for_the_response(sandbox: Sandbox) -> None:
    sandbox.script(faults.hold())
    with Program(INTERRUPTED.format(call=DETAIL), sandbox=sandbox) as program:
        sandbox.wait_for_requests(1)
        interrupt(program)
        go_on(program)


def test_while_the_body_comes(sandbox: Sandbox, gate: Gate) -> None:
    sandbox.script(faults.drip_body(1, interval=0.1))
    with Program(INTERRUPTED.format(call=DETAIL), sandbox=sandbox, url=gate.url) as program:
        gate.wait_for_body(3)
        interrupt(program)
        go_on(program)


def test_in_the_pause_before_a_retry(sandbox: Sandbox) -> None:
    # Log records are passed on between the same time slices as signals, and must not suppress them.
    logged = """
    import logging
    logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="logged %(message)s")
    """
    sandbox.script(faults.status(503) & faults.header("Retry-After", "40"))
    with Program(logged + INTERRUPTED.format(call=DETAIL).replace("\n", "\n    "), sandbox=sandbox) as program:
        program.hear("logged")
        interrupt(program)
        assert len(sandbox.requests) == 1
        go_on(program)


def test_while_a_page_is_read(sandbox: Sandbox) -> None:
    sandbox.script(faults.ok(), faults.hold())
    with Program(INTERRUPTED.format(call="list(client.group_calls(QUERY))"), sandbox=sandbox) as program:
        sandbox.wait_for_requests(2)
        interrupt(program)
        go_on(program)


def test_while_a_coroutine_waits(sandbox: Sandbox) -> None:
    program = """
    import asyncio, time
    client = rf.AsyncClient.from_env(timeout=60, attempt_timeout=60)
    async def call(key_id):
        return await client.query_recall_flow_detail(key_id)
    try:
        asyncio.run(call(299))
    except KeyboardInterrupt:
        say("interrupted", time.monotonic())
    sys.stdin.readline()
    say("usable", asyncio.run(call(12)).key_id)
    """
    sandbox.script(faults.hold())
    with Program(program, sandbox=sandbox) as it:
        sandbox.wait_for_requests(1)
        interrupt(it)
        go_on(it)


def test_an_interrupted_call_leaves_its_connection(sandbox: Sandbox) -> None:
    """The handler runs during the call, not after it."""
    sandbox.script(faults.hold())
    with Program(INTERRUPTED.format(call=DETAIL), sandbox=sandbox) as program:
        sandbox.wait_for_requests(1)
        program.interrupt()
        program.hear("interrupted")
        sandbox.wait_for_open_connections(0)


def test_other_threads_do_not_keep_the_main_thread_from_ending(sandbox: Sandbox) -> None:
    program = """
    import threading
    client = rf.Client.from_env(timeout=60, attempt_timeout=60)
    thread = threading.Thread(target=client.query_recall_flow_detail, args=(299,), daemon=True)
    thread.start()
    try:
        say("waits")
        thread.join()
    except KeyboardInterrupt:
        say("interrupted")
    """
    sandbox.script(faults.hold())
    with Program(program, sandbox=sandbox) as it:
        it.hear("waits")
        sandbox.wait_for_requests(1)
        it.interrupt()
        it.hear("interrupted")
        assert it.end() == (0, "", "")


def test_a_handler_that_raises_nothing_lets_the_call_go_on(sandbox: Sandbox) -> None:
    program = """
    import signal
    signal.signal(signal.SIGUSR1, lambda *_: say("handled"))
    say("answered", rf.Client.from_env().query_recall_flow_detail(12).key_id)
    """
    with Gate(sandbox) as gate, Program(program, sandbox=sandbox, url=gate.url) as it:
        sandbox.wait_for_requests(1)
        for _ in range(3):
            it.interrupt(signal.SIGUSR1)
            it.hear("handled")
        gate.open()
        assert it.hear("answered") == "12"
        assert it.end() == (0, "", "")
    assert len(sandbox.requests) == 1


def test_what_a_handler_raises_ends_the_call(sandbox: Sandbox) -> None:
    program = """
    import signal
    class Enough(Exception):
        pass
    def handle(*_):
        raise Enough
    signal.signal(signal.SIGUSR1, handle)
    try:
        rf.Client.from_env(timeout=60, attempt_timeout=60).query_recall_flow_detail(12)
    except Enough:
        say("ended")
    """
    sandbox.script(faults.hold())
    with Program(program, sandbox=sandbox) as it:
        sandbox.wait_for_requests(1)
        it.interrupt(signal.SIGUSR1)
        it.hear("ended")
        assert it.end() == (0, "", "")


def test_a_handler_may_make_calls_and_fork(sandbox: Sandbox) -> None:
    """The handler uses the client whose call it interrupts, while calls of other threads continue."""
    program = """
    import os, signal, threading
    client = rf.Client.from_env(timeout=60, attempt_timeout=60)
    def handle(*_):
        say("within", client.query_recall_flow_detail(300).key_id)
        thread = threading.Thread(target=client.query_recall_flow_detail, args=(301,))
        thread.start()
        thread.join()
        child = os.fork()
        if child == 0:
            os._exit(client.query_recall_flow_detail(12).key_id)
        say("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    signal.signal(signal.SIGUSR1, handle)
    try:
        client.query_recall_flow_detail(12)
    except KeyboardInterrupt:
        say("interrupted")
    """
    sandbox.script(faults.hold())
    # Python 3.12 warns about every fork of a process that has, or just had, other threads.
    with Program(program, "-W", "ignore::DeprecationWarning", sandbox=sandbox) as it:
        sandbox.wait_for_requests(1)
        it.interrupt(signal.SIGUSR1)
        assert it.hear("within") == "300"
        assert it.hear("child") == "12"
        it.interrupt()
        it.hear("interrupted")
        assert it.end() == (0, "", "")


@pytest.mark.parametrize(
    "client",
    ["rf.Client.from_env(timeout=1)", "Waiting(rf.AsyncClient.from_env(timeout=1))"],
    ids=["blocking", "asyncio"],
)
@pytest.mark.parametrize(
    "call", ["query_recall_flow_detail(12)", "update_recall_flow(UPDATE)"], ids=["query", "update"]
)
def test_a_response_that_arrived_while_the_process_was_stopped_counts(sandbox: Sandbox, client: str, call: str) -> None:
    program = f"""
    import asyncio
    class Waiting:
        def __init__(self, client):
            self.client, self.loop = client, asyncio.new_event_loop()
        def __getattr__(self, name):
            return lambda *arguments: self.loop.run_until_complete(getattr(self.client, name)(*arguments))
    client = {client}
    say("succeeded", client.{call})
    """
    with Gate(sandbox) as gate, Program(program, sandbox=sandbox, url=gate.url) as it:
        sandbox.wait_for_requests(1)
        it.stop()
        gate.open()
        gate.wait_for_body(1)
        # The deadline of the call passes.
        time.sleep(1.5)
        it.interrupt(signal.SIGCONT)
        it.hear("succeeded")
        assert it.end() == (0, "", "")
    assert len(sandbox.requests) == 1
