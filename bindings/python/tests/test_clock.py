"""A difference between the clocks of this machine and the service, simulated by the clock of the sandbox."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import recallflow as rf
from recallflow.sandbox import faults
from support import PATIENCE, UPDATE

if TYPE_CHECKING:
    from recallflow.sandbox import Sandbox

HOUR = 3600
DAY = 24 * HOUR
OFFSETS = [5 * HOUR, -5 * HOUR, 40 * DAY, -40 * DAY]
# Number of concurrent calls.
CALLS = 50


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_wrong_clock_is_corrected_once_and_remembered(sandbox: Sandbox, offset: int) -> None:
    sandbox.set_clock_offset(offset)
    with sandbox.client() as client:
        client.update_recall_flow(UPDATE)
        assert len(sandbox.requests) == 2
        client.update_recall_flow(UPDATE)
        assert client.query_recall_flow_detail(12).key_id == 12
        assert len(sandbox.requests) == 4


def test_the_offset_is_readable(sandbox: Sandbox) -> None:
    sandbox.set_clock_offset(5 * HOUR)
    with sandbox.client() as client:
        assert client.clock_offset is None
        client.query_recall_flow_detail(12)
        assert client.clock_offset == pytest.approx(5 * HOUR, abs=2)
    assert client.clock_offset is None


@pytest.mark.parametrize("offset", OFFSETS)
def test_fifty_threads_all_recover(sandbox: Sandbox, offset: int) -> None:
    sandbox.set_clock_offset(offset)
    start = threading.Barrier(CALLS)
    with sandbox.client() as client, ThreadPoolExecutor(CALLS) as threads:

        def call(number: int) -> None:
            start.wait(PATIENCE)
            if number % 2:
                client.update_recall_flow(UPDATE)
            else:
                client.query_recall_flow_detail(12)

        list(threads.map(call, range(CALLS)))
    assert CALLS < len(sandbox.requests) <= 2 * CALLS


@pytest.mark.parametrize("offset", OFFSETS)
def test_fifty_tasks_all_recover(sandbox: Sandbox, offset: int) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            await asyncio.gather(*(client.query_recall_flow_detail(12) for _ in range(CALLS)))
            seen = len(sandbox.requests)
            await client.update_recall_flow(UPDATE)
            assert len(sandbox.requests) == seen + 1

    sandbox.set_clock_offset(offset)
    asyncio.run(main())
    assert len(sandbox.requests) <= 2 * CALLS + 1


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_clock_that_jumps_within_a_call_is_corrected(sandbox: Sandbox, offset: int) -> None:
    with sandbox.client() as client, ThreadPoolExecutor(1) as threads:
        client.query_recall_flow_detail(12)
        sandbox.script(faults.code(-15) & faults.header("Retry-After", "1"))
        call = threads.submit(client.update_recall_flow, UPDATE)
        sandbox.wait_for_requests(2)
        sandbox.set_clock_offset(offset)
        call.result(PATIENCE)
    # One attempt before the clock jumps, one that is refused after it, and the corrected retry.
    assert len(sandbox.requests) == 4


@pytest.mark.parametrize("offset", OFFSETS)
def test_deadlines_take_no_notice(sandbox: Sandbox, offset: int) -> None:
    with sandbox.client(timeout=0.4) as client, ThreadPoolExecutor(1) as threads:
        sandbox.script(faults.hold())
        started = time.monotonic()
        call = threads.submit(client.query_recall_flow_detail, 12)
        sandbox.wait_for_requests(1)
        sandbox.set_clock_offset(offset)
        with pytest.raises(rf.TimeoutError):
            call.result(PATIENCE)
        assert 0.4 <= time.monotonic() - started < PATIENCE / 4


def test_a_timestamp_that_cannot_be_corrected_is_explained(sandbox: Sandbox) -> None:
    sandbox.set_clock_offset(42 * 60)
    sandbox.script(-16, -16)
    with sandbox.client() as client:
        with pytest.raises(rf.TimestampExpiredError, match=r"4[12] min behind the service's") as caught:
            client.query_recall_flow_detail(12)
        assert caught.value.attempts == 2
        assert client.query_recall_flow_detail(12).key_id == 12
