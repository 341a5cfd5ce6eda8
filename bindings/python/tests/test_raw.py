"""The HTTP response behind a result or an error."""

from __future__ import annotations

import asyncio
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox, faults

if TYPE_CHECKING:
    from collections.abc import Callable

QUERY = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")


def blocking(sandbox: Sandbox, call: Callable[[Any], Any]) -> Any:
    return call(sandbox.client())


def background(sandbox: Sandbox, call: Callable[[Any], Any]) -> Any:
    async def run() -> Any:
        async with sandbox.async_client() as client:
            return await call(client)

    return asyncio.run(run())


both = pytest.mark.parametrize("play", [blocking, background])


@both
def test_a_raw_response_has_everything(sandbox: Sandbox, play: Any) -> None:
    sandbox.script(faults.status(503))
    response = play(sandbox, lambda client: client.with_raw_response.query_recall_flow_detail(299))
    assert isinstance(response, rf.RawResponse)
    assert (response.http_status, response.attempts) == (200, 2)
    assert response.headers["content-type"] == "application/json;charset=UTF-8"
    assert json.loads(response.body)["data"]["keyId"] == 299
    assert isinstance(response.parsed, rf.RecallFlowDetail)
    assert response.parsed.key_id == 299
    assert 0 < response.elapsed < 30
    assert "keyId" not in repr(response)


@both
def test_every_operation_has_a_raw_method(sandbox: Sandbox, play: Any) -> None:
    page = play(sandbox, lambda client: client.with_raw_response.query_group_calls(QUERY))
    assert isinstance(page.parsed, rf.GroupCallPage)
    canceled = play(sandbox, lambda client: client.with_raw_response.cancel_recall_flow(rf.CancelScope.FLOW, 299))
    assert canceled.parsed is None
    assert json.loads(canceled.body)["code"] == 0
    other = play(sandbox, lambda client: client.with_raw_response.call("voice/recallFlow/queryDetail", {"keyId": 300}))
    assert other.parsed["keyId"] == 300


def test_a_raw_method_accepts_the_options_of_the_call(sandbox: Sandbox) -> None:
    sandbox.script(faults.status(503))
    with pytest.raises(rf.UnavailableError):
        sandbox.client().with_raw_response.query_recall_flow_detail(299, max_retries=0)


def test_a_raw_response_is_a_record(sandbox: Sandbox) -> None:
    response = sandbox.client().with_raw_response.query_recall_flow_detail(299)
    assert pickle.loads(pickle.dumps(response)) == response
    assert isinstance(hash(response), int)


def test_raw_methods_are_documented() -> None:
    client = rf.Client("key", "secret")
    raw = client.with_raw_response.query_recall_flow_detail
    assert raw.__name__ == "query_recall_flow_detail"
    assert (raw.__doc__ or "").startswith("Reads one recall flow")
    assert repr(client.with_raw_response) == f"{client!r}.with_raw_response"


@both
def test_an_error_carries_the_response(sandbox: Sandbox, play: Any) -> None:
    sandbox.script(faults.respond("<html>no entry</html>", status=403))
    with pytest.raises(rf.ProtocolError) as raised:
        play(sandbox, lambda client: client.query_recall_flow_detail(299))
    response = raised.value.response
    assert response is not None
    assert (response.http_status, response.body) == (403, "<html>no entry</html>")
    assert "date" in response.headers
    restored = pickle.loads(pickle.dumps(raised.value))
    assert restored.response == response
    assert "no entry" not in repr(response)


def test_an_unknown_outcome_carries_the_response(sandbox: Sandbox) -> None:
    sandbox.script(faults.status(502))
    with pytest.raises(rf.OutcomeUnknownError) as raised:
        sandbox.client().cancel_recall_flow(rf.CancelScope.FLOW, 299)
    assert raised.value.response is not None
    assert raised.value.response.http_status == 502


def test_an_error_without_a_response_carries_none() -> None:
    with pytest.raises(rf.TransportError) as raised:
        rf.Client("key", "secret", base_url="http://127.0.0.1:9", max_retries=0).query_recall_flow_detail(299)
    assert raised.value.response is None
