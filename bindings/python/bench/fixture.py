"""What is sent, the same as in crates/bench; what is answered, the server knows."""

from typing import Any

API_KEY = "bDqJFiq9"
API_SECRET = "7bz1lzh9"

UPDATE_PATH = "/voice/recallFlow/update"
QUERY_PATH = "/voice/group/call/query"

RECORDS = 100
"""Records of a page."""

KEY_ID = 299
VOICE_FILE_ID = "120250811103439c1901f4c53b691b419ad8a143b.wav"
STR_TIME = "2024-01-01 00:00:00"
END_TIME = "2024-06-03 15:13:01"

UPDATE: dict[str, Any] = {
    "keyId": KEY_ID,
    "recallInterval": 30,
    "recallNum": 1,
    "recallType": 0,
    "nodeList": [{"source": 1, "voiceFileId": VOICE_FILE_ID, "hangUpSms": 0, "toSeat": 0}],
}
"""A change of a flow with one node."""

QUERY: dict[str, Any] = {
    "current": 1,
    "size": RECORDS,
    "params": {"strTime": STR_TIME, "endTime": END_TIME, "taskType": 3},
}
"""The query of a page."""


def expect_full(records: int) -> None:
    """Sees to it that a page is what was expected."""
    if records != RECORDS:
        raise RuntimeError(f"the page has {records} records")
