"""Runs programs and talks to them, and puts a gate between a client and its sandbox."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

import recallflow as rf

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self

    from recallflow.sandbox import Sandbox

# The folder of the package under test, which the programs test, too.
PACKAGES = Path(rf.__file__).parents[1]
QUERY = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")
UPDATE = rf.UpdateRecallFlow(key_id=299, recall_interval=45, recall_num=2, recall_type=rf.RecallType.FAILED)
# Seconds. Every step is faster than this, even on a busy machine.
PATIENCE = 20.0
# Whether tests repeat their steps as often as the project promises: 100 000 calls, 10 000 clients, hundreds of exits.
# That takes minutes, and needs a release build.
IS_FULL = "RECALLFLOW_TEST_FULL" in os.environ

# For tests that read threads, files, memory and sockets from /proc.
needs_proc = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this system has no /proc")

# The beginning of every program.
PREAMBLE = """
import sys
import recallflow as rf

QUERY = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")
UPDATE = rf.UpdateRecallFlow(key_id=299, recall_interval=45, recall_num=2, recall_type=rf.RecallType.FAILED)

def say(*words):
    print(*words, flush=True)
"""


def environment(url: str | None = None, sandbox: Sandbox | None = None) -> dict[str, str]:
    """Returns the environment of a program whose clients connect to a sandbox or to the gate before it."""
    variables = {**os.environ, "PYTHONPATH": str(PACKAGES)}
    if sandbox is not None:
        variables["RECALLFLOW_API_KEY"] = sandbox.api_key
        variables["RECALLFLOW_API_SECRET"] = sandbox.api_secret
        variables["RECALLFLOW_BASE_URL"] = sandbox.url if url is None else url
    return variables


class Program:
    """A running Python program. The end of its `with` block kills it with all its children."""

    def __init__(self, text: str, *options: str, sandbox: Sandbox | None = None, url: str | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *options, "-c", PREAMBLE + dedent(text)],
            env=environment(url, sandbox),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # The program and its children form a process group, to be killed at once.
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()

    def hear(self, word: str) -> str:
        """Waits for a line that begins with this word, and returns the rest of it."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said, _, rest = line.rstrip("\n").partition(" ")
            if said == word:
                return rest
        raise AssertionError(f"the program ended before it said {word!r}: {self._process.communicate()[1]}")

    def tell(self, line: str) -> None:
        """Writes a line that the program reads."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> float:
        """Sends a signal, and returns the time by the clock that all processes share."""
        now = time.monotonic()
        self._process.send_signal(number)
        return now

    def stop(self) -> None:
        """Stops the program until SIGCONT, and waits until it has stopped."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def end(self, timeout: float = PATIENCE) -> tuple[int, str, str]:
        """Waits for the end of the program, and returns its exit status and output."""
        output, errors = self._process.communicate(timeout=timeout)
        return self._process.returncode, output, errors


def finish(text: str, *options: str, sandbox: Sandbox | None = None, timeout: float = PATIENCE) -> str:
    """Returns the output of a program that must succeed and write nothing to standard error."""
    with Program(text, *options, sandbox=sandbox) as program:
        status, output, errors = program.end(timeout)
    assert (status, errors) == (0, ""), (status, output, errors)
    return output


class Gate:
    """A proxy between clients and a sandbox. It always passes requests, but responses only while the gate is open.

    A barred gate accepts no connections, like a host that drops all packets. A gate that holds the responses of the
    first so many connections lets all others pass.
    """

    def __init__(self, sandbox: Sandbox, *, barred: bool = False, held: int | None = None) -> None:
        self._target = ("127.0.0.1", int(sandbox.url.rpartition(":")[2]))
        self._open = threading.Event()
        self._held = held
        self._passed = threading.Condition()
        self._responses = b""
        self._closing = ExitStack()
        self._listener = self._closing.enter_context(socket.socket())
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0 if barred else 100)
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        if barred:
            # Fills the backlog: the system accepts no further connections.
            self._filler = self._closing.enter_context(socket.create_connection(("127.0.0.1", self.port)))
        else:
            self._start(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._open.set()
        self._closing.close()

    def open(self) -> None:
        """Passes waiting and future responses."""
        self._open.set()

    def unbar(self) -> None:
        """Accepts waiting and future connections."""
        self._filler.close()
        self._start(self._accept)
        self.open()

    def wait_for_attempt(self) -> None:
        """Waits for a connection attempt to the barred gate, which only /proc shows."""
        limit = time.monotonic() + PATIENCE
        sent = f":{self.port:04X} 02"
        while sent not in Path("/proc/net/tcp").read_text("ascii"):
            assert time.monotonic() < limit, "expected a connection attempt"
            time.sleep(0.005)

    def wait_for_body(self, length: int) -> None:
        """Waits until this number of body bytes has passed."""
        with self._passed:
            assert self._passed.wait_for(lambda: len(self._responses.partition(b"\r\n\r\n")[2]) >= length, PATIENCE)

    @staticmethod
    def _start(target: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=target, args=arguments, daemon=True).start()

    def _accept(self) -> None:
        for number in itertools.count():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            is_held = self._held is None or number < self._held
            self._start(self._pass, client, server, False, False)
            self._start(self._pass, server, client, True, is_held)

    def _pass(self, source: socket.socket, target: socket.socket, are_responses: bool, is_held: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if is_held:
                    self._open.wait()
                target.sendall(data)
                if are_responses:
                    with self._passed:
                        self._responses += data
                        self._passed.notify_all()
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            if are_responses:
                end.close()
