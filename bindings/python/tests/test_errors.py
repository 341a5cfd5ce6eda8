"""The classes of errors: their attributes, pickling, copying and printing."""

from __future__ import annotations

import builtins
import copy
import pickle
import sys
from typing import Any

import pytest

import recallflow as rf
from recallflow import _errors
from recallflow.sandbox import Sandbox

COMMON: dict[str, Any] = {
    "operation": "update_recall_flow",
    "attempts": 3,
    "remedy": "wait",
    "http_status": 429,
    "retry_after": 1.5,
    "phase": "response",
    "is_retryable": True,
}
VIOLATION = rf.Violation("keyId", "required", "`keyId` is required")
API = {"code": -15, "message": "slow down", "meaning": "too many requests"}

# Every class that adds attributes.
CLASSES: list[tuple[type[rf.RecallFlowError], dict[str, Any]]] = [
    (rf.RecallFlowError, {}),
    (rf.ConfigError, {}),
    (rf.InvalidRequestError, {"violations": [VIOLATION]}),
    (rf.ConflictError, {"status": 0, "changes": [rf.Change("recallNum", 1, 2, "recallNum: 1 -> 2")]}),
    (rf.IncompleteError, {"drift": rf.Drift(4, 5, 4, 1)}),
    (rf.ApiError, API),
    (rf.AuthenticationError, API),
    (rf.IpRestrictedError, API),
    (rf.TimestampExpiredError, API),
    (rf.RateLimitedError, API),
    (rf.ServiceError, API),
    (rf.ParameterError, API),
    (rf.TransportError, {}),
    (rf.TimeoutError, {}),
    (rf.ProtocolError, {"excerpt": "<html>"}),
    (rf.UnavailableError, {"excerpt": "<html>"}),
    (rf.OutcomeUnknownError, {"cause": rf.TransportError("no response", phase="body")}),
    (rf.WaitError, {"reason": "unreachable"}),
]
each_class = pytest.mark.parametrize(
    ("kind", "own"), [pytest.param(kind, own, id=kind.__name__) for kind, own in CLASSES]
)


class Wrapped(rf.ConfigError):
    """A class that a program derives from an error of the package."""

    def __init__(self, path: str, line: int) -> None:
        super().__init__(f"{path}:{line}")
        self.line = line


def state(error: BaseException) -> dict[str, Any]:
    """Returns all attributes of an error."""
    shown = dict(vars(error), text=str(error), args=error.args, kind=type(error))
    if isinstance(shown.get("cause"), BaseException):
        shown["cause"] = state(shown["cause"])
    return shown


def test_every_public_error_is_tried_here() -> None:
    public = {value for value in map(rf.__dict__.get, rf.__all__) if isinstance(value, type)}
    assert {kind for kind in public if issubclass(kind, BaseException)} == {kind for kind, _ in CLASSES}


@each_class
def test_an_error_has_its_text_and_attributes(kind: type[rf.RecallFlowError], own: dict[str, Any]) -> None:
    error = kind("what happened", **COMMON, **own)
    assert str(error) == "what happened"
    assert repr(error) == f"{kind.__name__}('what happened')"
    assert {name: getattr(error, name) for name in {**COMMON, **own}} == {**COMMON, **own}
    assert isinstance(error, rf.RecallFlowError)
    assert kind.__module__ == "recallflow"


@each_class
def test_attributes_are_always_there(kind: type[rf.RecallFlowError], own: dict[str, Any]) -> None:
    required = {name: own[name] for name in ("cause", "drift") if name in own}
    error = kind("text", **required)
    assert error.attempts == 0
    assert error.is_retryable is False
    assert all(getattr(error, name) is None for name in COMMON if name not in ("attempts", "is_retryable"))
    assert all(hasattr(error, name) for name in own)


@each_class
def test_an_error_is_pickled_and_copied_with_everything(kind: type[rf.RecallFlowError], own: dict[str, Any]) -> None:
    error = kind("what happened", **COMMON, **own)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert state(pickle.loads(pickle.dumps(error, protocol))) == state(error)
    for same in (copy.copy(error), copy.deepcopy(error)):
        assert state(same) == state(error)
        assert same is not error


