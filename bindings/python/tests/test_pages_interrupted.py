"""Pages whose readers are canceled or interrupted lose no items."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

import recallflow as rf

if TYPE_CHECKING:
    from recallflow.sandbox import Sandbox

QUERY = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01", size=100)


async def collect(client: rf.AsyncClient) -> list[int | None]:
    return [task.task_id async for task in client.group_calls(QUERY)]


def test_a_page_that_came_as_its_reader_was_cancelled_is_read_later(recallflow_sandbox: Sandbox) -> None:
    async def main() -> None:
        client = recallflow_sandbox.async_client()
        expected = await collect(client)
        # The cancellation meets the page at any stage: not sent, sent, received but not taken, or taken.
        for turns in range(60):
            tasks = aiter(client.group_calls(QUERY))
            first = asyncio.ensure_future(anext(tasks))
            for _ in range(turns):
                await asyncio.sleep(0)
            first.cancel()
            try:
                begun = [(await first).task_id]
            except asyncio.CancelledError:
                begun = []
            assert begun + [task.task_id async for task in tasks] == expected

    asyncio.run(main())


def test_an_interruption_by_a_log_handler_loses_no_page(recallflow_sandbox: Sandbox) -> None:
    class Interrupting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            self.acquire()
            logging.getLogger("recallflow").removeHandler(self)
            self.release()
            raise KeyboardInterrupt

    client = recallflow_sandbox.client()
    expected = [task.task_id for task in client.group_calls(QUERY)]
    logger = logging.getLogger("recallflow")
    handler = Interrupting()
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    try:
        tasks = iter(client.group_calls(QUERY))
        with pytest.raises(KeyboardInterrupt):
            next(tasks)
        assert [task.task_id for task in tasks] == expected
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


def test_a_list_begins_with_the_page_that_a_whole_float_names(recallflow_sandbox: Sandbox) -> None:
    client = recallflow_sandbox.client()
    whole = sum(1 for _ in client.group_calls(QUERY))
    from_third = QUERY.replace(current=3.0)  # type: ignore[arg-type]
    assert sum(1 for _ in client.group_calls(from_third)) == whole - 200
