"""Both clients read all tasks, page after page."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest

import recallflow as rf
from recallflow.sandbox import Fault, Sandbox, faults

QUERY = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")


def page(ids: Iterable[int], total: int, pages: int | None) -> Fault:
    """Returns a response with tasks of these numbers."""
    records = [{"taskId": number} for number in ids]
    return faults.respond({"code": 0, "data": {"records": records, "total": total, "pages": pages}})


class Read:
    """The result of reading to the end."""

    def __init__(self) -> None:
        self.ids: list[int | None] = []
        self.drift: rf.Drift | None = None
        self.error: rf.RecallFlowError | None = None
        # The ids that were read after an error.
        self.rest: list[int | None] = []
        self.total: int | None = None


def read_blocking(sandbox: Sandbox, query: rf.GroupCallQuery, **options: Any) -> Read:
    read = Read()
    with sandbox.client(max_retries=0) as client:
        tasks = client.group_calls(query, **options)
        items = iter(tasks)
        try:
            read.ids.extend(task.task_id for task in items)
        except rf.RecallFlowError as error:
            read.error = error
            read.rest = [task.task_id for task in items]
        read.drift, read.total = tasks.drift, tasks.total
    return read


async def read_async(sandbox: Sandbox, query: rf.GroupCallQuery, **options: Any) -> Read:
    read = Read()
    async with sandbox.async_client(max_retries=0) as client:
        tasks = client.group_calls(query, **options)
        items = aiter(tasks)
        try:
            async for task in items:
                read.ids.append(task.task_id)
        except rf.RecallFlowError as error:
            read.error = error
            read.rest = [task.task_id async for task in items]
        read.drift, read.total = tasks.drift, tasks.total
    return read


@pytest.fixture(params=["blocking", "async"])
def read(request: pytest.FixtureRequest, sandbox: Sandbox) -> Any:
    """Reads to the end after a script, with either client."""

    def read(*script: Fault | int, query: rf.GroupCallQuery = QUERY, **options: Any) -> Read:
        sandbox.script(*script)
        if request.param == "blocking":
            return read_blocking(sandbox, query, **options)
        return asyncio.run(read_async(sandbox, query, **options))

    return read


def test_every_task_comes_once_with_the_same_span_on_every_page(sandbox: Sandbox, read: Any) -> None:
    seen = read()
    assert len(seen.ids) == len(set(seen.ids)) == 574
    assert (seen.total, seen.drift) == (574, None)
    assert [request.json()["current"] for request in sandbox.requests] == [1, 2, 3, 4, 5, 6]
    assert {request.json()["params"]["endTime"] for request in sandbox.requests} == {"2024-06-03 15:13:01"}


def test_a_task_that_slid_comes_once_and_the_drift_is_told(read: Any) -> None:
    seen = read(page([4, 3], 4, 2), page([3, 2], 5, 3), page([1], 5, 3))
    assert seen.ids == [4, 3, 2, 1]
    assert seen.drift == rf.Drift(4, 5, 4, 1)


def test_an_empty_page_before_the_end_is_a_drift(read: Any) -> None:
    seen = read(page([6, 5], 6, 3), page([], 6, 3))
    assert seen.drift == rf.Drift(6, 6, 2, 0)
    assert str(seen.drift).endswith(": 6 items were announced, 2 were read")


def test_a_page_that_brings_nothing_new_is_passed_over(read: Any) -> None:
    seen = read(page([3], 3, 3), page([3], 4, 4), page([2], 4, 4), page([1], 4, 4))
    assert seen.ids == [3, 2, 1]


def test_an_empty_list_is_read(sandbox: Sandbox, read: Any) -> None:
    seen = read(query=QUERY.replace(search_condition="no such name"))
    assert (seen.ids, seen.drift) == ([], None)
    assert len(sandbox.requests) == 1


def test_after_an_error_the_same_page_is_requested_again(sandbox: Sandbox, read: Any) -> None:
    seen = read(page([4, 3], 4, 2), faults.code(-22), page([2, 1], 4, 2))
    assert seen.ids == [4, 3]
    assert isinstance(seen.error, rf.ParameterError)
    assert seen.error.operation == "query_group_calls"
    assert (seen.rest, seen.drift) == ([2, 1], None)
    assert [request.json()["current"] for request in sandbox.requests] == [1, 2, 2]


def test_concurrent_pages_are_read_in_order(sandbox: Sandbox, read: Any) -> None:
    expected = read().ids
    sandbox.reset()
    seen = read(query=QUERY.replace(size=10), concurrency=8)
    assert (seen.ids, seen.drift) == (expected, None)
    assert sorted(request.json()["current"] for request in sandbox.requests) == list(range(1, 59))


def test_a_strict_iteration_ends_with_an_error_if_the_list_changed(read: Any) -> None:
    seen = read(page([4, 3], 4, 2), page([3, 2], 5, 3), page([1], 5, 3), strict=True)
    assert (seen.ids, seen.rest) == ([4, 3, 2, 1], [])
    assert isinstance(seen.error, rf.IncompleteError)
    assert seen.error.drift == seen.drift == rf.Drift(4, 5, 4, 1)
    assert seen.error.operation == "query_group_calls"
    assert seen.error.is_retryable
    restored = pickle.loads(pickle.dumps(seen.error))
    assert (restored.drift, str(restored)) == (seen.drift, str(seen.error))
    assert str(restored).endswith("; read the list again")


def test_each_loop_starts_with_the_first_page(sandbox: Sandbox, client: rf.Client) -> None:
    tasks = client.group_calls(QUERY.replace(size=10))
    assert tasks.total is None
    first = next(tasks)
    assert next(tasks) != first
    assert next(iter(tasks)) == first
    # `next` continues the latest loop.
    assert next(tasks) != first
    items = iter(tasks)
    assert next(items) == first
    assert first not in list(items)
    assert first in list(tasks)


def test_a_list_is_read_in_whole_pages(sandbox: Sandbox, client: rf.Client, async_client: rf.AsyncClient) -> None:
    sizes = [100, 100, 100, 100, 100, 74]
    tasks = client.group_calls(QUERY, concurrency=3)
    assert [len(items) for items in tasks.pages()] == sizes
    assert tasks.total == 574

    async def main() -> None:
        tasks = async_client.group_calls(QUERY, concurrency=3)
        assert [len(items) async for items in tasks.pages()] == sizes
        assert tasks.total == 574

    asyncio.run(main())


@pytest.mark.parametrize(("limit", "length", "requests"), [(0, 0, 0), (200, 200, 2), (201, 201, 3), (None, 574, 6)])
def test_a_limited_list_requests_only_the_pages_that_it_needs(
    sandbox: Sandbox, limit: int | None, length: int, requests: int
) -> None:
    assert len(sandbox.client().group_calls(QUERY).to_list(limit=limit)) == length
    assert len(sandbox.requests) == requests
    tasks = asyncio.run(sandbox.async_client().group_calls(QUERY).to_list(limit=limit))
    assert len(tasks) == length
    assert len(sandbox.requests) == 2 * requests


def test_a_wrong_option_of_pages_is_refused_at_once(client: rf.Client, async_client: rf.AsyncClient) -> None:
    anything: Any
    for anything in (client, async_client):
        for concurrency in (0, 9, 2.0, True, None):
            with pytest.raises(rf.ConfigError, match="concurrency"):
                anything.group_calls(QUERY, concurrency=concurrency)
        with pytest.raises(rf.ConfigError, match="strict"):
            anything.group_calls(QUERY, strict=1)
    with pytest.raises(ValueError, match="expected `limit` to be at least 0, got -1"):
        client.group_calls(QUERY).to_list(limit=-1)


def test_a_canceled_step_drops_all_its_requests(sandbox: Sandbox) -> None:
    sandbox.script(page([3], 3, 3), faults.hold(), faults.hold())

    async def main() -> None:
        async with sandbox.async_client() as client, client.group_calls(QUERY, concurrency=2) as tasks:
            assert (await anext(tasks)).task_id == 3
            second = asyncio.ensure_future(anext(tasks))
            await asyncio.to_thread(sandbox.wait_for_requests, 3)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            await asyncio.to_thread(sandbox.wait_for_open_connections, 0)

    asyncio.run(main())


def test_closed_pages_end_the_loop(sandbox: Sandbox, async_client: rf.AsyncClient) -> None:
    async def main() -> None:
        async with async_client.group_calls(QUERY) as tasks:
            items = aiter(tasks)
            await anext(items)
        assert [task async for task in items] == []

    asyncio.run(main())
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("kind", ["client", "async_client"])
def test_an_invalid_query_is_refused_before_it_is_read(sandbox: Sandbox, kind: str) -> None:
    client = getattr(sandbox, kind)()
    with pytest.raises(rf.InvalidRequestError, match="size"):
        client.group_calls(QUERY.replace(size=101))


def test_pages_are_read_only_as_they_are_asked_for(sandbox: Sandbox, client: rf.Client) -> None:
    tasks = client.group_calls(QUERY.replace(size=10, current=3))
    assert sandbox.requests == []
    for _ in range(11):
        next(tasks)
    assert [request.json()["current"] for request in sandbox.requests] == [3, 4]


def test_pages_are_iterators(client: rf.Client, async_client: rf.AsyncClient) -> None:
    assert isinstance(client.group_calls(QUERY), Iterator)
    assert isinstance(async_client.group_calls(QUERY), AsyncIterator)
    assert repr(client.group_calls(QUERY)) == "<Pages, total=None, drift=None>"
    assert repr(async_client.group_calls(QUERY)) == "<AsyncPages, total=None, drift=None>"
    # Both can be written in annotations that are evaluated.
    assert str(rf.Pages[rf.GroupCallTask]) == "recallflow.Pages[recallflow.GroupCallTask]"
    assert str(rf.AsyncPages[rf.GroupCallTask]) == "recallflow.AsyncPages[recallflow.GroupCallTask]"


def test_every_call_of_a_page_has_the_options_that_were_given(sandbox: Sandbox, client: rf.Client) -> None:
    sandbox.script(503, 503, page([1], 2, 2), 503, 503, page([2], 2, 2))
    assert [task.task_id for task in client.group_calls(QUERY, max_retries=2, timeout=20)] == [1, 2]


def test_a_read_that_was_cancelled_goes_on_where_it_was(sandbox: Sandbox) -> None:
    sandbox.script(page([3, 2], 3, 2), faults.hold(), page([1], 3, 2))

    async def main() -> list[int | None]:
        async with sandbox.async_client() as client:
            tasks = aiter(client.group_calls(QUERY))
            ids = [(await anext(tasks)).task_id, (await anext(tasks)).task_id]
            third = asyncio.ensure_future(anext(tasks))
            await asyncio.to_thread(sandbox.wait_for_requests, 2)
            third.cancel()
            with pytest.raises(asyncio.CancelledError):
                await third
            return ids + [task.task_id async for task in tasks]

    assert asyncio.run(main()) == [3, 2, 1]


def test_several_tasks_may_share_one_iterator(sandbox: Sandbox) -> None:
    async def main() -> list[int | None]:
        async with sandbox.async_client() as client:
            tasks = aiter(client.group_calls(QUERY))

            async def some() -> list[int | None]:
                return [task.task_id async for task in tasks]

            parts = await asyncio.gather(*(some() for _ in range(4)))
            return [number for part in parts for number in part]

    ids = asyncio.run(main())
    assert len(ids) == len(set(ids)) == 574


def test_a_loop_may_be_left_early(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            async for _ in client.group_calls(QUERY):
                break
            await client.query_recall_flow_detail(12)

    asyncio.run(main(), debug=True)


@pytest.mark.parametrize(
    ("drift", "text"),
    [
        (rf.Drift(None, None, 3, 0), "3 were read"),
        (rf.Drift(574, 574, 100, 0), "574 items were announced, 100 were read"),
        (
            rf.Drift(4, 5, 4, 2),
            "4 items were announced at first and 5 later, 4 were read; repeated items skipped: 2",
        ),
    ],
)
def test_a_drift_is_a_value_that_reads_as_a_sentence(drift: rf.Drift, text: str) -> None:
    assert str(drift) == f"the list changed while it was being read, so items may be missing: {text}"
    assert drift == eval(repr(drift), {"Drift": rf.Drift}) == copy.copy(drift) == pickle.loads(pickle.dumps(drift))
    assert hash(drift) == hash(copy.copy(drift))
    anything: Any = drift
    with pytest.raises(AttributeError):
        anything.repeated = 0
