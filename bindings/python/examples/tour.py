"""The main job from start to end: the operations on the documents' own examples, and a request that is refused.

`cargo xtask demo` runs it against the sandbox. To run it against any other service, set `RECALLFLOW_API_KEY`,
`RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL`, and mind that it edits the flow 299.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import recallflow as rf

if TYPE_CHECKING:
    from recallflow import Request, Response


def main() -> int:
    """Takes the tour, and prints the error if it fails."""
    try:
        with rf.Client.from_env() as client:
            tour(client)
    except rf.RecallFlowError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def tour(client: rf.Client) -> None:
    """Shows one operation after the other."""
    print(client)

    title("Read a recall flow")
    show("request", rf.RecallFlowDetailQuery(key_id=12))
    detail = client.query_recall_flow_detail(12)
    show("response", detail)
    for node in detail.node_list:
        print(f"node {or_dash(node.key_id)}: {or_dash(node.node_status)}, plays {or_dash(node.voice_file_id)}")

    title("Edit a recall flow")
    call_again = rf.RecallNode.uploaded(
        "120250811103439c1901f4c53b691b419ad8a143b.wav",
        to_seat=True,
        sip_group_id=1_000_038,
        outbound_control=rf.OutboundControl.PROPORTIONAL,
        callout_rate=1,
        to_seat_type=rf.SeatTransfer.AFTER_CALL,
        delay_transfer=0,
    )
    update = rf.UpdateRecallFlow(
        key_id=299, recall_interval=30, recall_num=1, recall_type=rf.RecallType.ALL, node_list=[call_again]
    )
    show("request", update)
    client.update_recall_flow(update)
    print("accepted")

    title("Change one value of the flow")
    detail = client.query_recall_flow_detail(299)
    client.update_recall_flow(detail.to_update().replace(recall_interval=45))
    changed = client.query_recall_flow_detail(299)
    print(f"minutes between recalls: {or_dash(detail.recall_interval)}, now {or_dash(changed.recall_interval)}")

    title("List group calls")
    query = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01", size=10)
    show("request", query)
    page = client.query_group_calls(query)
    print(f"page {or_dash(page.current)} of {or_dash(page.pages)}, {or_dash(page.total)} tasks in all")
    print(f"{'task':<9} {'name':<28} {'status':<10} {'progress':>8}  cost")
    for task in page.records[:3]:
        print(
            f"{or_dash(task.task_id):<9} {or_dash(task.task_name):<28} {or_dash(task.status):<10} "
            f"{or_dash(task.rate):>6} %  {or_dash(task.task_sum_pay_fee)}"
        )
    tasks = list(client.group_calls(query.replace(size=100)))
    for currency, amount in rf.totals(tasks).task_sum_pay_fee.amounts.items():
        unit = currency or "in the account's currency"
        print(f"{len(tasks)} tasks cost {amount} {unit}")

    title("A request that breaks rules is not sent")
    wrong = rf.UpdateRecallFlow(
        key_id=299,
        recall_interval=0,
        recall_num=11,
        recall_type=rf.RecallType.ALL,
        node_list=[
            rf.RecallNode.text_to_speech("", "EN", speaking_rate=5.0),
            rf.RecallNode.uploaded("a.wav", hang_up_sms=True, feedback_value="12"),
        ],
    )
    try:
        client.update_recall_flow(wrong)
    except rf.InvalidRequestError as error:
        for violation in error.violations:
            print(f"{violation.rule:<13} {violation.message}")
    else:
        sys.exit("expected an invalid request")


def title(text: str) -> None:
    """Starts a part of the tour."""
    print(f"\n== {text}")


def or_dash(value: object) -> str:
    """Returns a value that the service may omit; a status by name."""
    if value is None:
        return "-"
    name = getattr(value, "name", None)
    return name.replace("_", " ").lower() if isinstance(name, str) else str(value)


def show(what: str, value: Request | Response) -> None:
    """Shows a value in the wire form of the service."""
    print(f"{what}: {json.dumps(value.to_wire(), indent=2, ensure_ascii=False)}")


if __name__ == "__main__":
    sys.exit(main())
