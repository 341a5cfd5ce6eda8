"""Rows of tables, and files of rows."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox, faults

QUERY = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")

TASK = rf.GroupCallTask.from_wire(
    {
        "taskId": 7,
        "taskName": "=1+1",
        "status": 2,
        "taskType": 9,
        "rate": "100",
        "asr": "80.5",
        "acd": "60s",
        "createdTime": "2024-05-01 10:00:00",
        "agentFee": "0.125000",
        "taskSumPayFee": "0.159827(USD)",
        "smsPayFee": "free",
        "numCnt": 10,
        "new": 1,
    }
)


def tasks(count: int) -> Iterator[rf.GroupCallTask]:
    return (TASK.replace(task_id=number) for number in range(count))


async def async_tasks(count: int) -> AsyncIterator[rf.GroupCallTask]:
    for task in tasks(count):
        yield task


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_row_has_plain_values() -> None:
    row = TASK.to_row()
    expected = {
        "task_id": 7,
        "task_name": "=1+1",
        "status": "finished",
        "task_type": "9",
        "rate": 100.0,
        "asr": 80.5,
        "acd": 60.0,
        "created_time": datetime(2024, 5, 1, 10),
        "agent_fee": 0.125,
        "agent_fee_currency": None,
        "task_sum_pay_fee": 0.159827,
        "task_sum_pay_fee_currency": "USD",
        "sms_pay_fee": None,
        "sms_pay_fee_currency": None,
        "num_cnt": 10,
        "success": None,
    }
    assert {name: row[name] for name in expected} == expected
    assert {name: type(row[name]) for name in expected} == {name: type(value) for name, value in expected.items()}


@pytest.mark.parametrize(
    "name", ["GroupCallPage", "GroupCallTask", "RecallFlow", "RecallFlowDetail", "RecallNodeDetail"]
)
def test_all_rows_of_a_type_have_a_column_for_each_field(name: str) -> None:
    response_class = getattr(rf, name)
    columns = list(response_class().to_row())
    fields = [field for field in response_class._fields if field != "extra"]
    assert [column for column in columns if not column.endswith("_currency")] == [
        f"{field}_count" if getattr(response_class(), field) == () else field for field in fields
    ]
    assert list(rf.to_row(response_class.from_wire({"new": 1}))) == columns


def test_rows_work_with_sqlite() -> None:
    row = TASK.to_row()
    database = sqlite3.connect(":memory:")
    row["created_time"] = str(row["created_time"])
    database.execute(f"CREATE TABLE tasks ({', '.join(row)})")
    database.execute(f"INSERT INTO tasks VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    assert database.execute("SELECT sum(task_sum_pay_fee) FROM tasks").fetchone() == (0.159827,)


def test_only_a_response_has_a_row() -> None:
    with pytest.raises(TypeError, match="expected a response of recallflow, such as a GroupCallTask, got dict"):
        rf.write_csv([{}], io.BytesIO())  # type: ignore[list-item]
    with pytest.raises(TypeError, match="expected a GroupCallTask, as the items before it, got a RecallFlow"):
        rf.write_csv([TASK, rf.RecallFlow()], io.BytesIO())


def test_csv_opens_in_excel(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    assert rf.write_csv(tasks(2), path) == 2
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbftask_id,")
    assert data.endswith(b"\r\n")
    rows = read_csv(data)
    assert [row["task_id"] for row in rows] == ["0", "1"]
    assert rows[0]["task_name"] == "'=1+1"
    assert rows[0]["agent_fee"] == "0.125000"
    assert rows[0]["created_time"] == "2024-05-01 10:00:00"
    assert list(rows[0]) == list(TASK.to_row())


def test_a_line_of_jsonl_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    assert rf.write_jsonl([TASK], str(path)) == 1
    (line,) = path.read_text("utf-8").splitlines()
    assert json.loads(line) == {**TASK.to_row(), "created_time": "2024-05-01 10:00:00"}


def test_an_empty_list_has_columns() -> None:
    target = io.BytesIO()
    assert rf.write_csv([], target) == 0
    assert target.getvalue().decode("utf-8-sig").rstrip() == ",".join(TASK.to_row())
    with Sandbox() as sandbox, sandbox.client() as client:
        sandbox.script_for("query_recall_flows", faults.respond({"code": 0, "data": {"records": [], "total": 0}}))
        target = io.BytesIO()
        assert rf.write_csv(client.recall_flows(QUERY_FLOWS), target) == 0
    assert target.getvalue().decode("utf-8-sig").startswith("key_id,task_id,task_name,create_time,")


QUERY_FLOWS = rf.RecallFlowQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")


def test_any_file_object_is_a_target(tmp_path: Path) -> None:
    binary, text = io.BytesIO(), io.StringIO()
    rf.write_csv([TASK], binary)
    rf.write_csv([TASK], text)
    assert binary.getvalue().decode("utf-8-sig") == text.getvalue()
    with open(tmp_path / "unbuffered.csv", "wb", buffering=0) as file:
        rf.write_csv([TASK], file)
        assert not file.closed
    assert (tmp_path / "unbuffered.csv").read_bytes() == binary.getvalue()


def test_progress_is_reported(tmp_path: Path) -> None:
    seen: list[int] = []
    rf.write_csv(tasks(250), tmp_path / "tasks.csv", on_progress=seen.append)
    rf.write_csv(tasks(100), tmp_path / "tasks.csv", on_progress=seen.append)
    rf.write_csv([], tmp_path / "tasks.csv", on_progress=seen.append)
    assert seen == [100, 200, 250, 100, 0]


def failing() -> Iterator[rf.GroupCallTask]:
    yield from tasks(1000)
    raise KeyboardInterrupt


def test_after_an_error_the_old_file_is_still_there(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        rf.write_csv(failing(), path)

    def fail(rows: int) -> None:
        raise RuntimeError(rows)

    with pytest.raises(RuntimeError, match="100"):
        rf.write_jsonl(tasks(1000), path, on_progress=fail)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["tasks.csv"]


def test_a_canceled_export_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text("old")

    async def slow() -> AsyncIterator[rf.GroupCallTask]:
        async for task in async_tasks(1000):
            yield task
        await asyncio.Event().wait()

    async def run() -> None:
        reached = asyncio.Event()

        def report(rows: int) -> None:
            if rows == 1000:
                reached.set()

        export = asyncio.ensure_future(rf.write_csv(slow(), path, on_progress=report))
        await reached.wait()
        export.cancel()
        with pytest.raises(asyncio.CancelledError):
            await export

    asyncio.run(run())
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["tasks.csv"]


def test_a_file_error_names_the_target(tmp_path: Path) -> None:
    target = tmp_path / "missing" / "tasks.csv"
    with pytest.raises(FileNotFoundError) as caught:
        rf.write_csv([TASK], target)
    assert caught.value.filename == str(target)
    with pytest.raises(IsADirectoryError):
        rf.write_csv([TASK], tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights")
def test_the_file_behind_a_link_is_replaced_with_its_mode(tmp_path: Path) -> None:
    file, link = tmp_path / "file.csv", tmp_path / "link.csv"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    rf.write_csv([TASK], link)
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_list_of_either_client_is_written_straight_to_a_file(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        with sandbox.client() as client:
            expected = [task.task_id for task in client.group_calls(QUERY)]
            assert rf.write_csv(client.group_calls(QUERY), tmp_path / "blocking.csv") == len(expected)

        async def export() -> int:
            async with sandbox.async_client() as client:
                return await rf.write_csv(client.group_calls(QUERY), tmp_path / "async.csv")

        assert asyncio.run(export()) == len(expected)
    data = (tmp_path / "blocking.csv").read_bytes()
    assert data == (tmp_path / "async.csv").read_bytes()
    assert [int(row["task_id"]) for row in read_csv(data)] == expected


# Prints by how many bytes the peak of the memory grows between 10,000 and 100,000 rows.
MEMORY = """
import resource, sys
import recallflow as rf
task = rf.GroupCallTask(task_id=1, task_name="a name of a task", status=2, rate="100", task_sum_pay_fee="0.159827(USD)")
def peak(count):
    rf.write_csv((task.replace(task_id=number) for number in range(count)), sys.argv[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before = peak(10_000)
print(peak(100_000) - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs `resource`")
def test_an_export_of_100_000_tasks_takes_flat_memory(tmp_path: Path) -> None:
    program: list[Any] = [sys.executable, "-c", MEMORY, tmp_path / "tasks.csv"]
    growth = int(subprocess.run(program, capture_output=True, check=True, text=True).stdout)
    # All rows together take 11 MB.
    assert growth < 1_000_000, growth
