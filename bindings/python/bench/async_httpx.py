"""httpx in an event loop, with its own limits or one that keeps as many connections as there may be."""

import httpx

from contender import OPTION, REQUEST, TIMEOUT, URL, headers, read_envelope, run_async

client = httpx.AsyncClient(timeout=TIMEOUT)
if OPTION:
    limits = httpx.Limits(max_connections=int(OPTION), max_keepalive_connections=int(OPTION))
    client = httpx.AsyncClient(timeout=TIMEOUT, limits=limits)


async def call() -> None:
    read_envelope((await client.post(URL, json=REQUEST, headers=headers())).json())


run_async(lambda: call)
