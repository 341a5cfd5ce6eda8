"""pyreqwest in an event loop, with msgspec."""

import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structs
from contender import TIMEOUT, URL, headers, leave_out, run_async

if sys.version_info < (3, 11):
    leave_out("pyreqwest needs Python 3.11")

from pyreqwest.client import ClientBuilder


def make() -> Callable[[], Awaitable[None]]:
    client = ClientBuilder().timeout(timedelta(seconds=TIMEOUT)).build()

    async def call() -> None:
        request = client.post(URL).headers(headers()).body_bytes(structs.request()).build()
        structs.read(await (await request.send()).bytes())

    return call


run_async(make)
