"""Requests and responses as fields of Pydantic models, and as types that FastAPI reads and returns."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pydantic
import pytest

import recallflow as rf
from specimens import REQUESTS, RESPONSES

TASK = rf.GroupCallTask.from_wire('{"taskId": 7, "status": 3, "createdTime": "2024-01-02 03:04:05", "new": [1]}')


class Report(pydantic.BaseModel):
    title: str
    tasks: list[rf.GroupCallTask]
    update: rf.UpdateRecallFlow | None = None


def test_values_are_fields_of_a_model() -> None:
    report = Report(title="January", tasks=[TASK])
    assert report.tasks[0] is TASK
    assert Report.model_validate(report.model_dump()) == report
    assert Report.model_validate_json(report.model_dump_json()) == report


def test_times_have_the_form_of_the_service_in_json() -> None:
    dumped = json.loads(Report(title="January", tasks=[TASK]).model_dump_json())["tasks"][0]
    assert (dumped["task_id"], dumped["status"], dumped["extra"]) == (7, 3, {"new": [1]})
    assert dumped["created_time"] == "2024-01-02 03:04:05"


def test_nested_nodes_survive_json(client: rf.Client) -> None:
    adapter = pydantic.TypeAdapter(rf.RecallFlowDetail)
    detail = client.query_recall_flow_detail(299)
    assert detail.node_list
    assert adapter.validate_json(adapter.dump_json(detail)) == detail
    assert adapter.validate_python(adapter.dump_python(detail)) == detail


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ({"key_id": 1, "colour": "red"}, "colour"),
        ({"key_id": "one"}, "key_id"),
        (5, "expected UpdateRecallFlow or a dict"),
    ],
)
def test_a_request_that_cannot_be_read_is_a_validation_error(update: Any, reason: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=reason):
        Report(title="", tasks=[], update=update)


@pytest.mark.parametrize("kind", [*REQUESTS, *RESPONSES])
@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_every_value_has_a_json_schema(kind: type[rf.Value], mode: Any) -> None:
    schema = pydantic.TypeAdapter(kind).json_schema(mode=mode)
    if "$ref" in schema:
        schema = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    assert schema["title"] == kind.__name__
    assert schema["properties"].keys() == set(kind._fields)
    assert set(schema.get("required", ())) == set(kind._fields) - kind._defaults.keys()


def test_a_json_schema_refers_to_nested_values() -> None:
    schema = pydantic.TypeAdapter(rf.RecallFlowDetail).json_schema()
    assert '"$ref": "#/$defs/RecallNodeDetail"' in json.dumps(schema)
    task = pydantic.TypeAdapter(rf.GroupCallTask).json_schema(mode="serialization")
    assert '{"pattern": "^' in json.dumps(task["properties"]["created_time"])


def test_the_package_does_not_import_pydantic() -> None:
    program = "import sys, recallflow; recallflow.GroupCallTask().to_json(); print('pydantic_core' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
