"""aiohttp, with the JSON of the standard library, or with msgspec."""

from collections.abc import Awaitable, Callable

import aiohttp

import structs
from contender import OPTION, REQUEST, TIMEOUT, URL, headers, read_envelope, run_async


def make() -> Callable[[], Awaitable[None]]:
    # Keeps 100 connections.
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))

    async def with_json() -> None:
        async with session.post(URL, json=REQUEST, headers=headers()) as response:
            read_envelope(await response.json())

    async def with_msgspec() -> None:
        async with session.post(URL, data=structs.request(), headers=headers()) as response:
            structs.read(await response.read())

    return with_msgspec if OPTION == "msgspec" else with_json


run_async(make)
