"""What type checkers say about clients and errors; mypy and pyright read this file, and nothing runs it."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from typing_extensions import assert_type

import recallflow as rf

if TYPE_CHECKING:
    from pathlib import Path


def calls_return_their_responses(client: rf.Client, query: rf.GroupCallQuery, update: rf.UpdateRecallFlow) -> None:
    assert_type(client.query_recall_flow_detail(299, timeout=5, max_retries=0), rf.RecallFlowDetail)
    assert_type(client.query_group_calls(query), rf.GroupCallPage)
    client.update_recall_flow(update, timeout=1.5)
    tasks = client.group_calls(query)
    assert_type(tasks, rf.Pages[rf.GroupCallTask])
    assert_type(tasks.drift, rf.Drift | None)
    assert_type(next(tasks), rf.GroupCallTask)
    assert_type([task.task_id for task in tasks], list[int | None])


def fields_are_passed_by_keyword(client: rf.Client, query: rf.GroupCallQuery) -> None:
    start, end = "2024-01-01 00:00:00", "2024-06-03 15:13:01"
    assert_type(client.query_group_calls(str_time=start, end_time=end, timeout=5), rf.GroupCallPage)
    tasks = client.group_calls(str_time=start, end_time=end, status_list=[rf.TaskStatus.FINISHED], concurrency=4)
    assert_type(tasks, rf.Pages[rf.GroupCallTask])
    client.update_recall_flow(key_id=1, recall_interval=30, recall_num=1, recall_type=0, extra={"new": 1})
    client.group_calls(str_time=start)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    client.group_calls(str_time=start, end_time=end, sizes=5)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    client.group_calls(query, size=5)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    client.group_calls(str_time=start, end_time=5)  # type: ignore[call-overload] # pyright: ignore[reportArgumentType]


def any_endpoint_takes_a_mapping_or_a_sequence(client: rf.Client) -> None:
    client.call("voice/balance", {"currency": "USD"}, timeout=5)
    client.call("voice/balance", [1, Decimal("0.1")], "update")
    client.call("voice/balance", {}, "read")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.call("voice/balance", None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def awaited_calls_too(client: rf.AsyncClient, query: rf.GroupCallQuery, update: rf.UpdateRecallFlow) -> None:
    assert_type(await client.query_recall_flow_detail(299), rf.RecallFlowDetail)
    assert_type(await client.query_group_calls(query), rf.GroupCallPage)
    await client.update_recall_flow(update)
    tasks = client.group_calls(query)
    assert_type(tasks, rf.AsyncPages[rf.GroupCallTask])
    assert_type([task async for task in tasks], list[rf.GroupCallTask])
    assert_type(await client.query_recall_flows(str_time="", end_time=""), rf.RecallFlowPage)
    assert_type(client.recall_flows(str_time="", end_time="", size=5), rf.AsyncPages[rf.RecallFlow])
    await client.update_recall_flow(key_id=1)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]


def options_are_checked(path: Path) -> None:
    assert_type(rf.Client.from_env(timeout=5), rf.Client)
    assert_type(rf.AsyncClient.from_profile("main", timeout=5), rf.AsyncClient)
    rf.Client.from_profile(5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    with rf.Client("key", "secret", base_url=rf.ITNIO, proxy=False, ca_file=path) as client:
        assert_type(client, rf.Client)
    rf.Client("key")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    rf.Client("key", "secret", rf.ITNIO)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    rf.Client("key", "secret", proxy=True)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    rf.Client("key", "secret", time_out=5)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    rf.AsyncClient.from_env(max_retries="2")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def errors_have_their_attributes(error: rf.OutcomeUnknownError, limited: rf.RateLimitedError) -> None:
    assert_type(error.cause, rf.RecallFlowError)
    assert_type(limited.retry_after, float | None)
    assert_type(limited.code, int | None)
    assert_type(rf.InvalidRequestError().violations, list[rf.Violation])
    rf.RateLimitedError("slow down", code=-15, retry_after=2.0)
    rf.OutcomeUnknownError("who knows")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    rf.ApiError("text", colour="red")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def small_values_are_read_only(violation: rf.Violation, fee: rf.Fee, total: rf.FeeTotal) -> None:
    assert_type(fee.amount, Decimal)
    assert_type(total.amounts.get("USD"), Decimal | None)
    violation.path = "keyId"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    total.amounts["USD"] = fee.amount  # type: ignore[index] # pyright: ignore[reportIndexIssue]


def a_misspelt_name_is_refused() -> None:
    rf.Clinet  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] # noqa: B018
