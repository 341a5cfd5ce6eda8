"""The log records of the package."""

from __future__ import annotations

import asyncio
import logging
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import pytest

import recallflow as rf
from recallflow import _log
from recallflow.sandbox import Sandbox, faults
from scripts import output, run
from support import finish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import TypeVarTuple, Unpack

    Ts = TypeVarTuple("Ts")

QUERY = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")
DRIFTING = [
    faults.respond({"code": 0, "data": {"records": [{"taskId": 1}], "total": 2, "pages": 2}}),
    faults.respond({"code": 0, "data": {"records": [{"taskId": 1}], "total": 3, "pages": 2}}),
]


task_name: ContextVar[str] = ContextVar("task_name", default="none")


class WithoutReaders(asyncio.SelectorEventLoop):
    """A loop that cannot watch file descriptors, such as the default one of Windows."""

    def add_reader(self, fd: Any, callback: Callable[[Unpack[Ts]], Any], *args: Unpack[Ts]) -> None:
        raise NotImplementedError


class Collector(logging.Handler):
    """A handler that keeps the records."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("recallflow")
    level, handlers, filters = logger.level, list(logger.handlers), list(logger.filters)
    logger.setLevel(logging.DEBUG)
    yield logger
    logger.setLevel(level)
    logger.handlers[:], logger.filters[:] = handlers, filters


@pytest.fixture
def records(logger: logging.Logger) -> list[logging.LogRecord]:
    collector = Collector()
    logger.addHandler(collector)
    return collector.records


@pytest.fixture(params=["blocking", "async"])
def call(request: pytest.FixtureRequest, sandbox: Sandbox) -> Any:
    """Queries a flow with either client."""

    def call(key_id: int = 12) -> rf.RecallFlowDetail:
        if request.param == "blocking":
            with sandbox.client() as client:
                return client.query_recall_flow_detail(key_id)

        async def main() -> rf.RecallFlowDetail:
            async with sandbox.async_client() as client:
                return await client.query_recall_flow_detail(key_id)

        return asyncio.run(main())

    return call


def test_every_attempt_is_logged(sandbox: Sandbox, call: Any, records: list[logging.LogRecord]) -> None:
    sandbox.script(faults.code(-18), 503)
    call()
    assert [(record.name, record.levelname) for record in records] == [("recallflow", "DEBUG")] * 3
    texts = [record.getMessage() for record in records]
    assert [text.split("(")[0] for text in texts] == [
        "query_recall_flow_detail: attempt failed ",
        "query_recall_flow_detail: attempt failed ",
        "query_recall_flow_detail: attempt succeeded ",
    ]
    assert "code=-18" in texts[0]
    assert "http_status=503" in texts[1]
    assert {vars(record)["recallflow_operation"] for record in records} == {"query_recall_flow_detail"}
    assert [int(vars(record)["recallflow_attempt"]) for record in records] == [1, 2, 3]
    assert int(vars(records[0])["recallflow_code"]) == -18


def test_disabled_levels_are_not_logged(call: Any, logger: logging.Logger, records: list[logging.LogRecord]) -> None:
    logger.setLevel(logging.INFO)
    call()
    assert records == []


def test_a_drift_is_a_warning(sandbox: Sandbox, client: rf.Client, logger: logging.Logger) -> None:
    logger.setLevel(logging.WARNING)
    collector = Collector()
    logger.addHandler(collector)
    sandbox.script(*DRIFTING)
    tasks = client.group_calls(QUERY)
    assert [task.task_id for task in tasks] == [1]
    assert tasks.drift is not None
    assert [record.levelname for record in collector.records] == ["WARNING"]
    assert "changed" in collector.records[0].getMessage()


def test_a_handler_that_fails_breaks_nothing(
    call: Any, logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise ValueError("a full disk")

    logger.addHandler(Broken())
    assert call().key_id == 12
    assert "ValueError: a full disk" in capsys.readouterr().err


def test_a_filter_that_fails_breaks_nothing(
    call: Any, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)

    def broken(record: logging.LogRecord) -> bool:
        raise ValueError("a bad filter")

    logger.addFilter(broken)
    assert call().key_id == 12
    assert capsys.readouterr().err == ""


def test_a_handler_may_call_the_client(sandbox: Sandbox, call: Any, logger: logging.Logger) -> None:
    seen: list[int | None] = []

    with sandbox.client() as client:

        class Calling(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                seen.append(client.query_recall_flow_detail(299).key_id)

        logger.addHandler(Calling())
        assert call().key_id == 12
    assert seen == [299]


def test_percent_signs_are_text(records: list[logging.LogRecord]) -> None:
    _log.log(logging.DEBUG, "100 %s", {"name": "a name that logging uses itself"})
    assert [record.getMessage() for record in records] == ["100 %s (name=a name that logging uses itself)"]
    assert records[0].name == "recallflow"


def program(sandbox: Sandbox) -> str:
    """A program that reads all tasks, and then prints whether `logging` was imported."""
    return f"""
        import sys
        import recallflow as rf
        client = rf.Client({sandbox.api_key!r}, {sandbox.api_secret!r}, base_url={sandbox.url!r})
        list(client.group_calls(rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")))
        print("logging" in sys.modules)
        """


def test_a_program_without_logging_sees_warnings_and_nothing_else(sandbox: Sandbox) -> None:
    assert output(program(sandbox), "-S").split() == ["False"]
    sandbox.script(*DRIFTING)
    ended = run(program(sandbox), "-S")
    assert ended.output.split() == ["True"]
    assert "changed" in ended.errors
    assert len(ended.errors.splitlines()) == 1


def test_attempts_are_logged_after_calls_that_were_not() -> None:
    program = """
import logging
from recallflow.sandbox import Sandbox
sandbox = Sandbox()
client = sandbox.client()
# Reading a page always collects log records; the failed attempt after it does not.
next(client.group_calls(QUERY))
sandbox.script(503)
client.query_recall_flow_detail(12)
logging.basicConfig(format="%(message)s", stream=sys.stdout)
logging.getLogger("recallflow").setLevel(logging.DEBUG)
sandbox.script(503)
client.query_recall_flow_detail(12)
"""
    printed = finish(program)
    assert [line.partition(" (")[0].rpartition(" ")[2] for line in printed.splitlines()] == ["failed", "succeeded"]


@pytest.mark.parametrize("make_loop", [asyncio.SelectorEventLoop, WithoutReaders])
def test_records_of_a_task_have_its_context(sandbox: Sandbox, logger: logging.Logger, make_loop: Any) -> None:
    seen: list[tuple[str, int]] = []

    def keep(record: logging.LogRecord) -> bool:
        seen.append((task_name.get(), vars(record)["recallflow_attempt"]))
        return True

    async def query(client: rf.AsyncClient, name: str) -> None:
        task_name.set(name)
        await client.query_recall_flow_detail(12)
        assert len([task async for task in client.group_calls(QUERY.replace(size=100))]) == 574

    async def main() -> None:
        async with sandbox.async_client() as client:
            await asyncio.gather(*(query(client, name) for name in names))

    names = ["first", "second", "third"]
    logger.addFilter(keep)
    loop = make_loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
    assert {name for name, _ in seen} == set(names)
    assert [sum(name == other for other, _ in seen) for name in names] == [7, 7, 7]


@pytest.mark.parametrize("make_loop", [asyncio.SelectorEventLoop, WithoutReaders])
def test_a_loop_does_not_keep_the_context_of_its_first_caller(
    sandbox: Sandbox, logger: logging.Logger, make_loop: Any
) -> None:
    class Request:
        """A value in the context of a task."""

    request: ContextVar[Request] = ContextVar("request")

    async def query(client: rf.AsyncClient) -> weakref.ref[Request]:
        request.set(Request())
        await client.query_recall_flow_detail(12)
        return weakref.ref(request.get())

    async def main() -> None:
        async with sandbox.async_client() as client:
            first = await asyncio.ensure_future(query(client))
            await asyncio.sleep(0)
            await client.query_recall_flow_detail(12)
            assert first() is None

    loop = make_loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
