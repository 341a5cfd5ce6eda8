"""Values in libraries that know nothing about them: JSON, SQLAlchemy and FastAPI."""

from __future__ import annotations

import asyncio
import copy
import json
import sys
from datetime import datetime
from typing import Annotated, Any

import pytest
import sqlalchemy as sql
from fastapi import Body, FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import recallflow as rf
from specimens import DETAIL, QUERY, REQUESTS, RESPONSES, TASK, UPDATE, smallest


@pytest.mark.parametrize(
    "value", [TASK, DETAIL, QUERY, UPDATE, *map(smallest, REQUESTS), *(kind() for kind in RESPONSES)]
)
def test_json_writes_a_dict(value: rf.Value) -> None:
    written = json.dumps(value.to_dict())
    assert type(value).from_dict(json.loads(written)) == value
    assert json.loads(value.to_json()) == json.loads(written)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="copy.replace is new in 3.13")
def test_the_standard_library_changes_copies_of_nested_values() -> None:
    node = copy.replace(UPDATE.node_list[0], text="Other")  # type: ignore[attr-defined,index]
    assert copy.replace(UPDATE, node_list=[node]) == UPDATE.replace(node_list=[node])  # type: ignore[attr-defined]


class Base(DeclarativeBase):
    pass


class StoredTask(Base):
    __tablename__ = "tasks"

    task_id: Mapped[int] = mapped_column(primary_key=True)
    task_name: Mapped[str | None]
    status: Mapped[int | None]
    created_time: Mapped[datetime | None]
    task_sum_pay_fee: Mapped[str | None]


def test_sqlalchemy_stores_fields(client: rf.Client) -> None:
    tasks = client.group_calls(QUERY).to_list()
    columns = StoredTask.__table__.columns.keys()
    engine = sql.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(StoredTask(**{name: getattr(task, name) for name in columns}) for task in tasks)
        session.commit()
        stored = session.scalars(sql.select(StoredTask).order_by(StoredTask.created_time.desc())).all()
        assert {task.task_id: (task.created_time, task.status) for task in stored} == {
            task.task_id: (task.created_time, task.status) for task in tasks
        }
        finished = sql.select(sql.func.count()).where(StoredTask.status == rf.TaskStatus.FINISHED)
        assert session.scalar(finished) == sum(task.status == rf.TaskStatus.FINISHED for task in tasks)
    engine.dispose()


app = FastAPI()
sent: list[rf.UpdateRecallFlow] = []


@app.get("/flows/{key_id}")
def read_flow(key_id: int) -> rf.RecallFlowDetail:
    return DETAIL.replace(key_id=key_id)


@app.get("/tasks")
def read_tasks() -> list[rf.GroupCallTask]:
    return [TASK]


@app.post("/flows")
def edit_flow(update: Annotated[rf.UpdateRecallFlow, Body()]) -> int:
    sent.append(update)
    return len(sent)


def request(method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Sends a request to the application, and returns the status code and the JSON of the response."""
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": json.dumps(body).encode()}

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    asyncio.run(app(scope, receive, send))
    start, *parts = messages
    return start["status"], json.loads(b"".join(part.get("body", b"") for part in parts))


def test_fastapi_returns_responses() -> None:
    status, detail = request("GET", "/flows/7")
    assert status == 200
    assert rf.RecallFlowDetail.from_dict(detail) == DETAIL.replace(key_id=7)
    assert request("GET", "/tasks") == (200, [TASK.to_dict()])


def test_fastapi_reads_requests() -> None:
    assert request("POST", "/flows", UPDATE.to_dict()) == (200, 1)
    assert sent == [UPDATE]
    status, error = request("POST", "/flows", {**UPDATE.to_dict(), "recall_intervall": 5})
    assert status == 422
    assert "did you mean `recall_interval`?" in error["detail"][0]["msg"]


def test_fastapi_describes_them() -> None:
    document = app.openapi()
    schemas = document["components"]["schemas"]
    assert "sms_content" in schemas["RecallNodeDetail"]["properties"]
    returned = document["paths"]["/tasks"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert returned["items"] == {"$ref": "#/components/schemas/GroupCallTask"}
