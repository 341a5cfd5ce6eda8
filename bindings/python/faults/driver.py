"""Makes calls as commands on the standard input ask for them, one JSON object a line, and writes the result of each.

`cargo xtask faults` starts it, with the package on its path. With the argument `asyncio` it makes them with an
`AsyncClient`, all on one event loop.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import signal
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import recallflow as rf

CHANGED_INTERVAL = 77
ASYNC = sys.argv[1:] == ["asyncio"]
LOOP = asyncio.new_event_loop()
EDITS: list[Any] = []
STATUS = Path("/proc/self/status")


class Texts(logging.Handler):
    """A handler that keeps the log records of every level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a record, with all its fields."""
        self.kept.append(f"{self.format(record)} {record.__dict__!r}")


LOGGED = Texts()


def resident(name: str) -> int | None:
    """Returns a line of this process's status, in bytes; None if it is missing."""
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), None)


def forget_peak() -> None:
    """Resets the peak memory of this process."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def shown(error: BaseException) -> list[str]:
    """Returns every text of an error that a program could print, log or store."""
    texts = [str(error), repr(error), repr(error.__dict__), repr(error.args)]
    texts += traceback.format_exception(type(error), error, error.__traceback__)
    texts.append(pickle.dumps(error).decode("latin-1"))
    texts.append(repr(copy.copy(error)))
    for name in dir(error):
        if not name.startswith("__"):
            # A timeout is an `OSError`, one of whose attributes may be missing.
            texts.append(repr(getattr(error, name, None)))
    return texts


def call_at_once(client: rf.Client | rf.AsyncClient, call: dict[str, Any]) -> Any:
    """Makes all calls at the same time, and returns the result of the last one or raises the first error."""
    count = call["at_once"]
    if ASYNC:
        return LOOP.run_until_complete(gather_calls(client, call, count))[-1]
    if count == 1:
        return begin_call(client, call)
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: begin_call(client, call), range(count)))[-1]


async def gather_calls(client: rf.Client | rf.AsyncClient, call: dict[str, Any], count: int) -> list[Any]:
    """Makes calls on the event loop."""
    return await asyncio.gather(*(begin_call(client, call) for _ in range(count)))


def begin_call(client: rf.Client | rf.AsyncClient, call: dict[str, Any]) -> Any:
    """Makes the call, or returns the coroutine to await."""
    timeout = call["timeout_ms"] / 1000
    if call["operation"] == "edit":
        return EDITS.pop().apply(verify=call["verify"], timeout=timeout)
    if call["operation"] == "wait":
        pending = rf.RecallStatus.PENDING
        return client.wait_for_recall_flow(call["key_id"], until=pending, timeout=timeout, max_retries=0)
    if call["operation"] == "query":
        return client.query_recall_flow_detail(call["key_id"], timeout=timeout)
    upload = call["upload"]
    update = rf.UpdateRecallFlow(
        key_id=call["key_id"],
        recall_interval=CHANGED_INTERVAL,
        recall_num=2,
        recall_type=rf.RecallType.FAILED,
        node_list=[rf.RecallNode.reupload("a.wav", bytes(upload)) if upload else rf.RecallNode.uploaded("a.wav")],
    )
    return client.update_recall_flow(update, timeout=timeout)


def begin_edit(client: rf.Client | rf.AsyncClient, call: dict[str, Any]) -> None:
    """Begins the edit that the next call applies."""
    begun: Any = client.edit_recall_flow(call["key_id"])
    edit = LOOP.run_until_complete(begun) if ASYNC else begun
    edit.replace(recall_interval=CHANGED_INTERVAL)
    EDITS.append(edit)


def observe(client: rf.Client | rf.AsyncClient, call: dict[str, Any]) -> dict[str, Any]:
    """Makes a call, and returns its result."""
    LOGGED.kept.clear()
    forget_peak()
    before = resident("VmRSS:")
    observed: dict[str, Any] = {}
    texts: list[str] = []
    failed: BaseException | None = None
    result = None
    started = time.perf_counter()
    try:
        result = call_at_once(client, call)
    except BaseException as error:  # noqa: BLE001, any exception is the result of the call
        failed = error
    observed["milliseconds"] = (time.perf_counter() - started) * 1000
    peak = resident("VmHWM:")
    if before is not None and peak is not None:
        observed["memory_growth"] = max(0, peak - before)
    if failed is None:
        observed["value"] = result.to_wire() if isinstance(result, rf.RecallFlowDetail) else None
        texts += [str(result), repr(result)]
    else:
        observed |= {
            "error": type(failed).__name__,
            "of_the_tree": isinstance(failed, rf.RecallFlowError),
            "code": getattr(failed, "code", None),
            "http_status": getattr(failed, "http_status", None),
        }
        cause = getattr(failed, "cause", failed.__cause__)
        observed["cause"] = None if cause is None else type(cause).__name__
        texts += shown(failed) + ([] if cause is None else shown(cause))
    texts += [str(client), repr(client), repr(getattr(client, "__dict__", None)), *LOGGED.kept]
    observed["texts"] = texts
    return observed


def main() -> None:
    """Runs commands until the input ends."""
    logging.basicConfig(level=logging.NOTSET, handlers=[LOGGED])
    if hasattr(signal, "SIGPIPE"):
        # A program may restore the default action, which would end the process.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    kind = rf.AsyncClient if ASYNC else rf.Client
    client: rf.Client | rf.AsyncClient | None = None
    for line in sys.stdin:
        command = json.loads(line)
        reply: dict[str, Any] = {}
        if "open" in command:
            # Replacing the last reference drops the previous client.
            options = command["open"]
            client = kind(
                options["api_key"], options["api_secret"], base_url=options["base_url"], ca_file=options["ca_file"]
            )
        elif client is not None and "begin_edit" in command:
            begin_edit(client, command["begin_edit"])
        elif client is not None:
            reply = observe(client, command["call"])
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
