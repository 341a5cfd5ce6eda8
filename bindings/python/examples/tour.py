"""Finds recall flows, reads and edits one, cancels another one, and adds up the cost of group calls.

`cargo xtask demo` runs it against the sandbox. On another server it changes the first two pending flows.
"""

from __future__ import annotations

import json

import recallflow as rf

START, END = "2024-01-01 00:00:00", "2024-06-03 15:13:01"


def tour(client: rf.Client) -> None:
    """Shows one job after the other."""
    title("Find recall flows")
    pending: list[int] = []
    for flow in client.recall_flows(rf.RecallFlowQuery(str_time=START, end_time=END)):
        progress = f"{name_of(flow.status)}, {flow.finish_num} of {flow.recall_num} recalls done"
        print(f"flow {flow.key_id} of task {flow.task_name}: {progress}")
        if flow.status == rf.RecallStatus.PENDING and flow.key_id is not None:
            pending.append(flow.key_id)
    first, second, *_ = pending

    title("Read one")
    detail = client.query_recall_flow_detail(first)
    print(json.dumps(detail.to_wire(), indent=2, ensure_ascii=False))

    title("Edit it")
    update = detail.to_update()
    # An AI Agent flow would become an `UpdateAgentRecallFlow`.
    assert isinstance(update, rf.UpdateRecallFlow)
    client.update_recall_flow(update.replace(recall_interval=45))
    edited = client.query_recall_flow_detail(first)
    print(f"minutes between the recalls of flow {first}: {detail.recall_interval}, now {edited.recall_interval}")

    title("Cancel another one")
    client.cancel_recall_flow(rf.CancelScope.FLOW, second)
    canceled = client.query_recall_flow_detail(second)
    print(f"flow {second} is {name_of(canceled.status)}")

    title("Add up the cost of group calls")
    tasks = list(client.group_calls(rf.GroupCallQuery(str_time=START, end_time=END)))
    for currency, amount in rf.totals(tasks).task_sum_pay_fee.amounts.items():
        unit = currency or "in the account's currency"
        print(f"{len(tasks)} tasks cost {amount} {unit}")

    title("An invalid request is not sent")
    wrong = rf.UpdateRecallFlow(key_id=first, recall_interval=0, recall_num=11, recall_type=rf.RecallType.ALL)
    try:
        client.update_recall_flow(wrong)
    except rf.InvalidRequestError as error:
        for violation in error.violations:
            print(violation.message)
    else:
        raise AssertionError("expected an invalid request")


def title(text: str) -> None:
    """Starts a part of the tour."""
    print(f"\n== {text}")


def name_of(status: rf.RecallStatus | int | None) -> str:
    """Returns the name of a status; a number that this version does not know stays a number."""
    return status.name.lower() if isinstance(status, rf.RecallStatus) else str(status)


if __name__ == "__main__":
    # Reads `RECALLFLOW_API_KEY`, `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL`.
    with rf.Client.from_env() as client:
        tour(client)
