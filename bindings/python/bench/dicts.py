"""Answers as dicts: what a user does with json or orjson."""

from typing import Any

from fixture import expect_full


def opened(envelope: Any) -> Any:
    """The data of a success."""
    if envelope["code"] != 0:
        raise RuntimeError(f"{envelope['code']}: {envelope['msg']}")
    return envelope["data"]


def touch(page: Any) -> None:
    """Reads every field of every record once."""
    expect_full(len(page["records"]))
    for task in page["records"]:
        _ = task["taskId"]
        _ = task["taskName"]
        _ = task["status"]
        _ = task["rate"]
        _ = task["numCnt"]
        _ = task["callNum"]
        _ = task["success"]
        _ = task["fail"]
        _ = task["createdTime"]
        _ = task["scriptId"]
        _ = task["taskType"]
        _ = task["answeredNum"]
        _ = task["asr"]
        _ = task["agentTotalFeetime"]
        _ = task["agentFee"]
        _ = task["chargeLen"]
        _ = task["acd"]
        _ = task["groupCallPayFee"]
        _ = task["smsPayFee"]
        _ = task["taskSumPayFee"]
        _ = task["sendSmsNum"]
