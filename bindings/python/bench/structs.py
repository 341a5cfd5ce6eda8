"""Requests and answers as a user writes them with msgspec: for what the documents show and nothing else."""

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from fixture import END_TIME, KEY_ID, RECORDS, STR_TIME, VOICE_FILE_ID, expect_full

if TYPE_CHECKING:
    from typing_extensions import Buffer

T = TypeVar("T")


class Task(msgspec.Struct, rename="camel"):
    """A task."""

    task_id: int
    task_name: str
    status: int
    rate: str
    num_cnt: int
    call_num: int
    success: int
    fail: int
    created_time: str
    script_id: int
    task_type: int
    answered_num: int
    asr: str
    agent_total_feetime: int
    agent_fee: str
    charge_len: int
    acd: str
    group_call_pay_fee: str
    sms_pay_fee: str
    task_sum_pay_fee: str
    send_sms_num: int


class Page(msgspec.Struct, rename="camel"):
    """A page of tasks."""

    records: list[Task]
    total: int
    size: int
    current: int
    search_count: bool
    pages: int


class Envelope(msgspec.Struct, Generic[T]):
    """What every answer is wrapped in."""

    code: int
    msg: str
    data: T | None

    def open(self) -> T | None:
        """The data of a success."""
        if self.code != 0:
            raise RuntimeError(f"{self.code}: {self.msg}")
        return self.data


class Node(msgspec.Struct, rename="camel"):
    """A node of a flow."""

    source: int
    voice_file_id: str
    hang_up_sms: int
    to_seat: int


class Update(msgspec.Struct, rename="camel"):
    """A change of a flow."""

    key_id: int
    recall_interval: int
    recall_num: int
    recall_type: int
    node_list: list[Node]


class Span(msgspec.Struct, rename="camel"):
    """The span of a query."""

    str_time: str
    end_time: str
    task_type: int


class Query(msgspec.Struct, rename="camel"):
    """Selects tasks."""

    current: int
    size: int
    params: Span


UPDATE = Update(KEY_ID, 30, 1, 0, [Node(1, VOICE_FILE_ID, 0, 0)])
QUERY = Query(1, RECORDS, Span(STR_TIME, END_TIME, 3))

encode = msgspec.json.Encoder().encode
decode_small = msgspec.json.Decoder(Envelope[None]).decode
decode_page = msgspec.json.Decoder(Envelope[Page]).decode


def read_small(body: "Buffer") -> None:
    """Decodes the answer to an update."""
    decode_small(body).open()


def read_page(body: "Buffer") -> None:
    """Decodes the answer to a query, and reads it."""
    page = decode_page(body).open()
    if page is None:
        raise RuntimeError("the answer has no data")
    touch(page)


def touch(page: Page) -> None:
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