def test_a_pickle_names_the_public_class() -> None:
    assert b"_errors" not in pickle.dumps(rf.ApiError)


def test_a_class_derived_from_ours_is_pickled() -> None:
    error = Wrapped("flows.csv", 12)
    assert state(pickle.loads(pickle.dumps(error))) == state(error)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="notes are new in 3.11")
def test_notes_and_causes_are_pickled_along() -> None:
    error = rf.ApiError("text")
    add_note: Any = getattr(error, "add_note")  # noqa: B009, type checkers look at it as 3.10 does
    add_note("while reading flow 12")
    error.__cause__ = ValueError("deeper")
    again = pickle.loads(pickle.dumps(error))
    assert again.__notes__ == ["while reading flow 12"]
    assert repr(again.__cause__) == "ValueError('deeper')"


def test_the_tree() -> None:
    api = [
        rf.AuthenticationError,
        rf.IpRestrictedError,
        rf.TimestampExpiredError,
        rf.RateLimitedError,
        rf.ServiceError,
        rf.ParameterError,
    ]
    assert all(issubclass(kind, rf.ApiError) for kind in api)
    assert issubclass(rf.TimeoutError, rf.TransportError)
    assert issubclass(rf.UnavailableError, rf.ProtocolError)
    direct = {kind for kind, _ in CLASSES if rf.RecallFlowError in kind.__bases__}
    assert direct == {
        rf.ConfigError,
        rf.InvalidRequestError,
        rf.ConflictError,
        rf.WaitError,
        rf.IncompleteError,
        rf.ApiError,
        rf.TransportError,
        rf.ProtocolError,
        rf.OutcomeUnknownError,
    }


def test_a_timeout_is_one_of_python_as_well() -> None:
    with pytest.raises(builtins.TimeoutError):
        raise rf.TimeoutError("too late", phase="connect")


def test_an_unknown_outcome_has_its_cause() -> None:
    cause = rf.TransportError("no response")
    error = rf.OutcomeUnknownError("who knows", cause=cause)
    assert error.cause is error.__cause__ is cause
    again = pickle.loads(pickle.dumps(error))
    assert again.cause is again.__cause__


def test_what_the_core_does_not_name_is_an_error_of_the_library_all_the_same() -> None:
    payload = dict.fromkeys(["operation", "remedy", "http_status", "retry_after", "phase"])
    error = _errors.make({**payload, "name": "Panic", "message": "a bug", "attempts": 0})
    assert type(error) is rf.RecallFlowError
    assert str(error) == "a bug"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (VIOLATION, "`keyId` is required"),
        (rf.RequestWarning("nodeList[0].text", "a variable that is none"), "a variable that is none"),
    ],
)
def test_violations_and_warnings_are_values(value: rf.Violation | rf.RequestWarning, text: str) -> None:
    assert str(value) == text
    assert eval(repr(value), {"Violation": rf.Violation, "RequestWarning": rf.RequestWarning}) == value
    for same in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert same == value
        assert hash(same) == hash(value)
    assert value != value.replace(message="another")
    assert value != (value.path, value.message)
    anything: Any = value
    with pytest.raises(AttributeError, match="replace"):
        anything.path = "other"
    with pytest.raises(AttributeError):
        del anything.path


def test_violations_can_be_matched() -> None:
    match VIOLATION:
        case rf.Violation(path, "required", _):
            assert path == "keyId"
        case _:
            pytest.fail("it is required")


def test_invalid_request_lists_every_rule_and_sends_nothing(sandbox: Sandbox, client: rf.Client) -> None:
    update = rf.UpdateRecallFlow(key_id=299, recall_interval=0, recall_num=11, recall_type=rf.RecallType.ALL)
    with pytest.raises(rf.InvalidRequestError) as caught:
        client.update_recall_flow(update)
    error = caught.value
    assert error.violations == update.validate()
    assert [(violation.path, violation.rule) for violation in error.violations] == [
        ("recallInterval", "range"),
        ("recallNum", "range"),
    ]
    assert error.operation == "update_recall_flow"
    assert all(violation.message in str(error) for violation in error.violations)
    assert sandbox.requests == []
