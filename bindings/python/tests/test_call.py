"""Calls of any other endpoint, by both clients."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox, faults
from vectors import cases


def outcome_of(sandbox: Sandbox, path: Any, body: Any, kind: Any, response: str | None) -> Any:
    """Returns the data or the error of a call, which are the same for both clients."""

    async def call_async() -> Any:
        async with sandbox.async_client(max_retries=0) as client:
            return await client.call(path, body, kind)

    outcomes: list[Any] = []
    for is_async in (True, False):
        sandbox.reset()
        if response is not None:
            sandbox.script(faults.respond(response))
        try:
            if is_async:
                outcomes.append(asyncio.run(call_async()))
            else:
                with sandbox.client(max_retries=0) as client:
                    outcomes.append(client.call(path, body, kind))
        except rf.RecallFlowError as error:
            outcomes.append(error)
    first, second = outcomes
    if isinstance(first, rf.RecallFlowError):
        assert (type(first), str(first)) == (type(second), str(second))
    else:
        assert first == second
    return second


def exact(text: str) -> Any:
    """Parses JSON into integers and decimals."""
    return json.loads(text, parse_float=Decimal)


def as_decimals(value: Any) -> Any:
    """Returns data with decimals in place of floats."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, list):
        return [as_decimals(item) for item in value]
    return {name: as_decimals(item) for name, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("case", cases("call"))
def test_calls_end_as_in_the_vectors(sandbox: Sandbox, case: dict[str, Any]) -> None:
    outcome = outcome_of(sandbox, case["path"], case["body"], case["kind"], case.get("response"))
    requests = sandbox.requests
    assert len(requests) == (1 if "response" in case else 0)
    if "error" in case:
        assert type(outcome).__name__ == case["error"]["kind"]
        for part in case["error"]["message_contains"]:
            assert part in str(outcome)
        assert "hunter2" not in repr(outcome) + str(outcome)
        return
    assert as_decimals(outcome) == exact(case["data"])
    assert (requests[0].path, requests[0].signature_valid) == (case["sent_path"], True)
    assert json.loads(requests[0].body) == case["body"]


def test_numbers_of_any_size_and_precision_make_a_round_trip(sandbox: Sandbox) -> None:
    body = {
        "large": 2**200,
        "digits": Decimal("0.12345678901234567890123"),
        "money": Decimal("1.10"),
        "float": 0.1,
        "tiny": Decimal("1E-400"),
        "flags": (True, False),
    }
    numbers = f'"large":{2**200},"digits":0.12345678901234567890123,"float":0.1,"tiny":1E-400'
    text = f'{{"code":0,"data":{{{numbers}}}}}'
    data = outcome_of(sandbox, "voice/numbers", body, "query", text)
    assert data == {name: body[name] for name in ("large", "digits", "float", "tiny")}
    assert (type(data["float"]), type(data["digits"])) == (float, Decimal)
    sent = exact(sandbox.requests[0].body)
    assert sent == {**body, "float": Decimal("0.1"), "flags": [True, False]}


def holding_itself() -> list[Any]:
    """Returns a list that contains itself."""
    items: list[Any] = []
    items.append(items)
    return items


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"a": [1, {2}]}, "`a[1]` must have a JSON form, but is a Python `set`"),
        ({"a": {"b": float("nan")}}, "`a.b` must have a JSON form, but is NaN"),
        ({"a": Decimal("Infinity")}, "`a` must have a JSON form, but is Infinity"),
        ({"a": b"bytes"}, "`a` must have a JSON form, but is a Python `bytes`"),
        ({"a": "\ud800"}, "`a` must have a JSON form, but is a text with a lone surrogate"),
        (holding_itself(), "`[0]` must have a JSON form, but is nested within itself"),
        (Fraction(1, 3), "the request must be an object or a list, but is a number"),
        (object(), "the request must have a JSON form, but is a Python `object`"),
    ],
)
def test_a_value_without_a_json_form_is_an_invalid_request(sandbox: Sandbox, body: Any, message: str) -> None:
    error = outcome_of(sandbox, "voice/balance", body, "query", None)
    assert isinstance(error, rf.InvalidRequestError)
    assert message in str(error)
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [
        (None, "query", "`path` must be text"),
        ("voice/balance", "read", 'expected `kind` to be "query" or "update", got "read"'),
        ("voice/balance", None, "`kind` must be text"),
    ],
)
def test_a_wrong_path_or_kind_is_a_config_error(sandbox: Sandbox, path: Any, kind: Any, message: str) -> None:
    error = outcome_of(sandbox, path, {}, kind, None)
    assert isinstance(error, rf.ConfigError)
    assert message in str(error)


def test_a_query_is_repeated_and_an_update_is_not(sandbox: Sandbox) -> None:
    with sandbox.client(max_retries=1) as client:
        sandbox.script("reset", faults.respond('{"code":0,"data":1}'))
        assert client.call("voice/balance", {}) == 1
        sandbox.reset()
        sandbox.script("reset")
        with pytest.raises(rf.OutcomeUnknownError) as caught:
            client.call("voice/balance", {}, "update")
    assert caught.value.operation == "/voice/balance"
    assert len(sandbox.requests) == 1


def test_options_of_a_call_apply(sandbox: Sandbox) -> None:
    sandbox.script(faults.hold())
    with sandbox.client() as client, pytest.raises(rf.TimeoutError) as caught:
        client.call("voice/balance", {}, timeout=0.2, max_retries=0)
    assert caught.value.attempts == 1


def test_an_unknown_endpoint_of_the_sandbox_is_not_found(sandbox: Sandbox, client: rf.Client) -> None:
    with pytest.raises(rf.ProtocolError) as caught:
        client.call("voice/unknown", {})
    assert caught.value.http_status == 404
