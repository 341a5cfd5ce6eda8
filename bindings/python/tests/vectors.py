"""The test vectors that all languages share; their README says what they mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

import recallflow as rf

FOLDER = Path(__file__).parents[3] / "tests" / "vectors"


def load(name: str) -> dict[str, Any]:
    """A whole file."""
    file: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return file


def needs_a_clock(case: dict[str, Any]) -> bool:
    """Whether a case sets the time of the client's clock, for which Python does not have an option."""
    return "clock" in case.get("options", {})


def cases(name: str, part: str = "cases") -> list[ParameterSet]:
    """The cases of a file as parameters of a test."""
    return [pytest.param(case, id=case["name"]) for case in load(name)[part] if not needs_a_clock(case)]


def request_class(case: dict[str, Any]) -> type[rf.Request]:
    """The class of the request of a case."""
    kind: type[rf.Request] = getattr(rf, case["type"])
    return kind


def forms(case: dict[str, Any]) -> list[Any]:
    """All that `from_wire` takes for the request of a case: text, bytes and, unless the text matters, plain objects."""
    text = case["text"] if "text" in case else json.dumps(case["json"], ensure_ascii=False)
    forms = [text, text.encode(), bytearray(text.encode())]
    # JSON that is text is not told from JSON as text.
    is_plain = "json" in case and not isinstance(case["json"], str)
    return [*forms, case["json"]] if is_plain else forms


def any_request(operation: str) -> rf.Request:
    """A request that obeys every rule, for cases in which only the answer matters."""
    requests: dict[str, rf.Request] = {
        "query_group_calls": rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01"),
        "query_recall_flow_detail": rf.RecallFlowDetailQuery(key_id=12),
        "update_recall_flow": rf.UpdateRecallFlow(
            key_id=299, recall_interval=30, recall_num=1, recall_type=rf.RecallType.ALL
        ),
    }
    return requests[operation]


def call(client: rf.Client | rf.AsyncClient, request: rf.Request) -> Any:
    """Carries out the operation of a request; the outcome of an `AsyncClient` is to be awaited."""
    match request:
        case rf.GroupCallQuery():
            return client.query_group_calls(request)
        case rf.RecallFlowDetailQuery():
            return client.query_recall_flow_detail(request.key_id)
        case rf.UpdateRecallFlow():
            return client.update_recall_flow(request)
        case _:
            raise TypeError(f"no operation takes {request!r}")
