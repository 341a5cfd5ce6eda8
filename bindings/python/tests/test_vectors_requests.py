"""Plays `validation.json`, `encoding.json` and `updating.json`: violations, bodies and updates of flows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

import recallflow as rf
from recallflow.sandbox import RecordedRequest, Sandbox
from vectors import call, cases, forms, request_class, with_extra


def violations(found: list[rf.Violation]) -> list[dict[str, str]]:
    return [{"path": each.path, "rule": each.rule, "message": each.message} for each in found]


def advice(found: list[rf.RequestWarning]) -> list[dict[str, str]]:
    return [{"path": each.path, "message": each.message} for each in found]


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("case", cases("validation"))
def test_every_broken_rule_is_told_and_no_other(case: dict[str, Any]) -> None:
    for form in forms(case):
        try:
            request = with_extra(request_class(case).from_wire(form), case)
        except rf.InvalidRequestError as error:
            assert violations(error.violations) == case["violations"]
            assert case["violations"], "expected an invalid request"
            # A request that cannot be read does not get warnings.
            assert case.get("warnings", []) == []
        else:
            assert violations(request.validate()) == case["violations"]
            assert advice(request.warnings()) == case.get("warnings", [])


@pytest.mark.parametrize("case", cases("validation"))
def test_what_breaks_rules_is_not_sent(shared_sandbox: Sandbox, case: dict[str, Any]) -> None:
    try:
        request = with_extra(request_class(case).from_wire(forms(case)[0]), case)
    except rf.InvalidRequestError:
        return
    if not case["violations"] or isinstance(request, rf.RecallNode | rf.AgentRecallNode):
        return
    shared_sandbox.reset()
    with shared_sandbox.client() as client, pytest.raises(rf.InvalidRequestError) as caught:
        call(client, request)
    assert violations(caught.value.violations) == case["violations"]

    async def ask() -> None:
        async with shared_sandbox.async_client() as client:
            await call(client, request)

    with pytest.raises(rf.InvalidRequestError) as caught:
        asyncio.run(ask())
    assert violations(caught.value.violations) == case["violations"]
    assert shared_sandbox.requests == []


def send(sandbox: Sandbox, request: rf.Request) -> RecordedRequest:
    """Sends a request, and returns the result. Rules are not checked, because some cases break them."""
    sandbox.reset()
    with sandbox.client(validate=False, max_retries=0) as client:
        # The sandbox refuses a request that breaks rules.
        try:
            call(client, request)
        except rf.ApiError as error:
            assert request.validate() or error.code == -22, error
    (recorded,) = sandbox.requests
    return recorded


@pytest.mark.parametrize("case", cases("encoding"))
def test_requests_are_sent_with_exactly_this_body(shared_sandbox: Sandbox, case: dict[str, Any]) -> None:
    body = case["body"]
    for form in forms(case):
        request = with_extra(request_class(case).from_wire(form), case)
        # Compared as text, because dicts ignore the order, and 1, 1.0 and True are equal.
        assert json.dumps(request.to_wire()) == json.dumps(json.loads(body))
        if isinstance(request, rf.RecallNode):
            # A node is only sent within an update.
            update = rf.UpdateRecallFlow(
                key_id=299, recall_interval=30, recall_num=1, recall_type=0, node_list=[request]
            )
            recorded = send(shared_sandbox, update)
            assert recorded.body == (
                f'{{"keyId":299,"recallInterval":30,"recallNum":1,"recallType":0,"nodeList":[{body}]}}'
            )
        else:
            recorded = send(shared_sandbox, request)
            assert recorded.body == body
        assert recorded.body_bytes == len(recorded.body.encode())
        assert recorded.signature_valid
        assert recorded.header("content-type") == "application/json;charset=UTF-8"


@pytest.mark.parametrize("case", cases("updating"))
def test_flows_become_the_expected_updates(case: dict[str, Any]) -> None:
    detail = rf.RecallFlowDetail.from_wire(case["detail"])
    try:
        update = detail.to_update()
    except rf.InvalidRequestError as error:
        found = [{"path": each.path, "rule": each.rule} for each in error.violations]
        assert found == case["violations"] != []
    else:
        assert type(update) is request_class(case)
        assert update.to_wire() == case["update"]
        assert advice(update.warnings()) == case.get("warnings", [])
