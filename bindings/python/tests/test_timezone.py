"""The option `timezone`: times with a zone in requests."""

from __future__ import annotations

import asyncio
import datetime
import json
import zoneinfo
from typing import TYPE_CHECKING, Any, cast

import pytest

import recallflow as rf

if TYPE_CHECKING:
    from recallflow.sandbox import Sandbox

EAST = datetime.timezone(datetime.timedelta(hours=8))
UTC = datetime.timezone.utc
START = datetime.datetime(2024, 5, 1, 20, 0, 0, 999_999, tzinfo=UTC)
END = datetime.datetime(2024, 5, 2, 1, 30, 5, tzinfo=EAST)
QUERY = rf.GroupCallQuery(str_time=START, end_time=END)
SENT = {"strTime": "2024-05-02 04:00:00", "endTime": "2024-05-02 01:30:05"}

needs_zones = pytest.mark.skipif(
    "Europe/Berlin" not in zoneinfo.available_timezones(), reason="this system has no data of time zones"
)


def spans(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Returns the time span of each request."""
    bodies = [json.loads(request.body)["params"] for request in sandbox.requests]
    return [{name: body[name] for name in ("strTime", "endTime")} for body in bodies]


def test_a_time_with_a_zone_is_sent_as_the_time_of_the_service(sandbox: Sandbox) -> None:
    with sandbox.client(timezone=EAST) as client:
        client.query_group_calls(QUERY)
        client.query_group_calls(str_time=START, end_time=END)
        client.group_calls(QUERY).to_list()
        client.with_options(timeout=5).query_group_calls(QUERY)
        client.with_raw_response.query_group_calls(QUERY)
    assert spans(sandbox) == [SENT] * 5


def test_an_async_client_does_the_same(sandbox: Sandbox) -> None:
    async def call() -> None:
        async with sandbox.async_client(timezone=EAST) as client:
            await client.query_group_calls(QUERY)
            await client.group_calls(QUERY).to_list()

    asyncio.run(call())
    assert spans(sandbox) == [SENT] * 2


def test_with_options_changes_the_zone_or_keeps_it(sandbox: Sandbox, client: rf.Client) -> None:
    east = client.with_options(timezone=EAST)
    east.with_options(timezone=UTC).query_group_calls(QUERY)
    east.with_options(max_retries=0).query_group_calls(QUERY)
    assert [span["strTime"] for span in spans(sandbox)] == ["2024-05-01 20:00:00", SENT["strTime"]]


def test_other_times_are_sent_as_they_are(sandbox: Sandbox) -> None:
    with sandbox.client(timezone=EAST) as client:
        client.query_group_calls(str_time=datetime.datetime(2024, 5, 1, 9), end_time="2024-05-02 10:00:00")
        client.query_group_calls(str_time=datetime.date(2024, 5, 1), end_time=datetime.date(2024, 5, 2))
    assert spans(sandbox) == [
        {"strTime": "2024-05-01 09:00:00", "endTime": "2024-05-02 10:00:00"},
        {"strTime": "2024-05-01 00:00:00", "endTime": "2024-05-02 23:59:59"},
    ]


def test_without_the_option_a_time_with_a_zone_is_refused(sandbox: Sandbox, client: rf.Client) -> None:
    with pytest.raises(rf.InvalidRequestError, match=r"a time with a zone \(UTC\): .*the option `timezone`"):
        client.query_group_calls(QUERY)
    assert sandbox.requests == []


def test_a_time_out_of_range_is_refused(sandbox: Sandbox) -> None:
    earliest = datetime.datetime.min.replace(tzinfo=EAST)
    with sandbox.client(timezone=UTC) as client, pytest.raises(rf.InvalidRequestError, match="strTime"):
        client.query_group_calls(str_time=earliest, end_time=END)
    assert sandbox.requests == []


@needs_zones
def test_a_zone_has_a_name(sandbox: Sandbox) -> None:
    with sandbox.client(timezone="Europe/Berlin") as client:
        for hour in (0, 1):
            # In this night, 02:00 of summer is followed by 02:00 of winter.
            time = datetime.datetime(2024, 10, 27, hour, 30, tzinfo=UTC)
            client.query_group_calls(str_time=time, end_time=time)
        time = datetime.datetime(2024, 3, 31, 1, 30, tzinfo=UTC)
        client.query_group_calls(str_time=time, end_time=time)
    assert [span["strTime"][11:] for span in spans(sandbox)] == ["02:30:00", "02:30:00", "03:30:00"]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Mars/Olympus", 'this system has no time zone "Mars/Olympus"; use an IANA name'),
        ("../etc/passwd", "this system has no time zone"),
        (8, "must be the name of a time zone or a `tzinfo`, but is a Python `int`"),
    ],
)
def test_another_value_is_refused(sandbox: Sandbox, client: rf.Client, zone: object, expected: str) -> None:
    options = cast("Any", {"timezone": zone})
    for make in (sandbox.client, sandbox.async_client, client.with_options):
        with pytest.raises(rf.ConfigError, match=f"^`timezone`:? {expected}"):
            make(**options)
