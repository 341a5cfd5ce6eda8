"""The workbook that the command `recallflow` writes, read by a library for Excel files."""

from __future__ import annotations

import datetime
import os
import subprocess
from typing import TYPE_CHECKING

import openpyxl  # type: ignore[import-untyped]
import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox
from support import environment

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = os.environ.get("RECALLFLOW_COMMAND")
COUNT = 450


@pytest.fixture
def sandbox_with_tasks() -> Sandbox:
    """A sandbox with 450 tasks, of which the first has a name that looks like a formula."""
    sandbox = Sandbox(seed={"flows": [], "tasks": []})
    for number in range(1, COUNT + 1):
        sandbox.insert_task(
            {
                "taskId": 2**60 + number,
                "taskName": "=1+1" if number == 1 else f"五月 {number}",
                "status": 2,
                "createdTime": f"2024-05-{1 + number % 31:02} 10:00:00",
                "callNum": 10,
                "answeredNum": 4,
                "acd": "60s",
                "taskSumPayFee": "0.034827(USD)",
            }
        )
    return sandbox


@pytest.mark.skipif(COMMAND is None, reason="`RECALLFLOW_COMMAND` does not name the command")
def test_a_workbook_has_every_task_with_typed_values(sandbox_with_tasks: Sandbox, tmp_path: Path) -> None:
    assert COMMAND is not None
    path = tmp_path / "may.xlsx"
    with sandbox_with_tasks as sandbox:
        command = [COMMAND, "tasks", "export", "--month", "2024-05", str(path)]
        subprocess.run(command, env=environment(sandbox=sandbox), check=True, capture_output=True, timeout=30)
        expected = [rf.to_row(task) for task in sandbox.client().group_calls(**rf.span_of_month("2024-05"))]

    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["tasks", "totals"]
    sheet = workbook["tasks"]
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert head == list(expected[0])
    assert len(rows) == COUNT
    assert (sheet.freeze_panes, sheet.auto_filter.ref.endswith(str(COUNT + 1))) == ("A2", True)
    # Excel keeps 15 digits of a number, so longer ids are texts.
    assert [row[0] for row in rows] == [str(row["task_id"]) for row in expected]
    for name in ("task_name", "status", "answered_num", "acd", "task_sum_pay_fee_currency", "created_time"):
        assert [row[head.index(name)] for row in rows] == [row[name] for row in expected], name
    assert {row[head.index("task_sum_pay_fee")] for row in rows} == {0.034827}
    assert all(isinstance(row[head.index("created_time")], datetime.datetime) for row in rows)
    kinds = {cell.data_type for cell in sheet["B"]}
    assert kinds <= {"s", "inlineStr"}, "a text is not a formula"

    totals = [[cell.value for cell in row] for row in workbook["totals"].iter_rows()]
    sums = dict(zip(totals[0], totals[1], strict=True))
    assert (sums["tasks"], sums["calls"], sums["answered"], sums["currency"]) == (COUNT, 4500, 1800, "USD")
    assert sums["cost"] == pytest.approx(COUNT * 0.034827)
    assert "the service's time" in str(totals[-1][0])
