"""Validates requests whose constructors got Python objects of every kind."""

from __future__ import annotations

import datetime
import json
import numbers
import re
from collections import OrderedDict, UserList, deque
from decimal import Decimal
from enum import IntEnum
from types import MappingProxyType
from typing import Any
from unittest import mock

import pytest

import recallflow as rf
from specimens import (
    AWARE,
    DETAIL_QUERY,
    NODE,
    QUERY,
    REQUESTS,
    TASK,
    UPDATE,
    Broken,
    BrokenMapping,
    BrokenTime,
    BrokenZone,
    Text,
    Whole,
    annotation,
    deep,
    documented,
    endless,
    path,
    wire_name,
    with_field,
)
from vectors import load, request_class


def constructed(kind: type[rf.Request], wire: Any, *, flags: bool) -> rf.Request | None:
    """Calls the constructor of a request for its wire form; None if no constructor can create it."""
    if not isinstance(wire, dict):
        return None
    given = dict(wire)
    if kind is rf.GroupCallQuery:
        params = given.pop("params", None)
        if not isinstance(params, dict) or not params:
            return None
        if given.keys() & params.keys() or given.keys() - {"current", "size"} or params.keys() & {"current", "size"}:
            return None
        given |= params
    names = {wire_name(name): name for name in documented(kind)}
    if not given.keys() <= names.keys():
        return None
    values: dict[str, Any] = dict.fromkeys(names.values())
    for name, value in given.items():
        if "bool" in annotation(kind, names[name]):
            # A boolean is a flag in Python, but not on the wire.
            if isinstance(value, bool):
                return None
            values[names[name]] = bool(value) if flags and value in (0, 1) else value
        elif name == "nodeList" and isinstance(value, list):
            nodes = [
                constructed(rf.RecallNode, node, flags=flags) if isinstance(node, dict) else node for node in value
            ]
            if None in nodes:
                return None
            values["node_list"] = nodes
        else:
            values[names[name]] = value
    return kind(**values)


def has_enum_as_text(case: dict[str, Any]) -> bool:
    """Returns whether an enum field of a case is text, which a constructor takes for a name."""
    return any(re.search('must be a whole number, but is ("|a text)', each["message"]) for each in case["violations"])


# Cases that a constructor can create: it takes no JSON text and no unknown fields, and names of enums.
CONSTRUCTIBLE = [
    pytest.param(case, id=case["name"])
    for case in load("validation")["cases"]
    if "extra" not in case and not has_enum_as_text(case)
    if constructed(request_class(case), case.get("json"), flags=False) is not None
]


@pytest.mark.parametrize("case", CONSTRUCTIBLE)
@pytest.mark.parametrize("flags", [False, True], ids=["0 and 1", "False and True"])
def test_constructors_take_what_the_wire_has(case: dict[str, Any], flags: bool) -> None:
    request = constructed(request_class(case), case["json"], flags=flags)
    assert request is not None
    found = [{"path": each.path, "rule": each.rule, "message": each.message} for each in request.validate()]
    assert found == case["violations"]


def test_nearly_every_vector_can_be_constructed() -> None:
    assert len(CONSTRUCTIBLE) > 300


