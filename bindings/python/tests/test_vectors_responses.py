"""Plays the responses of `decoding.json` and `errors.json` to both clients."""

from __future__ import annotations

import asyncio
import base64
import copy
import json
import pickle
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

import recallflow as rf
from recallflow.sandbox import Fault, Sandbox, faults
from specimens import documented, wire_name
from vectors import any_request, call, cases, load

CREDENTIALS = load("errors")["credentials"]


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with Sandbox(**CREDENTIALS) as sandbox:
        yield sandbox


def play(sandbox: Sandbox, operation: str, scripted: Fault, **options: Any) -> Any:
    """Calls an operation that gets this response, over a separate connection."""
    sandbox.reset()
    sandbox.script(scripted)
    with sandbox.client(max_retries=0, **options) as client:
        return call(client, any_request(operation))


def play_async(sandbox: Sandbox, operation: str, scripted: Fault, **options: Any) -> Any:
    """Does the same with the asynchronous client."""

    async def ask() -> Any:
        async with sandbox.async_client(max_retries=0, **options) as client:
            return await call(client, any_request(operation))

    sandbox.reset()
    sandbox.script(scripted)
    return asyncio.run(ask())


def extra_paths(response: rf.Response) -> list[str]:
    """Returns the paths of all values in an `extra`."""
    paths = list(response.extra)
    for field in documented(type(response)):
        value = getattr(response, field)
        items = [item for item in value if isinstance(item, rf.Response)] if isinstance(value, Sequence) else []
        paths += [f"{wire_name(field)}[{at}].{path}" for at, item in enumerate(items) for path in extra_paths(item)]
    return sorted(paths)


@pytest.mark.parametrize("case", cases("decoding"))
def test_responses_are_decoded_as_in_the_vectors(shared_sandbox: Sandbox, case: dict[str, Any]) -> None:
    scripted = faults.respond(case["body"], status=case.get("http_status", 200))
    response = play(shared_sandbox, case["operation"], scripted)
    assert play_async(shared_sandbox, case["operation"], scripted) == response
    if case["response"] is None:
        assert response is None
        return
    assert isinstance(response, rf.Response)
    wire = response.to_wire()
    # Compared as text, because 1, 1.0 and True are equal.
    assert json.dumps(wire, sort_keys=True) == json.dumps(case["response"], sort_keys=True)
    assert extra_paths(response) == sorted(case.get("extra", []))

    kind = type(response)
    for same in (
        kind.from_wire(wire),
        kind.from_wire(json.dumps(wire)),
        kind.from_wire(json.dumps(wire, ensure_ascii=False).encode()),
        kind.from_dict(response.to_dict()),
        kind.from_dict(json.loads(response.to_json())),
        pickle.loads(pickle.dumps(response)),
        copy.deepcopy(response),
    ):
        assert type(same) is kind
        assert same == response
        assert hash(same) == hash(response)
        assert repr(same) == repr(response)
        assert same.to_wire() == wire


def fault(scripted: dict[str, Any]) -> Fault:
    """Returns the sandbox's fault that sends this response."""

    def content(name: str) -> str | bytes:
        return base64.b64decode(scripted[f"{name}_base64"]) if f"{name}_base64" in scripted else str(scripted[name])

    if "status" not in scripted:
        return faults.raw(content("raw"))
    headers = [(name, value) for name, value in scripted.get("headers", [])]
    return faults.respond(content("body"), status=scripted["status"], headers=headers)


def state(error: BaseException) -> dict[str, Any]:
    """Returns all fields of an error, with its cause in the same form, and without the headers, which hold a time."""
    held = {**vars(error), "kind": type(error), "args": error.args, "text": str(error)}
    response = held["response"]
    held["response"] = response and (response.http_status, response.body)
    return {name: state(value) if isinstance(value, BaseException) else value for name, value in held.items()}


def shown(error: BaseException) -> list[str]:
    """Returns all texts of an error, its pickle, and the local variables of the package in its traceback."""
    frames = [
        frame for frame, _ in traceback.walk_tb(error.__traceback__) if "recallflow" in frame.f_globals["__name__"]
    ]
    held = [error, vars(error), pickle.dumps(error), *(frame.f_locals for frame in frames)]
    return [str(error), *map(repr, held)]


def check(error: rf.RecallFlowError, expected: dict[str, Any], details: dict[str, Any]) -> None:
    """Compares an error. Code, status, wait and phase of an unknown outcome are those of its cause."""
    assert type(error).__name__ == expected["kind"]
    cause = expected.get("cause")
    if cause is None:
        assert not isinstance(error, rf.OutcomeUnknownError)
    else:
        assert isinstance(error, rf.OutcomeUnknownError)
        assert error.cause is error.__cause__
        check(error.cause, cause, cause)
        assert not error.is_retryable
    assert error.outcome_is_known is (cause is None)
    assert getattr(error, "code", None) == details.get("code")
    assert error.http_status == details.get("http_status")
    assert error.retry_after == details.get("retry_after_seconds")
    assert error.phase == details.get("phase")
    for part in expected.get("message_contains", []):
        assert part in str(error)
    # It has the whole body, which holds what the message leaves out.
    error.response = None
    for part in expected.get("message_lacks", []):
        assert all(part not in text for text in shown(error))
    for part in expected.get("remedy_contains", []):
        assert part in (error.remedy or "")
    excerpt = error.excerpt if isinstance(error, rf.ProtocolError) else ""
    for part in expected.get("excerpt_contains", []):
        assert part in excerpt
    for part in expected.get("excerpt_lacks", []):
        assert part not in excerpt


@pytest.mark.parametrize("case", cases("errors"))
def test_errors_are_those_of_the_vectors(shared_sandbox: Sandbox, case: dict[str, Any]) -> None:
    options, operation, scripted = case.get("options", {}), case["operation"], fault(case["response"])
    errors: list[rf.RecallFlowError] = []
    for way in (play, play_async):
        with pytest.raises(rf.RecallFlowError) as caught:
            way(shared_sandbox, operation, scripted, **options)
        errors.append(caught.value)
        assert len(shared_sandbox.requests) == 1
    error, from_async = errors

    assert (error.operation, error.attempts) == (operation, 1)
    assert state(from_async) == state(error)
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert state(same) == state(error)
    for each in errors:
        assert all(CREDENTIALS["api_secret"] not in text for text in shown(each))
    check(error, case["error"], case["error"].get("cause") or case["error"])
