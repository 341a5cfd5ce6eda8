"""Secrets show nowhere: not in errors, clients, logs or the frames of tracebacks."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import pickle
import time
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

import recallflow as rf
from recallflow.sandbox import Fault, Sandbox, faults

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "K3y-Canary-0123456789"
SECRET = "s3cret-CANARY-0123456789"
PASSWORD = "hunter2-Canary"


def canaries() -> list[str]:
    """Everything that must not show: key, secret, password, and the signatures of the last minute."""
    now = int(time.time())
    signs = [hashlib.md5(f"{KEY}{SECRET}{second}".encode()).hexdigest() for second in range(now - 60, now + 2)]
    return [KEY, SECRET, PASSWORD, *signs]


def assert_clean(text: str) -> None:
    lower = text.lower()
    assert [canary for canary in canaries() if canary.lower() in lower] == []


def shown(error: BaseException) -> str:
    """An error in every form, with the locals of all frames that are not of the test."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    held = [frame.locals for frame in frames if frame.filename != __file__]
    return f"{error} {error!r} {vars(error)} {pickle.dumps(error)!r} {held}"


def reflections() -> list[Fault]:
    """Answers that hold what the request held."""
    sign = canaries()[-2]
    text = f"{KEY} {KEY.lower()} {SECRET} {sign} {sign.upper()}"
    return [
        faults.body({"code": -22, "msg": f"bad request: {text}"}),
        faults.body(f"<html>{text}</html>") & faults.http_status(500),
        faults.body("<html>" + "x" * 490 + text + "</html>"),
        faults.body({"code": text}),
        faults.gzip() & faults.header("Content-Encoding", text),
        faults.redirect(f"https://example.com/?{SECRET}"),
    ]


@pytest.fixture
def canary_sandbox() -> Iterator[Sandbox]:
    with Sandbox(api_key=KEY, api_secret=SECRET) as sandbox:
        yield sandbox


UPDATE = rf.UpdateRecallFlow(key_id=299, recall_interval=45, recall_num=2, recall_type=rf.RecallType.FAILED)


@pytest.mark.parametrize("fault", reflections(), ids=["msg", "500", "long", "code", "header", "redirect"])
def test_no_error_shows_what_the_service_sent_back(canary_sandbox: Sandbox, fault: Fault) -> None:
    canary_sandbox.script(fault, fault, fault)
    with canary_sandbox.client(max_retries=0) as client:
        with pytest.raises(rf.RecallFlowError) as caught:
            client.query_recall_flow_detail(12)
        assert_clean(shown(caught.value))
        with pytest.raises(rf.RecallFlowError) as caught:
            client.update_recall_flow(UPDATE)
        assert_clean(shown(caught.value))

    async def main() -> None:
        async with canary_sandbox.async_client(max_retries=0) as client:
            await client.query_recall_flow_detail(12)

    with pytest.raises(rf.RecallFlowError) as caught:
        asyncio.run(main())
    assert_clean(shown(caught.value))


@pytest.mark.parametrize("kind", [rf.Client, rf.AsyncClient])
def test_a_client_shows_none(kind: type[rf.Client | rf.AsyncClient]) -> None:
    client = kind(KEY, SECRET, proxy=f"http://user:{PASSWORD}@127.0.0.1:1")
    core = client._core
    assert_clean(f"{client!r} {client} {vars(client)}")
    assert_clean(f"{core!r} {core} {[getattr(core, name) for name in dir(core) if not name.startswith('__')]}")


@pytest.mark.parametrize("kind", [rf.Client, rf.AsyncClient])
@pytest.mark.parametrize(
    ("credentials", "options"),
    [
        ((KEY, SECRET), {"timeout": 0}),
        ((KEY, SECRET), {"base_url": f"https://user:{PASSWORD}@example.com"}),
        ((KEY, SECRET), {"proxy": f"ftp://user:{PASSWORD}@example.com"}),
        ((KEY, SECRET + "\n"), {}),
        ((KEY + " ", SECRET), {}),
        ((KEY, SECRET.encode()), {}),
        ((KEY, [SECRET]), {}),
    ],
)
def test_no_frame_holds_what_a_client_was_refused_for(
    kind: type[rf.Client | rf.AsyncClient], credentials: Any, options: dict[str, Any]
) -> None:
    with pytest.raises(rf.ConfigError) as caught:
        kind(*credentials, **options)
    frames = [frame.f_code.co_name for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert "__init__" in frames
    assert_clean(shown(caught.value))


def test_no_frame_holds_what_the_environment_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLFLOW_API_KEY", KEY)
    monkeypatch.setenv("RECALLFLOW_API_SECRET", SECRET + "\n")
    with pytest.raises(rf.ConfigError) as caught:
        rf.Client.from_env(proxy=f"http://user:{PASSWORD}@127.0.0.1:1")
    assert_clean(shown(caught.value))


def test_a_client_whose_making_failed_can_be_shown() -> None:
    client = rf.Client.__new__(rf.Client)
    assert repr(client) == "<Client, not made>"


def test_no_log_shows_any(canary_sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    canary_sandbox.script(*reflections())
    with canary_sandbox.client() as client:
        for _ in reflections():
            with suppress(rf.RecallFlowError):
                client.query_recall_flow_detail(12)
    assert caplog.records
    assert_clean(" ".join(repr(vars(record)) for record in caplog.records))
