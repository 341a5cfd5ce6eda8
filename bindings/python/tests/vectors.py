"""Loads the test vectors that all languages share; their README describes them."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

import recallflow as rf
from specimens import documented, smallest, wire_name

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "vectors"

# The operations by the name of their request.
OPERATIONS: dict[str, str] = {
    operation["request"]["$ref"].rpartition("/")[2]: operation["name"]
    for operation in json.loads((ROOT / "crates/sandbox/src/generated/service.json").read_text("utf-8"))["operations"]
}


def load(name: str) -> dict[str, Any]:
    """Returns the content of a file."""
    file: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return file


def needs_a_clock(case: dict[str, Any]) -> bool:
    """Returns whether a case sets the client's clock, for which Python does not have an option."""
    return "clock" in case.get("options", {})


def cases(name: str, part: str = "cases") -> list[ParameterSet]:
    """Returns the cases of a file as parameters of a test."""
    return [pytest.param(case, id=case["name"]) for case in load(name)[part] if not needs_a_clock(case)]


def request_class(case: dict[str, Any]) -> type[rf.Request]:
    """Returns the request class of a case."""
    kind: type[rf.Request] = getattr(rf, case["type"])
    return kind


def forms(case: dict[str, Any]) -> list[Any]:
    """Returns the request of a case in every form that `from_wire` accepts: text, bytes and, if possible, objects."""
    text = case["text"] if "text" in case else json.dumps(case["json"], ensure_ascii=False)
    forms = [text, text.encode(), bytearray(text.encode())]
    # `from_wire` would take a JSON string for JSON text.
    is_plain = "json" in case and not isinstance(case["json"], str)
    return [*forms, case["json"]] if is_plain else forms


def with_extra(request: rf.Request, case: dict[str, Any]) -> rf.Request:
    """Returns the request of a case with the fields that the case puts into `extra`."""
    for path, extra in case.get("extra", {}).items():
        if not path:
            request = request.replace(extra=extra)
            continue
        wire, _, index = path.removesuffix("]").partition("[")
        (field,) = (name for name in documented(type(request)) if wire_name(name) == wire)
        items: list[Any] = list(getattr(request, field))
        items[int(index)] = items[int(index)].replace(extra=extra)
        request = request.replace(**{field: items})
    return request


def any_request(operation: str) -> rf.Request:
    """Returns a valid request, for cases in which only the response matters."""
    (name,) = (kind for kind, its_operation in OPERATIONS.items() if its_operation == operation)
    return smallest(getattr(rf, name))


def call(client: rf.Client | rf.AsyncClient, request: rf.Request) -> Any:
    """Calls the operation of a request. The result of an `AsyncClient` must be awaited."""
    name = type(request).__name__
    method = getattr(client, OPERATIONS[name])
    first = next(iter(inspect.signature(method).parameters.values()))
    if name in str(first.annotation):
        return method(request)
    # The method takes the fields.
    return method(*(getattr(request, field) for field in documented(type(request))))
