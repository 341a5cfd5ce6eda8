"""recallflow as its users have it."""

import recallflow as rf

from fixture import API_KEY, API_SECRET, END_TIME, KEY_ID, STR_TIME, VOICE_FILE_ID, expect_full

UPDATE = rf.UpdateRecallFlow(
    key_id=KEY_ID,
    recall_interval=30,
    recall_num=1,
    recall_type=rf.RecallType.ALL,
    node_list=[rf.RecallNode.uploaded(VOICE_FILE_ID)],
)
QUERY = rf.GroupCallQuery(str_time=STR_TIME, end_time=END_TIME)


class Ours:
    """The client."""

    def __init__(self, base_url: str) -> None:
        self.client = rf.Client(API_KEY, API_SECRET, base_url=base_url)

    def small(self) -> None:
        self.client.update_recall_flow(UPDATE)

    def page(self) -> None:
        touch(self.client.query_group_calls(QUERY))

    def close(self) -> None:
        self.client.close()


class AsyncOurs:
    """The asynchronous client."""

    def __init__(self, base_url: str) -> None:
        self.client = rf.AsyncClient(API_KEY, API_SECRET, base_url=base_url)

    async def small(self) -> None:
        await self.client.update_recall_flow(UPDATE)

    async def page(self) -> None:
        touch(await self.client.query_group_calls(QUERY))

    async def close(self) -> None:
        await self.client.close()


def touch(page: rf.GroupCallPage) -> None:
    """Reads every field of every record once."""
    expect_full(len(page.records))
    for task in page.records:
        _ = task.task_id
        _ = task.task_name
        _ = task.status
        _ = task.rate
        _ = task.num_cnt
        _ = task.call_num
        _ = task.success
        _ = task.fail
        _ = task.created_time
        _ = task.script_id
        _ = task.task_type
        _ = task.answered_num
        _ = task.asr
        _ = task.agent_total_feetime
        _ = task.agent_fee
        _ = task.charge_len
        _ = task.acd
        _ = task.group_call_pay_fee
        _ = task.sms_pay_fee
        _ = task.task_sum_pay_fee
        _ = task.send_sms_num
