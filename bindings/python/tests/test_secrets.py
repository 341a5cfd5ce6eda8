"""Checks that secrets appear in no error, client, log or frame of a traceback."""

from __future__ import annotations

import asyncio
import base64
import copy
import gc
import hashlib
import json
import logging
import pickle
import time
import traceback
import urllib.parse
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

import recallflow as rf
from recallflow.sandbox import Fault, Sandbox, faults
from specimens import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "K3y-Canary-0123456789"
SECRET = "s3cret-CANARY-0123456789"
PASSWORD = "hunter2-Canary"


def signatures() -> list[str]:
    """Returns the signatures of the last minute."""
    now = int(time.time())
    return [hashlib.md5(f"{KEY}{SECRET}{second}".encode()).hexdigest() for second in range(now - 60, now + 2)]


def spellings(text: str) -> list[str]:
    """Returns a text in the encodings of URLs, HTML, JSON and dumps, and in base64."""
    return [
        text.upper(),
        "".join(f"%{ord(char):02x}" for char in text),
        "".join(f"&#{ord(char)};" for char in text),
        "".join(f"\\u{ord(char):04x}" for char in text),
        text.encode().hex(" "),
        text.replace("-", "-\n"),
        base64.b64encode(text.encode()).decode(),
    ]


def canaries() -> list[str]:
    """Returns all texts that must not appear: key, secret and password in every encoding, and the signatures."""
    known = [KEY, SECRET, PASSWORD]
    basic = [base64.b64encode(f"user:{PASSWORD}".encode()).decode()]
    return [*known, *basic, *signatures(), *(spelt for text in known for spelt in spellings(text))]


def assert_clean(text: str) -> None:
    lower = text.lower()
    assert [canary for canary in canaries() if canary.lower() in lower] == []


