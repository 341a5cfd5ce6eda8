"""Options of a call, and clients with other options over the same connections."""

from __future__ import annotations

import asyncio
import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox, faults

if TYPE_CHECKING:
    from collections.abc import Callable

SPAN = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")
HEADERS = {"X-Request-Id": "7f2c"}


def ids(sandbox: Sandbox) -> list[str | None]:
    """Returns the value of a header in all requests."""
    return [request.header("x-request-id") for request in sandbox.requests]


def test_every_call_sends_its_headers(sandbox: Sandbox, client: rf.Client) -> None:
    client.query_recall_flow_detail(12, extra_headers=HEADERS)
    client.query_group_calls(SPAN, extra_headers=MappingProxyType(HEADERS))
    client.group_calls(SPAN, extra_headers=HEADERS).to_list(limit=60)
    client.call("voice/recallFlow/queryDetail", {"keyId": 12}, extra_headers=HEADERS)
    edit = client.edit_recall_flow(299, extra_headers=HEADERS)
    edit.replace(recall_interval=60)
    edit.apply(extra_headers=HEADERS)
    assert set(ids(sandbox)) == {"7f2c"}
    client.query_recall_flow_detail(12)
    assert ids(sandbox)[-1] is None


def test_every_call_of_an_async_client_sends_its_headers(sandbox: Sandbox) -> None:
    asyncio.run(call_with_headers(sandbox))
    assert set(ids(sandbox)) == {"7f2c"}


async def call_with_headers(sandbox: Sandbox) -> None:
    async with sandbox.async_client() as client:
        await client.query_recall_flow_detail(12, extra_headers=HEADERS)
        await client.group_calls(SPAN, extra_headers=HEADERS).to_list(limit=60)
        await client.call("voice/recallFlow/queryDetail", {"keyId": 12}, extra_headers=HEADERS)
        edit = await client.edit_recall_flow(299, extra_headers=HEADERS)
        edit.replace(recall_interval=60)
        await edit.apply(extra_headers=HEADERS)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Sign": "s3cret"}, "`extra_headers`: the client sets `Sign` itself; remove it"),
        ({"X": "s3cret\r\nSign: 1"}, "printable ASCII"),
        ({"X": 7}, '`extra_headers["X"]` must be text, but is a Python `int`'),
        ({7: "s3cret"}, "mapping of names to texts, but a name is a Python `int`"),
        ([("X", "s3cret")], "`extra_headers` must be a mapping of names to texts, but is a Python `list`"),
        ("s3cret", "`extra_headers` must be a mapping of names to texts, but is a Python `str`"),
    ],
)
def test_wrong_headers_are_refused_and_their_values_not_shown(
    sandbox: Sandbox, client: rf.Client, headers: Any, expected: str
) -> None:
    calls: list[Callable[[], object]] = [
        lambda: client.query_recall_flow_detail(12, extra_headers=headers),
        lambda: client.group_calls(SPAN, extra_headers=headers),
        lambda: client.call("voice/x", {}, extra_headers=headers),
        lambda: client.edit_recall_flow(299, extra_headers=headers),
        lambda: client.with_options(extra_headers=headers),
        lambda: sandbox.client(extra_headers=headers),
    ]
    for call in calls:
        with pytest.raises(rf.ConfigError) as caught:
            call()
        assert expected in str(caught.value)
        assert "s3cret" not in str(caught.value)
    assert sandbox.requests == []


def test_an_error_does_not_show_a_header_that_the_response_echoes(sandbox: Sandbox, client: rf.Client) -> None:
    sandbox.script(faults.reflect("page"))
    with pytest.raises(rf.RecallFlowError) as caught:
        client.query_recall_flow_detail(12, max_retries=0, extra_headers={"X-Token": "caller-CANARY"})
    assert "CANARY" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


def test_a_client_with_other_options_shares_connection_and_clock(sandbox: Sandbox, client: rf.Client) -> None:
    client.query_recall_flow_detail(12)
    other = client.with_options(timeout=5, max_retries=0, extra_headers={"X-Request-Id": "1", "X-App": "a"})
    assert (other.timeout, other.max_retries, other.base_url) == (5, 0, client.base_url)
    assert other.clock_offset is not None
    other.query_recall_flow_detail(12)
    other.with_options(extra_headers={"x-request-id": "2"}).query_recall_flow_detail(12)
    assert ids(sandbox) == [None, "1", "2"]
    assert [request.header("x-app") for request in sandbox.requests] == [None, "a", "a"]
    assert len({request.connection for request in sandbox.requests}) == 1


def test_each_client_is_closed_by_itself(client: rf.Client) -> None:
    with client.with_options(timeout=5) as other:
        other.query_recall_flow_detail(12)
    with pytest.raises(rf.ConfigError, match="closed"):
        other.query_recall_flow_detail(12)
    with pytest.raises(rf.ConfigError, match="closed"):
        other.with_options(timeout=5)
    client.query_recall_flow_detail(12)
    again = client.with_options(timeout=5)
    client.close()
    again.query_recall_flow_detail(12)


def test_options_that_connections_depend_on_need_another_client(client: rf.Client) -> None:
    for name, value in [
        ("proxy", False),
        ("max_connections", 5),
        ("max_requests_per_second", 2.5),
        ("base_url", rf.ITNIO),
        ("user_agent", "a"),
    ]:
        with pytest.raises(rf.ConfigError, match=f"`{name}` cannot be changed.*create another client"):
            client.with_options(**cast("Any", {name: value}))
    with pytest.raises(TypeError, match="does not have an option `retries`"):
        client.with_options(retries=5)  # type: ignore[call-arg]
    with pytest.raises(rf.ConfigError, match="`timeout`"):
        client.with_options(timeout=0)


def test_a_request_is_validated_by_the_options_of_its_client(sandbox: Sandbox, client: rf.Client) -> None:
    with pytest.raises(rf.InvalidRequestError):
        client.query_group_calls(SPAN.replace(size=101))
    with pytest.raises(rf.ApiError):
        client.with_options(validate=False).query_group_calls(SPAN.replace(size=101))
    assert len(sandbox.requests) == 1


def test_an_async_client_has_other_options_too(sandbox: Sandbox) -> None:
    async def read() -> None:
        async with sandbox.async_client() as client, client.with_options(timeout=5, extra_headers=HEADERS) as other:
            assert isinstance(other, rf.AsyncClient)
            await other.query_recall_flow_detail(12)

    asyncio.run(read())
    assert ids(sandbox) == ["7f2c"]


class Account(rf.Client):
    """A derived class with an attribute."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        super().__init__(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url)
        self.name = name


def test_a_client_with_other_options_has_the_class_and_the_attributes(sandbox: Sandbox) -> None:
    other = Account(sandbox, "first").with_options(timeout=5)
    assert isinstance(other, Account)
    assert other.name == "first"
    other.query_recall_flow_detail(12)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_child_can_use_clients_with_other_options(sandbox: Sandbox, client: rf.Client) -> None:
    other = client.with_options(timeout=5, extra_headers=HEADERS)
    other.query_recall_flow_detail(12)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            other.query_recall_flow_detail(12)
            client.query_recall_flow_detail(12)
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert ids(sandbox) == ["7f2c", "7f2c", None]
