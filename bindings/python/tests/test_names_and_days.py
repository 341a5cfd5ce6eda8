"""Enums by name, days in place of times, and times with a zone."""

from __future__ import annotations

import datetime
import pickle
from typing import Any

import pytest

import recallflow as rf

SPAN: dict[str, Any] = {"str_time": "2024-01-01 00:00:00", "end_time": "2024-06-03 15:13:01"}
DAY = datetime.date(2024, 5, 1)


@pytest.mark.parametrize("name", ["finished", "FINISHED", "Finished"])
def test_a_request_takes_the_name_of_a_member(name: str) -> None:
    query = rf.GroupCallQuery(**SPAN, status_list=[name, 3, rf.TaskStatus.WAITING], task_type="ai_agent")
    assert query.status_list == (rf.TaskStatus.FINISHED, 3, rf.TaskStatus.WAITING)
    assert query == rf.GroupCallQuery(**SPAN, status_list=[2, 3, 0])
    assert query == rf.GroupCallQuery.from_dict({**SPAN, "status_list": [name, 3, 0], "task_type": "AI_AGENT"})
    assert "TaskStatus.FINISHED" in repr(query)
    assert query.to_wire()["params"]["statusList"] == [2, 3, 0]
    assert query.validate() == []
    assert pickle.loads(pickle.dumps(query)) == query


def test_every_enum_has_a_member_for_each_of_its_names() -> None:
    for enum in (rf.TaskStatus, rf.RecallStatus, rf.VoiceSource, rf.CancelScope):
        for member in enum:
            assert enum(str(member)) is enum(member.name) is enum(int(member)) is member


def test_a_call_takes_names(client: rf.Client) -> None:
    assert client.query_group_calls(**SPAN, status_list=["finished"]).total == 401
    client.cancel_recall_flow("flow", 299)
    status = client.query_recall_flow_detail(299).status
    assert isinstance(status, rf.RecallStatus)
    assert status.name == "CANCELLED"


def test_a_wrong_name_is_a_violation_that_lists_the_names() -> None:
    query = rf.GroupCallQuery(**SPAN, status_list=["finished", "finnished"])
    assert query.status_list == (rf.TaskStatus.FINISHED, "finnished")
    names = "waiting, calling, finished, submission_failed, cancelled, suspended or submitting"
    (violation,) = query.validate()
    assert (violation.path, violation.rule) == ("params.statusList[1]", "type")
    assert violation.message == f'`params.statusList[1]` must be {names}, but is "finnished"'
    with pytest.raises(rf.InvalidRequestError, match="must be all or failed"):
        rf.UpdateRecallFlow.from_dict({"key_id": 1, "recall_interval": 1, "recall_num": 1, "recall_type": "none"})
    with pytest.raises(ValueError, match=r"^expected one of all, failed, got 'none'$"):
        rf.RecallType("none")
    # The wire has numbers only.
    with pytest.raises(rf.InvalidRequestError, match="must be a whole number"):
        rf.UpdateRecallFlow.from_wire({"keyId": 1, "recallInterval": 1, "recallNum": 1, "recallType": "all"})


def test_a_response_takes_names_from_a_dict() -> None:
    task = rf.GroupCallTask.from_dict({"task_id": 1, "status": "finished", "task_type": "unheard of"})
    assert task.status is rf.TaskStatus.FINISHED
    assert (task.task_type, task.extra) == (None, {"taskType": "unheard of"})
    assert rf.GroupCallTask.from_wire({"status": "finished"}).status is None


def test_a_day_is_its_start_or_its_end() -> None:
    query = rf.GroupCallQuery(str_time=DAY, end_time=DAY)
    assert query.str_time == datetime.datetime(2024, 5, 1)
    assert query.end_time == datetime.datetime(2024, 5, 1, 23, 59, 59)
    assert query == rf.GroupCallQuery.from_dict({"str_time": DAY, "end_time": DAY}) == query.replace(end_time=DAY)
    flows = rf.RecallFlowQuery(str_time=DAY, end_time=DAY)
    assert flows.to_wire()["params"] == {"strTime": "2024-05-01 00:00:00", "endTime": "2024-05-01 23:59:59"}
    assert rf.GroupCallQuery(str_time="2024-05-01", end_time=DAY).validate()[0].rule == "format"
