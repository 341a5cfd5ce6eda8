"""Tools that look at the package: editors, `help`, and libraries that evaluate annotations."""

from __future__ import annotations

import inspect
import pydoc
import re
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jedi  # type: ignore[import-untyped]
import pydantic
import pytest

import recallflow as rf
from recallflow import sandbox
from specimens import REQUESTS, RESPONSES, fields

CLASSES = [value for value in (getattr(rf, name) for name in rf.__all__) if isinstance(value, type)]
SANDBOX_CLASSES = [value for value in (getattr(sandbox, name) for name in sandbox.__all__) if isinstance(value, type)]
VALUES: list[type[rf.Value]] = [*REQUESTS, *RESPONSES]


def functions(classes: list[type]) -> Iterator[Any]:
    """Yields the public methods and constructors of classes."""
    for kind in classes:
        for name, member in inspect.getmembers(kind, inspect.isroutine):
            function = getattr(member, "__func__", member)
            is_ours = str(getattr(function, "__module__", None)).startswith("recallflow")
            if inspect.isfunction(function) and is_ours and (name == "__init__" or not name.startswith("_")):
                yield pytest.param(member, id=f"{kind.__name__}.{name}")


FUNCTIONS = [pytest.param(rf.totals, id="totals"), *functions(CLASSES)]
# Faults may be nested without limit, which Pydantic cannot describe.
SANDBOX_FUNCTIONS = list(functions(SANDBOX_CLASSES))


def test_walk_finds_the_public_methods() -> None:
    names = {param.id for param in [*FUNCTIONS, *SANDBOX_FUNCTIONS]}
    assert {"Client.group_calls", "AsyncClient.from_env", "RecallNode.uploaded", "RecallNode.__init__"} <= names
    assert {"GroupCallTask.replace", "Fee.parse", "ApiError.__init__", "Pages.__init__", "Sandbox.script"} <= names


@pytest.mark.parametrize("kind", [*CLASSES, *SANDBOX_CLASSES])
def test_annotations_of_classes_can_be_evaluated(kind: type) -> None:
    typing.get_type_hints(kind)
    inspect.get_annotations(kind, eval_str=True)
    assert not issubclass(kind, rf.Value) or typing.get_type_hints(kind).keys() >= set(fields(kind))


@pytest.mark.parametrize("function", [*FUNCTIONS, *SANDBOX_FUNCTIONS])
def test_annotations_of_functions_can_be_evaluated(function: Callable[..., Any]) -> None:
    typing.get_type_hints(function)
    inspect.get_annotations(function, eval_str=True)
    inspect.signature(function, eval_str=True)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_pydantic_can_validate_arguments(function: Callable[..., Any]) -> None:
    pydantic.validate_call(config=pydantic.ConfigDict(arbitrary_types_allowed=True))(function)


def test_pydantic_converts_arguments_of_a_call(client: rf.Client) -> None:
    query: Any = pydantic.validate_call(client.query_recall_flow_detail)
    assert query("12", timeout="5").key_id == 12
    with pytest.raises(pydantic.ValidationError):
        query("twelve")


@pytest.mark.parametrize("kind", VALUES)
def test_signatures_of_values_have_their_fields(kind: type[rf.Value]) -> None:
    parameters = inspect.signature(kind, eval_str=True).parameters
    assert list(parameters) == fields(kind)
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("kind", VALUES)
def test_help_describes_every_field(kind: type[rf.Value]) -> None:
    # It prints names twice, for printers that know neither bold letters nor terminals.
    text = re.sub(r".\x08", "", pydoc.render_doc(kind))
    for name in fields(kind):
        doc = inspect.getdoc(inspect.getattr_static(kind, name))
        assert doc
        assert f"{name}\n |      {doc.splitlines()[0]}" in text


def test_documents_are_not_numbered() -> None:
    package = Path(rf.__file__).parent
    assert [path for path in package.rglob("*.py*") if path.suffix != ".pyc" and "Source:" in path.read_text()] == []


COMPLETIONS = [
    ("client.", {"query_recall_flow_detail", "group_calls", "close"}),
    ("client.query_recall_flow_detail(299).", {"node_list", "status", "to_update", "extra"}),
    ("client.query_recall_flow_detail(299).node_list[0].", {"sms_content", "node_status"}),
    ("client.query_recall_flow_detail(299).to_update().", {"recall_interval", "validate", "replace"}),
    ("client.query_group_calls(query).records[0].", {"task_name", "created_time"}),
    ("client.query_group_calls(query).records[0].created_time.", {"year", "isoformat"}),
    ("client.query_group_calls(query).replace(size=5).", {"records", "total"}),
    ("for task in client.group_calls(query):\n    task.", {"task_name", "status", "to_dict"}),
    ("with rf.Client.from_env() as again:\n    again.", {"query_group_calls", "timeout"}),
    ("async def main():\n    (await rf.AsyncClient('', '').query_group_calls(query)).", {"records"}),
    ("rf.totals([]).agent_fee.", {"amount", "counted"}),
    ("rf.TaskStatus.", {"FINISHED", "CALLING"}),
    ("rf.RecallNode.uploaded('a').", {"voice_file_id", "warnings"}),
    ("rf.UpdateRecallFlow(recall_", {"recall_interval=", "recall_num="}),
    ("rf.Fee.parse('1(USD)').", {"amount", "currency"}),
    ("try:\n    pass\nexcept rf.ApiError as error:\n    error.", {"code", "retry_after"}),
]


@pytest.mark.parametrize(("code", "expected"), COMPLETIONS, ids=[code for code, _ in COMPLETIONS])
def test_jedi_completes(code: str, expected: set[str]) -> None:
    """IPython and Jupyter use it for completion."""
    setting = 'import recallflow as rf\nclient = rf.Client("", "")\nquery: rf.GroupCallQuery\n'
    project = jedi.Project(Path(rf.__file__).parents[1], smart_sys_path=False)
    script = jedi.Script(setting + code, project=project)
    lines = (setting + code).splitlines()
    found = {completion.name for completion in script.complete(len(lines), len(lines[-1]))}
    assert expected <= found
