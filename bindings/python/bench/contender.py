"""Runs a contender of the benchmark as `crates/bench` asks: reads numbers of calls, prints seconds and CPU seconds."""

import asyncio
import gc
import hashlib
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

BASE_URL, CALL = sys.argv[1:3]
IN_FLIGHT = int(sys.argv[3])
OPTION = sys.argv[4] if len(sys.argv) > 4 else ""
TIMEOUT = 30.0

API_KEY, API_SECRET = "bDqJFiq9", "7bz1lzh9"
KEY_ID = 299
VOICE_FILE_ID = "120250811103439c1901f4c53b691b419ad8a143b.wav"
STR_TIME, END_TIME = "2024-01-01 00:00:00", "2024-06-03 15:13:01"
RECORDS = 100

UPDATE: dict[str, Any] = {
    "keyId": KEY_ID,
    "recallInterval": 30,
    "recallNum": 1,
    "recallType": 0,
    "nodeList": [{"source": 1, "voiceFileId": VOICE_FILE_ID, "hangUpSms": 0, "toSeat": 0}],
}
QUERY: dict[str, Any] = {
    "current": 1,
    "size": RECORDS,
    "params": {"strTime": STR_TIME, "endTime": END_TIME, "taskType": 3},
}
REQUEST = UPDATE if CALL == "small" else QUERY
PATH = "/voice/recallFlow/update" if CALL == "small" else "/voice/group/call/query"
# Responses to paths with this beginning take 50 ms longer.
DISTANT = BASE_URL + "/distant"
PAGES = 20
URL = (DISTANT if CALL == "pages" else BASE_URL) + PATH

FIELDS = [
    *("taskId", "taskName", "status", "rate", "numCnt", "callNum", "success", "fail", "createdTime", "scriptId"),
    *("taskType", "answeredNum", "asr", "agentTotalFeetime", "agentFee", "chargeLen", "acd", "groupCallPayFee"),
    *("smsPayFee", "taskSumPayFee", "sendSmsNum"),
]


def headers() -> dict[str, str]:
    """Signs with the current time, as a user does."""
    timestamp = str(int(time.time()))
    return {
        "Content-Type": "application/json;charset=UTF-8",
        "Api-Key": API_KEY,
        "Sign": hashlib.md5(f"{API_KEY}{API_SECRET}{timestamp}".encode()).hexdigest(),
        "Timestamp": timestamp,
    }


def reader(records: str, field: Callable[[str], str]) -> Callable[[Any], None]:
    """Compiles a function that reads every field of every record, in which the interpreter specializes each access."""
    reads = "\n".join(f"        task{field(name)}" for name in FIELDS)
    source = f"def read(page):\n    assert len(page{records}) == {RECORDS}\n    for task in page{records}:\n{reads}\n"
    names: dict[str, Any] = {}
    exec(source, names)
    read: Callable[[Any], None] = names["read"]
    return read


def snake(name: str) -> str:
    """Returns the Python name of a field."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


read_attributes = reader(".records", lambda name: f".{snake(name)}")
read_items = reader("['records']", lambda name: f"['{name}']")


def read_envelope(envelope: Any) -> None:
    """Reads every field of a response that was decoded into dicts."""
    assert envelope["code"] == 0
    if CALL != "small":
        read_items(envelope["data"])


def run(call: Callable[[], object]) -> None:
    """Runs a call one at a time, or in as many threads as calls may be in flight."""

    def share(calls: int) -> None:
        for _ in range(calls):
            call()

    with ThreadPoolExecutor(IN_FLIGHT) as pool:

        def batch(calls: int) -> None:
            if IN_FLIGHT == 1:
                share(calls)
            else:
                for ended in [pool.submit(share, calls // IN_FLIGHT) for _ in range(IN_FLIGHT)]:
                    ended.result()

        measure(batch)


def run_async(make: Callable[[], Callable[[], Awaitable[object]]]) -> None:
    """Runs the call that `make` returns within an event loop, in as many tasks as calls may be in flight."""

    async def start() -> Callable[[], Awaitable[object]]:
        return make()

    async def share(calls: int) -> None:
        for _ in range(calls):
            await call()

    async def batch(calls: int) -> None:
        await asyncio.gather(*(share(calls // IN_FLIGHT) for _ in range(IN_FLIGHT)))

    loop = asyncio.new_event_loop()
    call = loop.run_until_complete(start())
    measure(lambda calls: loop.run_until_complete(batch(calls)))


def measure(batch: Callable[[int], object]) -> None:
    """Measures batches until the input ends."""
    for line in sys.stdin:
        calls = int(line)
        # A batch does not pay for collecting the objects of the one before it.
        gc.collect()
        gc.freeze()
        wall, cpu = time.perf_counter(), time.process_time()
        batch(calls)
        print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
        gc.unfreeze()


def leave_out(reason: str) -> NoReturn:
    """Ends this contender because it cannot run here."""
    print(f"left out: {reason}", flush=True)
    sys.exit()
