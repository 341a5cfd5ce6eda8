"""Calls that take the fields of a request by keyword."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

import recallflow as rf
from recallflow._keywords import UNSET
from recallflow.sandbox import Sandbox

SPAN: dict[str, Any] = {"str_time": "2024-01-01 00:00:00", "end_time": "2024-06-03 15:13:01"}
UPDATE: dict[str, Any] = {"key_id": 299, "recall_interval": 45, "recall_num": 2, "recall_type": rf.RecallType.FAILED}

# Methods that take a request, with their requests.
METHODS = [
    ("query_group_calls", rf.GroupCallQuery),
    ("group_calls", rf.GroupCallQuery),
    ("query_recall_flows", rf.RecallFlowQuery),
    ("recall_flows", rf.RecallFlowQuery),
    ("update_recall_flow", rf.UpdateRecallFlow),
    ("update_agent_recall_flow", rf.UpdateAgentRecallFlow),
]


@pytest.mark.parametrize("client", [rf.Client, rf.AsyncClient])
@pytest.mark.parametrize(("name", "request_class"), METHODS)
def test_every_field_is_a_keyword(client: type, name: str, request_class: type[rf.Request]) -> None:
    fields = inspect.signature(request_class, eval_str=True).parameters
    parameters = inspect.signature(getattr(client, name), eval_str=True).parameters
    assert list(parameters)[1] == ("request" if name.startswith("update") else "query")
    for field, parameter in fields.items():
        assert parameters[field].annotation == parameter.annotation
        assert parameters[field].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[field].default is UNSET
    assert repr(UNSET) == "<unset>"


def test_a_call_with_keywords_sends_what_a_call_with_a_request_sends(sandbox: Sandbox, client: rf.Client) -> None:
    client.query_group_calls(rf.GroupCallQuery(**SPAN, size=5))
    client.query_group_calls(**SPAN, size=5)
    assert client.group_calls(**SPAN, size=5).to_list(limit=1)
    client.update_recall_flow(rf.UpdateRecallFlow(**UPDATE, extra={"new": 1}))
    client.update_recall_flow(**UPDATE, extra={"new": 1}, timeout=5, max_retries=0)
    page, again, pages, update, updated = [request.body for request in sandbox.requests]
    assert page == again == pages
    assert update == updated


def test_asynchronous_calls_take_keywords(sandbox: Sandbox, async_client: rf.AsyncClient) -> None:
    async def main() -> None:
        async with async_client as client:
            page = await client.query_group_calls(**SPAN, size=5, timeout=5)
            assert await client.group_calls(**SPAN).to_list(limit=5) == list(page.records)
            await client.update_recall_flow(**UPDATE)

    asyncio.run(main())
    flow = sandbox.flow(299)
    assert flow is not None
    assert flow["recallInterval"] == 45


def test_methods_with_arguments_take_them_by_name(sandbox: Sandbox, client: rf.Client) -> None:
    assert client.query_recall_flow_detail(key_id=299).key_id == 299
    client.cancel_recall_flow(scope=rf.CancelScope.FLOW, id=299)


def test_keywords_obey_the_rules(client: rf.Client) -> None:
    with pytest.raises(rf.InvalidRequestError) as caught:
        client.query_group_calls(str_time="yesterday", end_time=SPAN["end_time"], size=0)
    assert [violation.path for violation in caught.value.violations] == ["params.strTime", "size"]


@pytest.mark.parametrize("name", ["query_group_calls", "group_calls"])
def test_wrong_keywords_are_refused(client: rf.Client, name: str) -> None:
    call: Any = getattr(client, name)
    query = rf.GroupCallQuery(**SPAN)
    with pytest.raises(TypeError, match=rf"Client\.{name}\(\) got an unexpected keyword argument 'sizes'"):
        call(**SPAN, sizes=5)
    with pytest.raises(TypeError, match=r"^expected a GroupCallQuery or its fields by keyword, got no `end_time`$"):
        call(str_time=SPAN["str_time"])
    with pytest.raises(TypeError, match=r"got no `str_time`, `end_time`$"):
        call()
    with pytest.raises(TypeError, match=r"got both: pass `size`, `status_list` to its `replace`$"):
        call(query, size=5, status_list=None)
