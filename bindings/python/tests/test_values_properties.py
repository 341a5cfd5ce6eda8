"""Properties of requests and responses, tested with generated values."""

from __future__ import annotations

import datetime
import json
import pickle
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import recallflow as rf
from specimens import (
    NODE,
    REQUESTS,
    RESPONSES,
    TASK,
    UPDATE,
    Broken,
    BrokenMapping,
    Whole,
    annotation,
    fields,
    wire_name,
)

# Runs do not keep examples for later runs.
settings.register_profile("recallflow", database=None, deadline=None, max_examples=60)
settings.load_profile("recallflow")

ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(), max_size=30),
        st.binary(max_size=5),
        st.datetimes(timezones=st.one_of(st.none(), st.just(datetime.timezone.utc))),
        st.dates(),
        st.decimals(),
        st.sampled_from(
            [object(), Broken(), BrokenMapping(), Whole(), NODE, UPDATE, TASK, int, len, rf.TaskType.AI_AGENT]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.one_of(st.text(max_size=5), st.integers(), st.none()), inner, max_size=4),
    ),
    max_leaves=12,
)


def filled(kind: type[rf.Value], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Generates values of a class in which some fields hold generated values and the others are empty."""
    names = {name: st.one_of(st.none(), values) for name in fields(kind) if name != "extra"}
    return st.fixed_dictionaries(names).map(lambda given: kind(**given))


@pytest.mark.parametrize("kind", REQUESTS)
@given(data=st.data())
def test_checking_never_fails(kind: type[rf.Request], data: st.DataObject) -> None:
    request = data.draw(filled(kind, ANYTHING))
    violations = request.validate()
    assert all(isinstance(each, rf.Violation) and each.message for each in violations)
    request.warnings()
    if violations == []:
        request.to_wire()


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
FLOAT = st.floats(allow_nan=False, allow_infinity=False)
# Without fractions of a second, which are cut off; see `test_values_checked`.
TIME = st.datetimes().map(lambda time: time.replace(microsecond=0))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), INT64, FLOAT, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)


def fitting(kind: type[rf.Value], name: str) -> st.SearchStrategy[Any]:
    """Generates values of the type of a field; they may break rules."""
    text = annotation(kind, name)
    of = text.removesuffix(" | None")
    if of.startswith("Sequence["):
        strategy: st.SearchStrategy[Any] = st.lists(single(of[len("Sequence[") : -1]), max_size=3)
    else:
        strategy = single(of)
    return st.one_of(st.none(), strategy) if text != of else strategy


def single(text: str) -> st.SearchStrategy[Any]:
    """Generates values of an annotation without `None`."""
    held: type[Any] = getattr(rf, text, object)
    if issubclass(held, rf.Value):
        return st.deferred(lambda: values(held))
    strategies = {"bool": st.booleans(), "datetime": TIME, "float": FLOAT, "int": INT32, "str": TEXT}
    return next(strategy for of, strategy in strategies.items() if of in text)


def values(kind: type[rf.Value]) -> st.SearchStrategy[Any]:
    """Generates values that can be written and read."""
    known = {wire_name(name) for name in fields(kind)} | {"jobId", "records", "nodeList", "pages"}
    strategies = {name: fitting(kind, name) for name in fields(kind) if name != "extra"}
    if issubclass(kind, rf.Response):
        names = TEXT.filter(lambda name: name not in known)
        strategies["extra"] = st.dictionaries(names, JSON, max_size=2)
    return st.fixed_dictionaries(strategies).map(lambda given: kind(**given))


@pytest.mark.parametrize("kind", [*REQUESTS, *RESPONSES])
@given(data=st.data())
def test_values_survive_being_written_and_read(kind: type[rf.Value], data: st.DataObject) -> None:
    value = data.draw(values(kind))
    assert kind.from_dict(value.to_dict()) == value
    assert kind.from_dict(json.loads(value.to_json())) == value
    wire = value.to_wire()
    for again in (kind.from_wire(wire), kind.from_wire(json.dumps(wire)), pickle.loads(pickle.dumps(value))):
        assert again == value
        assert hash(again) == hash(value)
        assert json.dumps(again.to_wire()) == json.dumps(wire)
    if issubclass(kind, rf.Request):
        assert kind.from_wire(wire).validate() == value.validate()


@given(JSON)
@example({"data": None})
def test_any_json_is_read_as_a_response_or_refused(wire: Any) -> None:
    for kind in RESPONSES:
        try:
            response = kind.from_wire(json.dumps(wire))
        except rf.InvalidRequestError:
            assert not isinstance(wire, dict)
        else:
            assert response.to_wire() == kind.from_wire(wire).to_wire()
