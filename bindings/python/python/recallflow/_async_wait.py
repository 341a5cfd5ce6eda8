"""Waiting in `async` code."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

from recallflow._errors import RecallFlowError
from recallflow._wait import Polling, T

# Tests replace it, so that no test sleeps.
sleep = asyncio.sleep


async def wait(
    polling: Polling[T],
    read: Callable[[], Awaitable[T]],
    on_progress: Callable[[int, int, T], object] | None,
) -> T:
    """Reads until the wait ends, and sleeps in between. Awaits `on_progress` if it is a coroutine function."""
    value: T | None = None
    while True:
        try:
            value = await read()
        except RecallFlowError as error:
            polling.fail(error)
        else:
            done, total = polling.see(value)
            reported = None if on_progress is None else on_progress(done, total, value)
            if isawaitable(reported):
                await reported
        delay = polling.next_delay()
        if delay is None and value is not None:
            return value
        await sleep(delay or 0.0)
