"""Whole calls in many threads that share one client."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import report
import rounds
from clients.kinds import Api
from clients.ours import Ours
from clients.with_httpx import Httpx
from clients.with_requests import Requests
from options import Options
from rounds import Contender
from server import Server
from targets import OURS, Target, times_as_fast

THREADS = 16

CLIENTS: dict[str, Callable[[str], Api]] = {
    OURS: Ours,
    "httpx": Httpx,
    "requests": Requests,
}
if sys.version_info >= (3, 11):  # There is no pyreqwest for older versions.
    from clients.with_pyreqwest import Pyreqwest

    CLIENTS["pyreqwest + msgspec"] = Pyreqwest

TIMES_AS_FAST = {"httpx": 20.0}


def measure(server: Server, options: Options) -> list[Target]:
    """Measures small answers."""
    title = f"small answer, {THREADS} threads"
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))
        clients = {name: stack.enter_context(closing(make(server.base_url))) for name, make in CLIENTS.items()}
        rows = rounds.measure([contender(name, pool, api.small) for name, api in clients.items()], options)
    report.print_requests(title, rows)
    return times_as_fast(title, rows, TIMES_AS_FAST)


def contender(name: str, pool: ThreadPoolExecutor, call: Callable[[], None]) -> Contender:
    """Shares the calls among the threads."""

    def share(calls: int) -> None:
        for _ in range(calls):
            call()

    def batch(calls: int) -> None:
        for ended in [pool.submit(share, calls // THREADS) for _ in range(THREADS)]:
            ended.result()

    return Contender(name, batch, THREADS)