# Objects that are invalid in every field, with their description in messages.
MISFITS: dict[str, tuple[Any, str]] = {
    "object": (object(), "a Python `object`"),
    "set": ({1}, "a Python `set`"),
    "bytes": (b"x", "a Python `bytes`"),
    "decimal": (Decimal("1.5"), "a Python `decimal.Decimal`"),
    "complex": (1j, "a Python `complex`"),
    "NaN": (float("nan"), "NaN"),
    "infinity": (float("inf"), "Infinity"),
    "minus infinity": (float("-inf"), "-Infinity"),
    "below 64 bits": (-(2**63) - 1, "-9223372036854775809"),
    "long": (2**70, "a number of 71 bits"),
    "too long to print": (-(10**5000), "a number of 16610 bits"),
    "aware": (AWARE, "a time with a zone (UTC+08:00): turn it into the service's local time"),
    "date": (datetime.date(2024, 1, 1), "a Python `datetime.date`"),
    "lone surrogate": ("\ud800", "a text with a lone surrogate"),
    "dict": ({}, "an object"),
    "request": (DETAIL_QUERY, "a Python `RecallFlowDetailQuery`"),
    "response": (TASK, "a Python `GroupCallTask`"),
    "class": (int, "a Python `type`"),
    "mock": (mock.MagicMock(spec=rf.RecallNode), "a Python `unittest.mock.MagicMock`"),
    "broken": (Broken(), "a Python `specimens.Broken`"),
    "broken mapping": (BrokenMapping(), "a Python `specimens.BrokenMapping`"),
    "broken zone": (datetime.datetime(2024, 1, 1, tzinfo=BrokenZone()), "a Python `datetime.datetime`"),
    "broken time": (BrokenTime(2024, 1, 1), "a Python `specimens.BrokenTime`"),
    "generator": ((number for number in (1, 2)), "a Python `generator`"),
    "function": (len, "a Python `builtin_function_or_method`"),
}

ALL_FIELDS = [pytest.param(kind, name, id=f"{kind.__name__}.{name}") for kind in REQUESTS for name in documented(kind)]


@pytest.mark.parametrize("misfit", MISFITS)
@pytest.mark.parametrize(("kind", "name"), ALL_FIELDS)
def test_what_fits_no_field_is_told(kind: type[rf.Request], name: str, misfit: str) -> None:
    value, text = MISFITS[misfit]
    request = with_field(kind, name, value)
    if misfit == "date" and "date" in annotation(kind, name):
        assert path(kind, name) not in {each.path for each in request.validate()}
        return
    (violation, *_) = (each for each in request.validate() if each.path == path(kind, name))
    if "float" in annotation(kind, name) and misfit in {"below 64 bits", "long"}:
        # It is a number, though out of range.
        assert violation.rule == "range"
        return
    assert violation.rule == "type"
    assert violation.message.startswith(f"`{path(kind, name)}` must be ")
    assert text in violation.message
    with pytest.raises(rf.InvalidRequestError) as caught:
        request.to_wire()
    assert violation in caught.value.violations
    assert request.warnings() == []
    assert getattr(request, name) is value


@pytest.mark.parametrize(("kind", "name"), ALL_FIELDS)
def test_lists_without_an_end_are_told(kind: type[rf.Request], name: str) -> None:
    for value in (endless(), deep(), [endless()], {"a": endless()}):
        request = with_field(kind, name, value)
        rules = {each.rule for each in request.validate() if each.path.startswith(path(kind, name))}
        assert rules == {"type"}


@pytest.mark.parametrize(("kind", "name"), ALL_FIELDS)
def test_truth_values_and_numbers_are_told_apart(kind: type[rf.Request], name: str) -> None:
    found = [each.rule for each in with_field(kind, name, True).validate() if each.path == path(kind, name)]
    assert found == [] if "bool" in annotation(kind, name) else found == ["type"]


@pytest.mark.parametrize(("kind", "name"), ALL_FIELDS)
def test_numbers_of_other_libraries_are_numbers(kind: type[rf.Request], name: str) -> None:
    assert with_field(kind, name, Whole()).validate() == with_field(kind, name, 30).validate()


