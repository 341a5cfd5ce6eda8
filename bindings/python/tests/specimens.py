"""Sample values for tests, and descriptions of the fields of their classes."""

from __future__ import annotations

import datetime
import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import recallflow as rf
from recallflow.generated import operations, requests, responses

REQUESTS = requests.REQUESTS
RESPONSES = responses.RESPONSES

NODE = rf.RecallNode.text_to_speech("Hello", "EN", speaking_rate=1.25)
UPDATE = rf.UpdateRecallFlow(
    key_id=299, recall_interval=30, recall_num=1, recall_type=rf.RecallType.ALL, node_list=[NODE]
)
QUERY = rf.GroupCallQuery(
    str_time=datetime.datetime(2024, 1, 1), end_time="2024-06-03 15:13:01", status_list=[rf.TaskStatus.FINISHED, 1]
)
DETAIL_QUERY = rf.RecallFlowDetailQuery(key_id=12)
TASK = rf.GroupCallTask(
    task_id=7,
    status=rf.TaskStatus.CALLING,
    created_time=datetime.datetime(2024, 5, 6, 7, 8, 9),
    extra={"news": [1, {}]},
)
PAGE = rf.GroupCallPage(records=[TASK, rf.GroupCallTask(status=99)], total=2)
DETAIL = rf.RecallFlowDetail(
    key_id=12, status=rf.RecallStatus.PENDING, node_list=[rf.RecallNodeDetail(hang_up_sms=True)]
)


# The JSON Schema of each type, by name.
SCHEMAS = json.loads((Path(__file__).parents[3] / "docs" / "generated" / "recallflow.schema.json").read_text("utf-8"))[
    "$defs"
]

# The positions of the operations, by name.
OPERATIONS = {name.lower(): position for name, position in vars(operations).items() if name.isupper()}


def fields(kind: type[rf.Value]) -> list[str]:
    """Returns the fields of a class, in order."""
    return list(kind._fields)


def documented(kind: type[rf.Value]) -> list[str]:
    """Returns the documented fields of a class, in order."""
    return [name for name in fields(kind) if name != "extra"]


def wire_name(name: str) -> str:
    """Returns the wire name of a field."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def path(kind: type[rf.Request], name: str) -> str:
    """Returns the path of a field in violations. Some fields are in a nested object on the wire."""
    wire, properties = wire_name(name), SCHEMAS[kind.__name__]["properties"]
    outer = [f"{each}." for each, inner in properties.items() if wire in inner.get("properties", {})]
    return "".join(outer) + wire


def schema(kind: type[rf.Request], name: str) -> dict[str, Any]:
    """Returns the JSON Schema of a field."""
    found: dict[str, Any] = {"properties": SCHEMAS[kind.__name__]["properties"]}
    for part in path(kind, name).split("."):
        found = found["properties"][part]
    return found


def annotation(kind: type[rf.Value], name: str) -> str:
    """Returns the annotation of a field in the constructor."""
    return str(kind.__init__.__annotations__[name])


def with_field(kind: type[rf.Request], name: str, value: object) -> rf.Request:
    """Returns a valid request with another value in this field."""
    samples: list[rf.Request] = [DETAIL_QUERY, QUERY, NODE, UPDATE]
    request = next((each for each in samples if type(each) is kind), None) or smallest(kind)
    return request.replace(**{name: value})


def smallest(kind: type[rf.Request]) -> rf.Request:
    """Returns a request with its required fields only."""
    parameters = inspect.signature(kind).parameters.values()
    required = [parameter.name for parameter in parameters if parameter.default is parameter.empty]
    held: dict[str, Any] = {name: smallest_value(kind, name) for name in required}
    # The values may require others.
    for violation in kind(**held).validate():
        for name in documented(kind):
            if violation.path == path(kind, name):
                held[name] = smallest_value(kind, name)
            elif violation.rule == "at_least_one" and "bool" in annotation(kind, name):
                held[name] = True
    return kind(**held)


def smallest_value(kind: type[rf.Request], name: str) -> object:
    """Returns a valid value of a required field."""
    text, rules = annotation(kind, name), schema(kind, name)
    held: type[Any] = getattr(rf, text.split(" | ")[0], object)
    if issubclass(held, rf.Request):
        return smallest(held)
    reference = rules.get("$ref", "").rpartition("/")[2]
    values: dict[str, object] = {
        "Sequence": (),
        "datetime": QUERY.str_time,
        "bool": False,
        "float": rules.get("minimum", 1.0),
        "int": max(rules.get("minimum", 1), 1),
        "str": "AAAA" if reference == "base64" else "1" * rules.get("minLength", 1),
    }
    alternatives = SCHEMAS[reference]["oneOf"] if text.startswith(reference) and reference else rules.get("oneOf", [])
    if alternatives:
        return alternatives[0]["const"]
    return next(value for of, value in values.items() if of in text)


class Text(str):
    """A subclass of `str`."""

    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


class Whole:
    """An integer of another library."""

    def __index__(self) -> int:
        return 30


class Broken:
    """An object whose methods all raise an exception."""

    def __index__(self) -> int:
        raise ValueError("no number")

    def __str__(self) -> str:
        raise ValueError("no text")


class BrokenMapping(Mapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        raise ValueError("no item")

    def __iter__(self) -> Iterator[str]:
        raise ValueError("no names")

    def __len__(self) -> int:
        return 1


class BrokenZone(datetime.tzinfo):
    def utcoffset(self, time: datetime.datetime | None) -> datetime.timedelta:
        raise ValueError("no difference")

    def dst(self, time: datetime.datetime | None) -> datetime.timedelta:
        raise ValueError("no difference")

    def tzname(self, time: datetime.datetime | None) -> str:
        raise ValueError("no name")

    def __str__(self) -> str:
        raise ValueError("no text")


class BrokenTime(datetime.datetime):
    def isoformat(self, *_: object) -> str:
        raise ValueError("no text")


def endless() -> list[Any]:
    items: list[Any] = []
    # Contains itself twice: reading it to the maximum depth would take practically forever.
    items.extend([items, items])
    return items


def deep() -> list[Any]:
    items: list[Any] = []
    for _ in range(500):
        items = [items]
    return items


AWARE = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
