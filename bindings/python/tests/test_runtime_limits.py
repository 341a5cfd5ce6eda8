"""The system refuses descriptors or threads, or a peer resets a connection. The call fails, and the process goes on."""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox, faults
from support import Program, finish

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs `resource` and SIGPIPE")

CLIENTS = """
import asyncio

class Blocking:
    def __init__(self):
        self.client = rf.Client.from_env(max_retries=1)
    def update(self, update=UPDATE):
        self.client.update_recall_flow(update)

class Asynchronous:
    def __init__(self):
        self.client = rf.AsyncClient.from_env(max_retries=1)
        self.loop = asyncio.new_event_loop()
    def update(self, update=UPDATE):
        self.loop.run_until_complete(self.client.update_recall_flow(update))
"""
# The system counts threads per user, and does not limit those of root.
NO_THREADS = """
import os, resource
import recallflow.sandbox
if os.geteuid() == 0:
    os.setuid(65534)
before = resource.getrlimit(resource.RLIMIT_NPROC)
resource.setrlimit(resource.RLIMIT_NPROC, (0, before[1]))
def restore():
    resource.setrlimit(resource.RLIMIT_NPROC, before)
"""
# Frees one descriptor more with each use.
NO_DESCRIPTORS = """
import os, resource
import recallflow.sandbox
before = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (128, before[1]))
files = []
try:
    while True:
        files.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
def restore():
    os.close(files.pop())
"""
# The system refuses an action at first, and permits it after so many restorations.
REFUSED = """
refusals = 0
while True:
    try:
        act()
        break
    except rf.TransportError as error:
        assert not isinstance(error, rf.TimeoutError)
        assert "refused a resource" in str(error), error
        assert "ulimit" in error.remedy, error.remedy
        assert str(error).endswith(error.remedy)
        refusals += 1
        restore()
assert 0 < refusals < 20, refusals
say("refused")
"""
LIMITS = {"descriptors": NO_DESCRIPTORS, "threads": NO_THREADS}
needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs limits of Linux")


@needs_linux
@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize("kind", ["Blocking", "Asynchronous"])
def test_a_refusal_by_the_system_sends_nothing(sandbox: Sandbox, kind: str, limit: str) -> None:
    program = f"it = {kind}()\nact = it.update\n"
    # A blocking call needs a thread only to look up a host name.
    url = sandbox.url.replace("127.0.0.1", "localhost")
    with Program(CLIENTS + program + limit + REFUSED, sandbox=sandbox, url=url) as it:
        assert it.end() == (0, "refused\n", "")
    assert len(sandbox.requests) == 1


@needs_linux
@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
def test_a_sandbox_that_the_system_refuses_is_a_transport_error(limit: str) -> None:
    program = """
from recallflow.sandbox import Sandbox
def act():
    Sandbox().client().query_recall_flow_detail(12)
"""
    assert finish(program + limit + REFUSED) == "refused\n"


@needs_linux
@pytest.mark.parametrize("option", ["ca_file", "client_certificate"])
def test_a_file_without_a_free_descriptor_is_no_wrong_option(option: str) -> None:
    program = f"""
def act():
    try:
        rf.Client("key", "secret", {option}=rf.__file__)
    except rf.ConfigError as error:
        assert "contains no certificate" in str(error)
"""
    assert finish(program + NO_DESCRIPTORS + REFUSED) == "refused\n"


@needs_linux
def test_an_event_loop_that_needs_a_thread_gets_a_transport_error(sandbox: Sandbox) -> None:
    program = """
class Loop(asyncio.SelectorEventLoop):
    def add_reader(self, *arguments):
        # Called by the loop itself for its own descriptor.
        if not hasattr(self, "is_ready"):
            return super().add_reader(*arguments)
        raise NotImplementedError
it = Asynchronous()
it.loop = Loop()
it.loop.is_ready = True
act = it.update
"""
    assert finish(CLIENTS + program + NO_THREADS + REFUSED, sandbox=sandbox) == "refused\n"


@needs_linux
def test_calls_beyond_max_connections_need_no_descriptors(sandbox: Sandbox) -> None:
    program = """
    import resource, threading
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    client = rf.Client.from_env(max_connections=20)
    begin = threading.Barrier(150)
    def call():
        begin.wait()
        client.query_recall_flow_detail(12)
    threads = [threading.Thread(target=call) for _ in range(150)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    """
    sandbox.script(*[faults.delay(0.2)] * 150)
    assert finish(program, sandbox=sandbox) == ""
    assert len(sandbox.requests) == 150


def test_waiting_for_a_connection_ends_at_the_deadline(sandbox: Sandbox) -> None:
    sandbox.script(faults.hold())
    with sandbox.client(max_connections=1, timeout=60, attempt_timeout=60) as client:
        held = threading.Thread(target=pytest.raises, args=(rf.TransportError, client.query_recall_flow_detail, 12))
        held.start()
        sandbox.wait_for_requests(1)
        with pytest.raises(rf.TimeoutError, match=r"all 1 connections were in use.*`max_connections`"):
            client.query_recall_flow_detail(12, timeout=0.2)
        assert held.is_alive()
        sandbox.close()
        held.join()


@needs_linux
def test_few_descriptors_remain_after_many_concurrent_calls(sandbox: Sandbox) -> None:
    program = """
    import os, threading, time
    client = rf.Client.from_env()
    before = len(os.listdir("/proc/self/fd"))
    begin = threading.Barrier(100)
    def call():
        begin.wait()
        client.query_recall_flow_detail(12)
    threads = [threading.Thread(target=call) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say("called")
    end = time.monotonic() + 20
    while len(os.listdir("/proc/self/fd")) > before + 16:
        assert time.monotonic() < end, os.listdir("/proc/self/fd")
        time.sleep(0.1)
    say("done")
    sys.stdin.readline()
    """
    sandbox.script(*[faults.delay(0.3)] * 100)
    with Program(program, sandbox=sandbox) as it:
        it.hear("called")
        sandbox.wait_for_open_connections(4, timeout=20)
        it.hear("done")


@pytest.fixture
def resetting() -> Iterator[str]:
    """The URL of a server that resets each connection within the request."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.recv(65536)
                # With a linger time of zero, the system resets the connection.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("kind", ["Blocking", "Asynchronous"])
def test_a_broken_upload_does_not_end_a_process_that_does_not_ignore_sigpipe(
    sandbox: Sandbox, resetting: str, kind: str
) -> None:
    program = f"""
import signal
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
it = {kind}()
node = rf.RecallNode.reupload("reminder.wav", bytes(4_000_000))
for _ in range(20):
    try:
        it.update(UPDATE.replace(node_list=[node]))
    except rf.OutcomeUnknownError:
        pass
    else:
        raise AssertionError
"""
    with Program(CLIENTS + program, sandbox=sandbox, url=resetting) as it:
        assert it.end() == (0, "", "")


def test_a_sandbox_does_not_end_a_process_that_does_not_ignore_sigpipe() -> None:
    program = """
import signal, socket
from recallflow.sandbox import Sandbox
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sandbox = Sandbox()
address = ("127.0.0.1", int(sandbox.url.rpartition(":")[2]))
request = b"POST /voice/recallFlow/queryDetail HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 2\\r\\n\\r\\n{}"
for _ in range(50):
    with socket.create_connection(address) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\\1\\0\\0\\0\\0\\0\\0\\0")
        connection.sendall(request * 20)
sandbox.client().query_recall_flow_detail(12)
"""
    assert finish(program) == ""