def shown(error: BaseException) -> str:
    """Returns an error in every form, with the locals of all frames outside of the test."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    held = [frame.locals for frame in frames if frame.filename != __file__]
    return f"{error} {error!r} {vars(error)} {pickle.dumps(error)!r} {held}"


def reflections() -> list[Fault]:
    """Returns responses that echo the request."""
    sign = signatures()[-2]
    text = f"{KEY} {KEY.lower()} {SECRET} {sign} {sign.upper()}"
    return [
        faults.body({"code": -22, "msg": f"bad request: {text}"}),
        faults.body(f"<html>{text}</html>") & faults.http_status(500),
        faults.body("<html>" + "x" * 490 + text + "</html>"),
        faults.body({"code": text}),
        faults.gzip() & faults.header("Content-Encoding", text),
        faults.status(302) & faults.header("Location", f"https://example.com/?{SECRET}"),
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
    assert repr(client) == "<Client, not initialized>"


def refusals_of(
    sandbox: Sandbox, client: rf.Client, quote: Callable[[str], str], spelling: int
) -> list[rf.RecallFlowError]:
    """Returns the errors of two calls whose responses echo a part of the request in this encoding."""
    while True:
        second = int(time.time())
        text = spellings(quote(hashlib.md5(f"{KEY}{SECRET}{second}".encode()).hexdigest()))[spelling]
        page = faults.body(f"<html>{text}</html>") & faults.http_status(403)
        sandbox.script(faults.body({"code": -22, "msg": f"bad request: {text}"}), page)
        errors = []
        for _ in range(2):
            with pytest.raises(rf.RecallFlowError) as caught:
                client.query_recall_flow_detail(12)
            errors.append(caught.value)
        # The signature changes every second.
        if int(time.time()) == second:
            return errors


def test_no_error_shows_it_in_another_spelling(canary_sandbox: Sandbox) -> None:
    quoted: list[Callable[[str], str]] = [
        lambda _: KEY,
        lambda _: SECRET,
        lambda sign: sign,
        lambda sign: f"POST /voice HTTP/1.1\r\nApi-Key: {KEY}\r\nSign: {sign}\r\nX: {SECRET}\r\n",
    ]
    with canary_sandbox.client(max_retries=0) as client:
        for quote in quoted:
            for spelling in range(len(spellings(""))):
                for error in refusals_of(canary_sandbox, client, quote, spelling):
                    assert "[redacted]" in str(error)
                    assert_clean(shown(error))


def test_no_error_shows_the_password_of_a_proxy_that_quotes_it(
    canary_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The sandbox replaces the proxy, whose requests contain the whole URL.
    proxy = canary_sandbox.url.replace("://", f"://user:{urllib.parse.quote(PASSWORD)}@")
    monkeypatch.setenv("HTTP_PROXY", proxy)
    page = f"<html>no entry with {PASSWORD} or {base64.b64encode(f'user:{PASSWORD}'.encode()).decode()}</html>"
    canary_sandbox.script(*[faults.body(page) & faults.http_status(407)] * 2)
    elsewhere = canary_sandbox.client(max_retries=0, base_url="http://host.invalid", dangerously_allow_http=True)
    for client in (canary_sandbox.client(max_retries=0, proxy=proxy), elsewhere):
        with client, pytest.raises(rf.ProtocolError, match=r"\[redacted\]") as caught:
            client.query_recall_flow_detail(12)
        assert_clean(shown(caught.value))
    for request in canary_sandbox.requests:
        assert request.header("Proxy-Authorization") == "[redacted]"
        assert_clean(repr(request.headers).replace(KEY, ""))


def test_no_recording_shows_a_signature(canary_sandbox: Sandbox) -> None:
    with canary_sandbox.client() as client:
        client.query_recall_flow_detail(12)
        client.update_recall_flow(UPDATE)
    recorded = canary_sandbox.requests
    assert all(request.signature_valid for request in recorded)
    forms = [repr(recorded), pickle.dumps(recorded), copy.deepcopy(recorded), [vars(request) for request in recorded]]
    forms += [json.dumps([vars(request) for request in recorded], default=repr), repr(canary_sandbox)]
    # The key names the account and is recorded; the signature and the secret are not.
    assert_clean(" ".join(map(str, forms)).replace(KEY, ""))


@pytest.mark.parametrize("kind", [rf.Client, rf.AsyncClient])
def test_a_client_gives_nothing_to_copies(kind: type[rf.Client | rf.AsyncClient]) -> None:
    client = kind(KEY, SECRET)
    for act in (copy.copy, copy.deepcopy, pickle.dumps, json.dumps):
        try:
            copied = act(client)
        except TypeError as error:
            assert_clean(shown(error))
        else:
            assert_clean(repr(copied))
    assert_clean(repr(gc.get_referents(client)))
    assert_clean(repr(gc.get_referents(client._core)))


def test_a_panic_shows_none(canary_sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    with canary_sandbox.client() as client:
        client.query_recall_flow_detail(12)
        for position in OPERATIONS.values():
            with pytest.raises(rf.RecallFlowError) as caught:
                client._core.panic(position)
            assert_clean(shown(caught.value))
    assert_clean(" ".join(capfd.readouterr()))


def test_debug_mode_of_an_event_loop_shows_no_secrets(
    canary_sandbox: Sandbox, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(1)
    told: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        # Every callback counts as slow, and asyncio logs it with its arguments.
        loop.slow_callback_duration = 0
        loop.set_exception_handler(lambda _, context: told.append(repr(context)))
        client = canary_sandbox.async_client(max_retries=0)
        canary_sandbox.script(*reflections())
        tasks = [asyncio.ensure_future(client.query_recall_flow_detail(12)) for _ in reflections()]
        await asyncio.sleep(0)
        told.extend(f"{task!r} {task.get_stack()} {task.get_coro()!r}" for task in tasks)
        await asyncio.wait(tasks)
        told.extend(map(repr, tasks))
        # Their results are never retrieved.
        del tasks
        gc.collect()
        held = asyncio.ensure_future(client.query_recall_flow_detail(12))
        held.cancel()
        with suppress(asyncio.CancelledError):
            await held

    asyncio.run(main(), debug=True)
    assert told
    assert_clean(" ".join([*told, *(repr(vars(record)) for record in caplog.records), *capfd.readouterr()]))


def test_no_log_shows_any(canary_sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)
    logging.getLogger("recallflow").setLevel(1)
    responses = [*reflections(), faults.reset(), faults.status(503), faults.code(-16), faults.code(-1)]
    canary_sandbox.script(*responses)
    with canary_sandbox.client() as client:
        for _ in responses:
            with suppress(rf.RecallFlowError):
                client.query_recall_flow_detail(12)
    assert caplog.records
    assert_clean(" ".join(repr(vars(record)) for record in caplog.records))
