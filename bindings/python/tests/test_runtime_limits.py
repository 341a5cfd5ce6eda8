"""The system refuses descriptors or threads, or a peer resets a connection. The call fails, and the process goes on."""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from support import Program, finish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recallflow.sandbox import Sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs `resource` and SIGPIPE")

CLIENTS = """
import asyncio

class Blocking:
    def __init__(self):
        self.client = rf.Client.from_env()
    def update(self, update=UPDATE):
        self.client.update_recall_flow(update)

class Asynchronous:
    def __init__(self):
        self.client = rf.AsyncClient.from_env()
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
NO_DESCRIPTORS = """
import os
import recallflow.sandbox, resource
before = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))), before[1]))
def restore():
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
"""
REFUSED = """
try:
    it.update()
except rf.TransportError as error:
    assert not isinstance(error, rf.TimeoutError)
    assert "ulimit" in error.remedy, error.remedy
    assert str(error).endswith(error.remedy)
    say(error)
else:
    raise AssertionError
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
@pytest.mark.parametrize(
    ("kind", "limit"),
    # A blocking call to an IP address needs no thread.
    [("Blocking", NO_DESCRIPTORS), ("Asynchronous", NO_THREADS)],
    ids=["descriptors", "threads"],
)
def test_a_refusal_by_the_system_sends_nothing(sandbox: Sandbox, kind: str, limit: str) -> None:
    program = CLIENTS + f"it = {kind}()" + limit + REFUSED
    # The client is usable as soon as the system permits it.
    program += "restore()\nit.update()\n"
    assert "refused" in finish(program, sandbox=sandbox)
    assert len(sandbox.requests) == 1


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