class SinglePrecision:
    """A number with a fraction that is not a `float`, as `numpy.float32` is."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        return self.value


numbers.Real.register(SinglePrecision)


@pytest.mark.parametrize(("kind", "name"), ALL_FIELDS)
@pytest.mark.parametrize("number", [1.25, 30.0])
def test_fractions_of_other_libraries_are_numbers(kind: type[rf.Request], name: str, number: float) -> None:
    assert with_field(kind, name, SinglePrecision(number)).validate() == with_field(kind, name, number).validate()


@pytest.mark.parametrize(("kind", "name"), ALL_FIELDS)
@pytest.mark.parametrize("numpy_name", ["bool", "bool_"])
def test_booleans_of_numpy_are_flags(kind: type[rf.Request], name: str, numpy_name: str) -> None:
    numpy_bool = type(numpy_name, (), {"__module__": "numpy", "__bool__": lambda _: True})
    found = [each for each in with_field(kind, name, numpy_bool()).validate() if each.path == path(kind, name)]
    if "bool" in annotation(kind, name):
        assert found == []
    else:
        (violation,) = found
        assert f"a Python `numpy.{numpy_name}`" in violation.message


class Array:
    """An array that is not a sequence, as those of numpy and pandas are."""

    def __init__(self, *items: Any) -> None:
        self.items = items

    def tolist(self) -> list[Any]:
        return list(self.items)


@pytest.mark.parametrize(("kind", "name"), ALL_FIELDS)
def test_arrays_of_other_libraries_are_lists(kind: type[rf.Request], name: str) -> None:
    assert with_field(kind, name, Array(2, Whole())).validate() == with_field(kind, name, [2, 30]).validate()


def test_an_array_is_sent_like_a_list() -> None:
    states: Any = Array(2, 3)
    assert QUERY.replace(status_list=states).to_wire() == QUERY.replace(status_list=[2, 3]).to_wire()


def test_a_strided_view_of_audio_is_sent_like_its_bytes() -> None:
    strided = memoryview(b"a-u-d-i-o-")[::2]
    assert rf.RecallNode.reupload("greeting", strided) == rf.RecallNode.reupload("greeting", b"audio")


@pytest.mark.parametrize(("kind", "name"), ALL_FIELDS)
def test_text_is_what_it_holds(kind: type[rf.Request], name: str) -> None:
    assert with_field(kind, name, Text("abc")).validate() == with_field(kind, name, "abc").validate()


def test_a_flag_may_be_a_number_as_on_the_wire() -> None:
    assert with_field(rf.RecallNode, "to_seat", 0).to_wire() == NODE.to_wire()
    (violation,) = with_field(rf.RecallNode, "to_seat", 2).validate()
    assert (violation.path, violation.rule) == ("toSeat", "one_of")


def full_name(kind: type[Any]) -> str:
    """Returns the name of a class as messages show it."""
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def test_a_dict_is_not_a_node() -> None:
    nodes: list[Any] = [{"source": 1}, OrderedDict(source=1), MappingProxyType({})]
    for node in nodes:
        (violation,) = UPDATE.replace(node_list=[NODE, node]).validate()
        assert (violation.path, violation.rule) == ("nodeList[1]", "type")
        assert violation.message.endswith(
            f"is a Python `{full_name(type(node))}`: make it a `RecallNode`, such as with `RecallNode.from_dict`"
        )


@pytest.mark.parametrize("item", [None, 7, "x", [], b"", UPDATE, rf.RecallNodeDetail()])
def test_items_of_the_wrong_type_are_told_where_they_are(item: Any) -> None:
    found = [(each.path, each.rule) for each in UPDATE.replace(node_list=[item, NODE, item]).validate()]
    assert found == [("nodeList[0]", "type"), ("nodeList[2]", "type")]


def test_states_of_the_wrong_type_are_told_where_they_are() -> None:
    states: list[Any] = [1, "1", None]
    found = [(each.path, each.rule) for each in QUERY.replace(status_list=states).validate()]
    assert found == [("params.statusList[1]", "type"), ("params.statusList[2]", "type")]


class One(IntEnum):
    """An enum of the program."""

    ONE = 1


@pytest.mark.parametrize(
    ("request_with", "path", "right"),
    [
        (lambda value: UPDATE.replace(recall_type=value), "recallType", rf.RecallType.FAILED),
        (lambda value: NODE.replace(ssml_gender=value), "ssmlGender", rf.VoiceGender.MALE),
        (lambda value: QUERY.replace(status_list=[value]), "params.statusList[0]", rf.TaskStatus.CALLING),
    ],
    ids=["recallType", "ssmlGender", "statusList"],
)
def test_a_member_of_another_enum_is_told(request_with: Any, path: str, right: Any) -> None:
    """A member of another enum is refused even if its number is valid, because it is certainly a mistake."""
    (violation,) = request_with(rf.OutboundControl(1)).validate()
    assert (violation.path, violation.rule) == (path, "type")
    assert "OutboundControl" in violation.message
    # A number of any other type is accepted.
    for same in (right, int(right), One(right)):
        assert request_with(same).validate() == []


@pytest.mark.parametrize("states", [range(1, 3), deque([1, 2])], ids=["range", "deque"])
def test_a_list_may_be_any_sequence(states: Any) -> None:
    query = QUERY.replace(status_list=states)
    assert query.validate() == []
    assert query.to_wire()["params"]["statusList"] == [1, 2]
    assert rf.GroupCallQuery.from_dict({**QUERY.to_dict(), "status_list": states}).status_list == (1, 2)


@pytest.mark.parametrize(
    "text", ["12", b"12", bytearray(b"12"), memoryview(b"12")], ids=["str", "bytes", "bytearray", "memoryview"]
)
def test_text_and_bytes_are_not_lists(text: Any) -> None:
    (violation,) = QUERY.replace(status_list=text).validate()
    assert (violation.path, violation.rule) == ("params.statusList", "type")


@pytest.mark.parametrize(
    "states",
    [[1, 2], (1, 2), [rf.TaskStatus.CALLING, rf.TaskStatus.FINISHED], range(1, 3), deque([1, 2]), UserList([1, 2])],
)
def test_any_sequence_is_kept_as_a_tuple(states: Any) -> None:
    query = QUERY.replace(status_list=states)
    assert query.status_list == (1, 2)
    assert isinstance(query.status_list, tuple)
    assert query.validate() == []
    assert hash(query) == hash(QUERY.replace(status_list=(1, 2)))
    assert query.to_dict()["status_list"] == [1, 2]


def test_a_list_that_changes_later_changes_nothing() -> None:
    nodes = [NODE]
    update = UPDATE.replace(node_list=nodes)
    nodes.clear()
    assert update.node_list == (NODE,)


def test_a_class_derived_from_a_node_is_a_node() -> None:
    class Ours(rf.RecallNode):
        pass

    ours = Ours.text_to_speech("Hello", "EN", speaking_rate=1.25)
    assert isinstance(ours, Ours)
    assert UPDATE.replace(node_list=[ours]).to_wire() == UPDATE.to_wire()


def test_fractions_of_a_second_are_dropped() -> None:
    """The service writes whole seconds. Fractions are cut off, because rounding could change the date."""
    time = datetime.datetime(2024, 2, 29, 23, 59, 59, microsecond=999_999)
    query = QUERY.replace(str_time=time)
    assert query.validate() == []
    assert query.str_time == time.replace(microsecond=0)
    assert query.to_wire()["params"]["strTime"] == "2024-02-29 23:59:59"
    assert json.loads(query.to_json())["str_time"] == "2024-02-29 23:59:59"
    assert rf.GroupCallQuery.from_wire(query.to_wire()).str_time == time.replace(microsecond=0)
    assert TASK.replace(created_time=time).to_wire()["createdTime"] == "2024-02-29 23:59:59"


@pytest.mark.parametrize("time", [datetime.datetime.min, datetime.datetime.max, datetime.datetime(2024, 2, 29)])
def test_every_time_is_written_and_read(time: datetime.datetime) -> None:
    # The last one would not be read back as the same value.
    time = time.replace(microsecond=0)
    query = QUERY.replace(str_time=time)
    assert rf.GroupCallQuery.from_wire(query.to_wire()).str_time == time
    assert rf.GroupCallQuery.from_dict(json.loads(query.to_json())).str_time == time
