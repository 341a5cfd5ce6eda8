"""Loads the test vectors that all languages share; their README describes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

import recallflow as rf

FOLDER = Path(__file__).parents[3] / "tests" / "vectors"


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
        assert isinstance(request, rf.UpdateRecallFlow | rf.UpdateAgentRecallFlow)
        nodes: list[Any] = list(request.node_list or ())
        index = int(path.removeprefix("nodeList[").removesuffix("]"))
        nodes[index] = nodes[index].replace(extra=extra)
        request = request.replace(node_list=nodes)
    return request


def any_request(operation: str) -> rf.Request:
    """Returns a valid request, for cases in which only the response matters."""
    requests: dict[str, rf.Request] = {
        "query_group_calls": rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01"),
        "query_recall_flow_detail": rf.RecallFlowDetailQuery(key_id=12),
        "update_recall_flow": rf.UpdateRecallFlow(
            key_id=299, recall_interval=30, recall_num=1, recall_type=rf.RecallType.ALL
        ),
    }
    return requests[operation]


def call(client: rf.Client | rf.AsyncClient, request: rf.Request) -> Any:
    """Calls the operation of a request. The result of an `AsyncClient` must be awaited."""
    match request:
        case rf.GroupCallQuery():
            return client.query_group_calls(request)
        case rf.RecallFlowDetailQuery():
            return client.query_recall_flow_detail(request.key_id)
        case rf.UpdateRecallFlow():
            return client.update_recall_flow(request)
        case rf.UpdateAgentRecallFlow():
            return client.update_agent_recall_flow(request)
        case _:
            raise TypeError(f"no operation takes {request!r}")
