"""Whole calls in one event loop, many in flight."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial

import report
import rounds
from clients.kinds import AsyncApi
from clients.ours import AsyncOurs
from clients.with_aiohttp import Aiohttp, AiohttpMsgspec
from clients.with_httpx import AsyncHttpx
from options import Options
from rounds import Contender
from server import Server
from targets import OURS, Target, times_as_fast

IN_FLIGHT = 64

HTTPX_LIKE_ALL = f"httpx, {IN_FLIGHT} kept"
"""httpx as all others are, which keep every connection; by itself it keeps 20, and opens others anew."""

CLIENTS: dict[str, Callable[[str], AsyncApi]] = {
    OURS: AsyncOurs,
    "aiohttp + msgspec": AiohttpMsgspec,
    "aiohttp": Aiohttp,
    "httpx": AsyncHttpx,
    HTTPX_LIKE_ALL: partial(AsyncHttpx, kept=IN_FLIGHT),
}
if sys.version_info >= (3, 11):  # There is no pyreqwest for older versions.
    from clients.with_pyreqwest import AsyncPyreqwest

    CLIENTS["pyreqwest + msgspec"] = AsyncPyreqwest

SMALL_TIMES_AS_FAST = {"aiohttp": 4.0, HTTPX_LIKE_ALL: 30.0}
PAGE_TIMES_AS_FAST = {"aiohttp + msgspec": 1.5, HTTPX_LIKE_ALL: 30.0}


def measure(server: Server, options: Options) -> list[Target]:
    """Measures small answers, and pages."""
    loop = asyncio.new_event_loop()
    clients = loop.run_until_complete(start(server.base_url))
    small = [contender(name, loop, api.small) for name, api in clients.items()]
    page = [contender(name, loop, api.page) for name, api in clients.items()]
    targets: list[Target] = []
    for title, contenders, bounds in [
        (f"small answer, asyncio, {IN_FLIGHT} in flight", small, SMALL_TIMES_AS_FAST),
        (f"page of 100 records, asyncio, {IN_FLIGHT} in flight", page, PAGE_TIMES_AS_FAST),
    ]:
        rows = rounds.measure(contenders, options)
        report.print_requests(title, rows)
        targets += times_as_fast(title, rows, bounds)
    for api in clients.values():
        loop.run_until_complete(api.close())
    loop.close()
    return targets


async def start(base_url: str) -> dict[str, AsyncApi]:
    """Makes the clients within the loop, as some of them demand."""
    return {name: make(base_url) for name, make in CLIENTS.items()}


def contender(name: str, loop: asyncio.AbstractEventLoop, call: Callable[[], Awaitable[None]]) -> Contender:
    """Shares the calls among as many tasks as may be in flight."""

    async def share(calls: int) -> None:
        for _ in range(calls):
            await call()

    async def batch(calls: int) -> None:
        await asyncio.gather(*(share(calls // IN_FLIGHT) for _ in range(IN_FLIGHT)))

    return Contender(name, lambda calls: loop.run_until_complete(batch(calls)), IN_FLIGHT)
