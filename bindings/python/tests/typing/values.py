"""What type checkers say about values; mypy and pyright read this file, and nothing runs it.

Every line that must be refused says so to both checkers, each of which reports a refusal that does not come.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any

from typing_extensions import assert_type

import recallflow as rf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def attributes_have_the_types_of_their_fields(
    task: rf.GroupCallTask, page: rf.GroupCallPage, node: rf.RecallNode
) -> None:
    assert_type(task.task_id, int | None)
    assert_type(task.task_sum_pay_fee, str | None)
    assert_type(task.created_time, datetime | None)
    assert_type(task.extra, Mapping[str, Any])
    assert_type(page.records, Sequence[rf.GroupCallTask])
    assert_type(node.hang_up_sms, bool)
    assert_type(node.feedback_push, bool | None)
    if isinstance(task.status, rf.TaskStatus):
        assert_type(task.status, rf.TaskStatus)
    print(task.taskId)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]


def attributes_are_read_only(task: rf.GroupCallTask, update: rf.UpdateRecallFlow, totals: rf.Totals) -> None:
    task.task_id = 5  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    task.extra = rf.Extra({})  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    task.extra["a"] = 1  # type: ignore[index] # pyright: ignore[reportIndexIssue]
    task.note = "new"  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    update.key_id = 5  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    totals.agent_fee = rf.FeeTotal({})  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]


def arguments_are_checked(numbers: list[rf.TaskStatus], time: datetime) -> None:
    rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time=time, status_list=numbers)
    rf.GroupCallQuery(str_time=time, end_time=time, status_list=(rf.TaskStatus.FINISHED, 9))
    rf.UpdateRecallFlow(key_id=1, recall_interval=30, recall_num=1, recall_type=rf.RecallType.ALL)
    rf.UpdateRecallFlow(key_id=1)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    rf.UpdateRecallFlow(1, 30, 1, 0)  # type: ignore[call-arg,arg-type] # pyright: ignore[reportCallIssue]
    rf.RecallFlowDetailQuery(key_id="1")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    rf.RecallFlowDetailQuery(keyId=1)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    rf.GroupCallTask(task_id=1, extra={"new": 1})
    rf.GroupCallTask(task_id="1")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def constructors_take_what_they_do_not_set(path: Path) -> None:
    assert_type(rf.RecallNode.uploaded("file.wav", hang_up_sms=True), rf.RecallNode)
    rf.RecallNode.reupload("name", b"audio", to_seat=True)
    rf.RecallNode.reupload("name", path)
    rf.RecallNode.reupload("name", audio="file.wav")
    rf.RecallNode.text_to_speech("text", "EN", speaking_rate=0.5)
    rf.RecallNode.reupload("name", 5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    rf.RecallNode.uploaded("file.wav", source=2)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    rf.RecallNode.text_to_speech("text")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def copies_are_checked(update: rf.UpdateRecallFlow) -> None:
    assert_type(update.replace(recall_interval=60), rf.UpdateRecallFlow)
    update.replace(recall_interval="60")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    update.replace(recall_intervall=60)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    assert_type(copy.copy(update), rf.UpdateRecallFlow)


def values_are_read_and_written(detail: rf.RecallFlowDetail, fields: Mapping[str, Any]) -> None:
    assert_type(detail.to_update(), rf.UpdateRecallFlow | rf.UpdateAgentRecallFlow)
    assert_type(detail.to_dict(), dict[str, Any])
    assert_type(detail.to_wire(), dict[str, Any])
    assert_type(rf.GroupCallTask.from_wire(b"{}"), rf.GroupCallTask)
    assert_type(rf.UpdateRecallFlow.from_dict(fields), rf.UpdateRecallFlow)
    assert_type(rf.UpdateRecallFlow.from_dict(fields).validate(), list[rf.Violation])
    print(detail.validate())  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]


class Node(rf.RecallNode):
    """A class of a user."""

    note: str = ""


def classes_may_be_derived(node: Node) -> None:
    assert_type(Node(source=rf.VoiceSource.UPLOADED), Node)
    assert_type(Node.uploaded("file.wav"), Node)
    assert_type(node.replace(text="other"), Node)
    node.note = "mine"
    node.text = "other"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]


def operations_answer_their_responses(client: rf.Client, query: rf.GroupCallQuery, update: rf.UpdateRecallFlow) -> None:
    assert_type(client.query_group_calls(query), rf.GroupCallPage)
    assert_type(client.query_recall_flow_detail(299, timeout=5), rf.RecallFlowDetail)
    assert_type(client.group_calls(query), rf.Pages[rf.GroupCallTask])
    assert_type([task.task_id for task in client.group_calls(query)], list[int | None])
    client.update_recall_flow(update, max_retries=0)
    client.update_recall_flow(query)  # type: ignore[call-overload] # pyright: ignore[reportArgumentType]
    client.query_recall_flow_detail("299")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def operations_may_be_awaited(client: rf.AsyncClient, query: rf.GroupCallQuery) -> None:
    assert_type(await client.query_group_calls(query), rf.GroupCallPage)
    assert_type(await client.query_recall_flow_detail(299, timeout=5), rf.RecallFlowDetail)
    assert_type(client.group_calls(query), rf.AsyncPages[rf.GroupCallTask])
    assert_type([task.task_id async for task in client.group_calls(query)], list[int | None])
