"""Checks fields of requests that this version does not know, in `extra`."""

from __future__ import annotations

import copy
import datetime
import pickle
from collections import OrderedDict
from typing import Any

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox
from specimens import NODE, QUERY, REQUESTS, UPDATE, BrokenMapping, deep, endless, with_field


def paths(found: list[rf.RequestWarning]) -> list[str]:
    return [each.path for each in found]


@pytest.mark.parametrize("kind", REQUESTS)
def test_unknown_fields_are_sent_with_a_warning(kind: type[rf.Request]) -> None:
    request = with_field(
        kind, "extra", OrderedDict(newRegion="AE", newLevel=[1, {"a": None}], newRatio=0.5, newOn=True)
    )
    assert isinstance(request.extra, rf.Extra)
    assert request.validate() == []
    without_extra = paths(with_field(kind, "extra", {}).warnings())
    assert paths(request.warnings()) == [*without_extra, "newLevel", "newOn", "newRatio", "newRegion"]
    wire = request.to_wire()
    assert [wire[name] for name in ("newRegion", "newLevel", "newRatio", "newOn")] == [
        "AE",
        [1, {"a": None}],
        0.5,
        True,
    ]
    with pytest.raises(rf.InvalidRequestError, match="`newRegion` is not a field of the request"):
        kind.from_wire(wire)


@pytest.mark.parametrize("kind", REQUESTS)
def test_requests_keep_extra_like_other_fields(kind: type[rf.Request]) -> None:
    request = with_field(kind, "extra", {"newRegion": "AE"})
    assert kind.from_dict(request.to_dict()) == request
    assert pickle.loads(pickle.dumps(request)) == copy.deepcopy(request) == request
    assert request != with_field(kind, "extra", {})
    assert hash(request) == hash(with_field(kind, "extra", {}))
    assert "extra={'newRegion': 'AE'}" in repr(request)
    assert "extra" not in repr(request.replace(extra={}))


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("extra", [5, "x", [], BrokenMapping(), {1}], ids=str)
def test_what_is_not_a_mapping_is_a_violation(kind: type[rf.Request], extra: Any) -> None:
    (violation,) = with_field(kind, "extra", extra).validate()
    assert (violation.path, violation.rule) == ("extra", "type")


@pytest.mark.parametrize(
    ("value", "path", "text"),
    [
        ({1}, "extra.x", "must be a JSON value, but is a Python `set`"),
        ([1, b"x"], "extra.x[1]", "must be a JSON value, but is a Python `bytes`"),
        ({"y": float("nan")}, "extra.x.y", "must be a JSON value, but is NaN"),
        (2**70, "extra.x", "must be a JSON value, but is a number of 71 bits"),
        ("\ud800", "extra.x", "must be a JSON value, but is a text with a lone surrogate"),
        (NODE, "extra.x", "must be a JSON value, but is a Python `RecallNode`"),
    ],
)
def test_a_value_without_a_json_form_is_a_violation(value: Any, path: str, text: str) -> None:
    (violation,) = UPDATE.replace(extra={"x": value}).validate()
    assert (violation.path, violation.rule, violation.message) == (path, "type", f"`{path}` {text}")


def test_endless_and_deep_values_are_violations() -> None:
    for value in (endless(), deep()):
        (violation,) = UPDATE.replace(extra={"x": value}).validate()
        assert violation.message.endswith("is nested too deeply")


def test_times_and_enums_have_their_wire_form() -> None:
    extra = {"at": datetime.datetime(2024, 1, 2, 3, 4, 5), "type": rf.RecallType.FAILED}
    wire = UPDATE.replace(extra=extra).to_wire()
    assert (wire["at"], wire["type"]) == ("2024-01-02 03:04:05", 1)


def test_nodes_and_constructors_take_extra() -> None:
    node = rf.RecallNode.uploaded("voice.wav", extra={"region": "AE"})
    update = UPDATE.replace(node_list=[NODE, node])
    assert update.to_wire()["nodeList"][1]["region"] == "AE"
    assert paths(update.warnings()) == ["nodeList[1].region"]


def test_a_nested_wire_object_adds_to_its_fields() -> None:
    query = QUERY.replace(extra={"params": {"region": "AE"}})
    assert query.to_wire()["params"]["region"] == "AE"
    assert query.to_wire()["params"].keys() > {"strTime", "endTime"}
    assert rf.GroupCallQuery.from_dict(query.to_dict()) == query


def test_a_misspelt_field_is_named_in_the_warning() -> None:
    (warning,) = UPDATE.replace(extra={"recallInterva": 5}).warnings()
    assert warning.message.endswith("It resembles `recallInterval`.")


def test_the_client_refuses_a_documented_field_even_without_validation() -> None:
    """Which of the two values the caller meant is unknown."""
    with Sandbox() as sandbox, sandbox.client(validate=False) as client:
        with pytest.raises(rf.InvalidRequestError, match=r"`extra\.recallNum` is a documented field"):
            client.update_recall_flow(UPDATE.replace(extra={"recallNum": 5}))
        assert sandbox.requests == []


def test_a_flow_is_written_back_with_its_unknown_fields() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        flow = client.query_recall_flow_detail(300).to_wire()
        flow["nodeList"][0]["region"] = "AE"
        sandbox.insert_flow({**flow, "priority": {"level": 3}})
        before = client.query_recall_flow_detail(300)
        update = before.to_update()
        assert isinstance(update, rf.UpdateRecallFlow)
        assert paths(update.warnings()) == ["nodeList[0].region", "priority"]
        client.update_recall_flow(update.replace(node_list=update.node_list[:2] if update.node_list else None))
        after = client.query_recall_flow_detail(300)
        assert after.extra == before.extra == {"priority": {"level": 3}}
        assert after.node_list[0].extra == {"region": "AE"}
