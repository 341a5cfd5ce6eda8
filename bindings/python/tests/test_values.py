"""Requests and responses as values: copying, comparing, pickling, printing, and their wire form."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import sys
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

import pytest

import recallflow as rf
from specimens import (
    AWARE,
    DETAIL,
    DETAIL_QUERY,
    NODE,
    PAGE,
    QUERY,
    REQUESTS,
    RESPONSES,
    TASK,
    UPDATE,
    Broken,
    endless,
    fields,
)

VALUES: list[rf.Value] = [DETAIL_QUERY, QUERY, NODE, UPDATE, TASK, PAGE, DETAIL, DETAIL.node_list[0]]
each_value = pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)


def same(value: rf.Value) -> list[rf.Value]:
    """Yields copies of a value, made in every supported way."""
    kind = type(value)
    pickles = [pickle.dumps(value, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    return [
        copy.copy(value),
        copy.deepcopy(value),
        value.__replace__(),
        *map(pickle.loads, pickles),
        kind.from_dict(value.to_dict()),
        kind.from_dict(json.loads(value.to_json())),
        kind.from_dict(MappingProxyType(value.to_dict())),
        kind.from_wire(MappingProxyType(value.to_wire())),
        kind.from_wire(json.dumps(value.to_wire())),
        eval(repr(value), {**vars(rf), "datetime": datetime}),
        kind(**{name: getattr(value, name) for name in fields(kind)}),
    ]


def as_read(value: rf.Value) -> rf.Value:
    """Returns a value as if it was read: times are `datetime` objects, not text."""
    return type(value).from_wire(value.to_wire())


@each_value
def test_a_value_can_be_had_again(value: rf.Value) -> None:
    value = as_read(value)
    for again in same(value):
        assert type(again) is type(value)
        assert again == value
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)
        assert len({again, value}) == 1


@each_value
def test_a_value_does_not_change(value: rf.Value) -> None:
    for name in fields(type(value)):
        with pytest.raises(AttributeError, match=rf"`replace\({name}=…\)`"):
            setattr(value, name, None)
        with pytest.raises(AttributeError, match=f"`{name}` cannot be deleted"):
            delattr(value, name)
    with pytest.raises(AttributeError):
        value.something = 1  # type: ignore[attr-defined]
    assert not hasattr(value, "__dict__")


@each_value
def test_values_differ_by_every_field(value: rf.Value) -> None:
    for name in fields(type(value)):
        other = value.__replace__(**{name: {"x": 1} if name == "extra" else "other"})
        assert other != value
        assert type(other) is type(value)
        changed = [each for each in fields(type(value)) if getattr(other, each) != getattr(value, each)]
        assert changed == [name]
    assert value != object()
    assert value.__eq__(object()) is NotImplemented


@pytest.mark.skipif(sys.version_info < (3, 13), reason="copy.replace is new in 3.13")
def test_copies_are_changed_by_the_standard_library() -> None:
    assert copy.replace(DETAIL_QUERY, key_id=13) == rf.RecallFlowDetailQuery(key_id=13)  # type: ignore[attr-defined]


@each_value
def test_fields_have_names(value: rf.Value) -> None:
    kind: Any = type(value)
    with pytest.raises(TypeError, match="positional"):
        kind(1)
    with pytest.raises(TypeError, match="keyId"):
        kind(keyId=1)
    with pytest.raises(TypeError, match="keyId"):
        value.__replace__(keyId=1)
    with pytest.raises(TypeError, match="keyId"):
        kind.replace(value, keyId=1)


@pytest.mark.parametrize("kind", [*REQUESTS, *RESPONSES])
def test_a_class_shows_what_it_has(kind: type[rf.Value]) -> None:
    assert kind.__module__ == "recallflow"
    assert kind.__qualname__ in rf.__all__
    assert kind.__doc__
    docs: dict[str, str] = vars(kind)["__slots__"]
    assert all(docs[name] for name in docs)
    assert fields(kind) == list(kind._fields)


def test_requests_must_have_what_is_required() -> None:
    for kind, required in [
        (rf.RecallFlowDetailQuery, ["key_id"]),
        (rf.GroupCallQuery, ["str_time", "end_time"]),
        (rf.UpdateRecallFlow, ["key_id", "recall_interval", "recall_num", "recall_type"]),
        (rf.RecallNode, ["source"]),
    ]:
        with pytest.raises(TypeError) as caught:
            kind()
        assert all(f"'{name}'" in str(caught.value) for name in required)
    for kind in RESPONSES:
        assert all(held == [] for held in kind().to_wire().values())


class Ours(rf.UpdateRecallFlow):
    """A derived class of the program."""

    note: str

    def __init__(self, note: str, **fields: Any) -> None:
        super().__init__(**fields)
        self.note = note


def test_derived_classes_have_attributes_of_their_own() -> None:
    ours = Ours("why", key_id=1, recall_interval=30, recall_num=1, recall_type=0)
    for again in (ours, copy.copy(ours), copy.deepcopy(ours), pickle.loads(pickle.dumps(ours)), ours.replace()):
        assert (type(again), again.note, again.key_id) == (Ours, "why", 1)
    assert ours.replace(key_id=2).note == "why"
    assert ours.validate() == []
    assert ours.to_wire() == {"keyId": 1, "recallInterval": 30, "recallNum": 1, "recallType": 0}
    assert type(Ours.from_wire(ours.to_wire())) is Ours
    assert type(Ours.from_dict(ours.to_dict())) is Ours
    with pytest.raises(AttributeError, match="replace"):
        ours.key_id = 2  # type: ignore[misc]
    ours.note = "another"


def test_pickles_survive_further_fields() -> None:
    restore, (kind, state), *_ = rf.RecallFlowDetail(key_id=12).__reduce__()
    del state["status"], state["node_list"], state["extra"]
    older = restore(kind, {**state, "a_field_of_a_later_version": 1})
    assert older == rf.RecallFlowDetail(key_id=12)
    assert older.extra == {}


def test_a_repr_shows_what_is_there_and_shortens_the_rest() -> None:
    assert repr(DETAIL_QUERY) == "RecallFlowDetailQuery(key_id=12)"
    assert repr(rf.GroupCallTask()) == "GroupCallTask()"
    node = NODE.replace(base_file="A" * 5000)
    assert len(repr(node)) < 500
    assert "…" in repr(node)


def test_plain_data() -> None:
    task = TASK.to_dict()
    assert task["created_time"] == "2024-05-06 07:08:09"
    assert (type(task["status"]), task["extra"]) == (int, {"news": [1, {}]})
    assert json.loads(TASK.to_json()) == task
    assert [type(item) for item in (PAGE.to_dict()["records"], PAGE.to_dict()["records"][0])] == [list, dict]
    assert TASK.to_wire() == {"taskId": 7, "status": 1, "createdTime": "2024-05-06 07:08:09", "news": [1, {}]}


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("", "finished"),
        ("s", "finished"),
        (">10", "  finished"),
        (".3", "fin"),
        ("d", "2"),
        (",", "2"),
        ("+", "+2"),
        ("03d", "002"),
        (".1f", "2.0"),
    ],
)
def test_a_number_with_a_name_is_shown_by_it_unless_the_format_is_for_numbers(form: str, text: str) -> None:
    assert format(rf.TaskStatus.FINISHED, form) == text


def test_a_number_with_a_name_in_an_f_string() -> None:
    assert f"{rf.TaskStatus.FINISHED}" == str(rf.TaskStatus.FINISHED) == "finished"
    assert (f"{rf.TaskStatus.FINISHED:d}", f"{rf.TaskStatus.FINISHED:,}") == ("2", "2")
    assert rf.TaskStatus(2) is rf.TaskStatus.FINISHED
    with pytest.raises(ValueError, match="format"):
        format(rf.TaskStatus.FINISHED, "?")


class Name(str, Enum):
    """A field name as an enum member, whose `str` is a different text."""

    KEY_ID = "key_id"


def test_names_may_be_members_of_an_enum() -> None:
    assert rf.RecallFlowDetailQuery.from_dict({Name.KEY_ID: 12}) == DETAIL_QUERY


@pytest.mark.parametrize("wrong", [None, 1, "x", [], [1], b"\xff", "\ud800", "[]"], ids=repr)
@pytest.mark.parametrize("kind", [*REQUESTS, *RESPONSES])
def test_what_cannot_be_read_is_an_error_of_the_library(kind: type[rf.Value], wrong: Any) -> None:
    with pytest.raises(rf.InvalidRequestError, match=r"JSON|UTF-8|must be an object") as caught:
        kind.from_wire(wrong)
    assert caught.value.violations
    if not isinstance(wrong, str | bytes):
        with pytest.raises(rf.InvalidRequestError, match=r"JSON|must be an object"):
            kind.from_dict(wrong)


@pytest.mark.parametrize("kind", REQUESTS)
def test_unknown_fields_of_a_request_are_told(kind: type[rf.Request]) -> None:
    for name in ("x", Broken(), 1, "\ud800"):
        fields: dict[Any, Any] = {name: 1}
        for read in (kind.from_wire, kind.from_dict):
            with pytest.raises(rf.InvalidRequestError, match="is not a field of the request"):
                read(fields)


@pytest.mark.parametrize("wrong", ["recall_intervall", "recallIntervall", "recalInterval"])
def test_a_misspelt_name_is_corrected_to_one_of_python(wrong: str) -> None:
    with pytest.raises(rf.InvalidRequestError, match=r"did you mean `recall_interval`\?"):
        rf.UpdateRecallFlow.from_dict({**UPDATE.to_dict(), wrong: 30})


def test_names_on_the_wire_are_not_taken_for_pythons() -> None:
    with pytest.raises(rf.InvalidRequestError) as caught:
        rf.RecallFlowDetailQuery.from_dict({"key_id": 12, "keyId": 13})
    (violation,) = caught.value.violations
    assert (violation.path, violation.rule) == ("keyId", "type")
    assert violation.message == "`keyId` is the name on the wire; use `key_id`, not `keyId`"
    with pytest.raises(rf.InvalidRequestError) as caught:
        rf.GroupCallQuery.from_dict({**QUERY.to_dict(), "params": {}})
    assert [(each.path, each.rule) for each in caught.value.violations] == [("params", "type")]


@pytest.mark.parametrize(
    "misfit", [object(), {1}, Decimal(1), float("nan"), 2**70, AWARE, Broken(), "\ud800", endless()]
)
def test_responses_of_what_has_no_json_cannot_be_written(misfit: Any) -> None:
    task = rf.GroupCallTask(extra={"a": [misfit]})
    page = rf.GroupCallPage(records=[task])
    with pytest.raises(TypeError, match=r"^`a\[0\].*` is .*, which cannot be written as JSON"):
        task.to_wire()
    with pytest.raises(TypeError, match=r"^`records\[0\]\.a\[0\].*` is "):
        page.to_wire()
    with pytest.raises(TypeError, match=r"^`taskId.*` is "):
        rf.GroupCallTask.from_wire({"taskId": misfit})
    with pytest.raises(TypeError, match=r"^`taskId.*` is "):
        rf.GroupCallTask.from_dict({"task_id": misfit})


def test_only_mappings_can_be_read_as_responses() -> None:
    for read in (rf.GroupCallTask.from_wire, rf.GroupCallTask.from_dict):
        with pytest.raises(TypeError, match=r"^the response is a Python `object`, which cannot be written as JSON"):
            read(object())  # type: ignore[arg-type]


def test_extra_is_a_mapping_that_does_not_change() -> None:
    extra = TASK.extra
    assert isinstance(extra, Mapping)
    assert extra == {"news": [1, {}]} == dict(extra)
    assert (list(extra), len(extra), extra["news"], extra.get("x")) == (["news"], 1, [1, {}], None)
    assert repr(extra) == "Extra({'news': [1, {}]})"
    assert pickle.loads(pickle.dumps(extra)) == extra
    with pytest.raises(TypeError):
        extra["x"] = 1  # type: ignore[index]


def test_what_is_set_in_place_of_a_misfit_counts() -> None:
    task = rf.GroupCallTask.from_wire({"taskId": 7, "rate": 5, "region": "AE"})
    mended = task.replace(rate="100")
    assert mended.rate == "100"
    assert dict(mended.extra) == {"region": "AE"}
    assert mended.to_wire() == {"taskId": 7, "rate": "100", "region": "AE"}
    assert rf.GroupCallTask.from_dict(mended.to_dict()) == mended
    assert task.replace(task_name="a").extra == task.extra

    wire = {"keyId": 1, "recallInterval": "x", "recallNum": 1, "recallType": 0, "nodeList": [5]}
    detail = rf.RecallFlowDetail.from_wire(wire).replace(recall_interval=5, node_list=[])
    assert detail.to_update().recall_interval == 5
    assert detail.to_wire()["nodeList"] == []


def test_equal_times_are_equal_however_they_are_given() -> None:
    text = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")
    time = rf.GroupCallQuery(
        str_time=datetime.datetime(2024, 1, 1), end_time=datetime.datetime(2024, 6, 3, 15, 13, 1, microsecond=5)
    )
    assert text == time
    assert hash(text) == hash(time)
    assert text.str_time == datetime.datetime(2024, 1, 1)
    for again in (
        rf.GroupCallQuery.from_dict(text.to_dict()),
        rf.GroupCallQuery.from_dict(json.loads(text.to_json())),
        rf.GroupCallQuery.from_wire(text.to_wire()),
    ):
        assert again == text
    # A text that is not a time is kept unchanged.
    odd = text.replace(str_time="2024-02-30 00:00:00")
    assert odd.str_time == "2024-02-30 00:00:00"
    assert [(violation.path, violation.rule) for violation in odd.validate()] == [("params.strTime", "format")]


def test_what_a_dict_leaves_out_has_its_default() -> None:
    query = rf.GroupCallQuery.from_dict({"str_time": "2024-01-01 00:00:00", "end_time": "2024-06-03 15:13:01"})
    assert (query.current, query.size, query.task_type) == (1, 100, rf.TaskType.AI_AGENT)
    update = rf.UpdateRecallFlow.from_dict(
        {
            "key_id": 299,
            "recall_interval": 30,
            "recall_num": 1,
            "recall_type": 0,
            "node_list": [{"source": 1, "voice_file_id": "a"}],
        }
    )
    assert update.node_list == (rf.RecallNode.uploaded("a"),)
    with pytest.raises(rf.InvalidRequestError, match="current"):
        rf.GroupCallQuery.from_dict({**query.to_dict(), "current": None})
