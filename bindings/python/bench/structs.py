"""Requests and responses as a user writes them with msgspec, for the documented fields only."""

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from contender import CALL, END_TIME, KEY_ID, RECORDS, STR_TIME, VOICE_FILE_ID, read_attributes

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
    """The envelope of every response."""

    code: int
    msg: str
    data: T | None


class Node(msgspec.Struct, rename="camel"):
    """A node of a flow."""

    source: int
    voice_file_id: str
    hang_up_sms: int
    to_seat: int


class Update(msgspec.Struct, rename="camel"):
    """An update of a flow."""

    key_id: int
    recall_interval: int
    recall_num: int
    recall_type: int
    node_list: list[Node]


class Params(msgspec.Struct, rename="camel"):
    """The time range of a query."""

    str_time: str
    end_time: str
    task_type: int


class Query(msgspec.Struct, rename="camel"):
    """A query for tasks."""

    current: int
    size: int
    params: Params


UPDATE = Update(KEY_ID, 30, 1, 0, [Node(1, VOICE_FILE_ID, 0, 0)])
QUERY = Query(1, RECORDS, Params(STR_TIME, END_TIME, 3))

encode = msgspec.json.Encoder().encode
decode_small = msgspec.json.Decoder(Envelope[None]).decode
decode_page = msgspec.json.Decoder(Envelope[Page]).decode


def request() -> bytes:
    """Encodes the request."""
    return encode(UPDATE if CALL == "small" else QUERY)


def read(body: "Buffer") -> None:
    """Decodes the response and reads every field."""
    envelope = decode_small(body) if CALL == "small" else decode_page(body)
    assert envelope.code == 0
    if envelope.data is not None:
        read_attributes(envelope.data)
