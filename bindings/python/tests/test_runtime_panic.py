"""A panic of the native core becomes an error of that call, and does not affect others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

import recallflow as rf
from recallflow._loop import completions_of, outcome
from specimens import OPERATIONS

if TYPE_CHECKING:
    from recallflow.sandbox import Sandbox

QUERIES = [name for name in OPERATIONS if name.startswith("query_")]
UPDATE = "update_recall_flow"


def panic(client: rf.Client | rf.AsyncClient, operation: str) -> None:
    """Panics within a call of this operation."""
    position = OPERATIONS[operation]

    async def call() -> None:
        loop = asyncio.get_running_loop()
        completions, future = completions_of(loop), loop.create_future()
        number = client._core.panic(position, completions, future)
        assert number is not None
        await outcome(completions, future, number)

    if isinstance(client, rf.Client):
        client._core.panic(position)
    else:
        asyncio.run(call())


def use(client: rf.Client | rf.AsyncClient) -> None:
    """Checks that the client works."""

    async def call(client: rf.AsyncClient) -> rf.RecallFlowDetail:
        return await client.query_recall_flow_detail(12)

    detail = client.query_recall_flow_detail(12) if isinstance(client, rf.Client) else asyncio.run(call(client))
    assert detail.key_id == 12


@pytest.fixture(params=["blocking", "async"])
def either(request: pytest.FixtureRequest, sandbox: Sandbox) -> rf.Client | rf.AsyncClient:
    return sandbox.client() if request.param == "blocking" else sandbox.async_client()


@pytest.mark.parametrize("operation", QUERIES)
def test_a_query_that_panics_fails(either: rf.Client | rf.AsyncClient, operation: str) -> None:
    for _ in range(3):
        with pytest.raises(rf.RecallFlowError, match="this panic was asked for") as caught:
            panic(either, operation)
        assert type(caught.value) is rf.RecallFlowError
        assert caught.value.operation == operation
        use(either)


def test_an_update_that_panics_may_have_been_carried_out(either: rf.Client | rf.AsyncClient) -> None:
    with pytest.raises(rf.OutcomeUnknownError) as caught:
        panic(either, UPDATE)
    assert caught.value.operation == UPDATE
    cause = caught.value.cause
    assert type(cause) is rf.RecallFlowError
    assert cause is caught.value.__cause__
    assert "this panic was asked for" in str(cause)
    use(either)
