"""Waiting for flows and tasks. No test sleeps: a pause lets the time of the wait and of the sandbox pass instead."""

from __future__ import annotations

import asyncio
import pickle
import signal
import threading
import time
from typing import Any

import pytest

import recallflow as rf
from recallflow import _async_wait, _wait
from recallflow.sandbox import Sandbox, faults

QUERY = rf.GroupCallQuery(str_time="2024-01-01 00:00:00", end_time="2024-06-03 15:13:01")


class Pauses:
    """Lets time pass instead of sleeping."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.delays: list[float] = []

    def now(self) -> float:
        return time.monotonic() + sum(self.delays)

    def sleep(self, delay: float) -> None:
        self.delays.append(delay)
        self.sandbox.advance(delay)

    async def async_sleep(self, delay: float) -> None:
        self.sleep(delay)


@pytest.fixture
def pauses(recallflow_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Pauses:
    pauses = Pauses(recallflow_sandbox)
    monkeypatch.setattr(_wait, "now", pauses.now)
    monkeypatch.setattr(_wait, "sleep", pauses.sleep)
    monkeypatch.setattr(_async_wait, "sleep", pauses.async_sleep)
    return pauses


def test_a_flow_is_read_until_it_is_completed(recallflow_sandbox: Sandbox, pauses: Pauses) -> None:
    client = recallflow_sandbox.client()
    progress: list[tuple[int, int, Any]] = []
    detail = client.wait_for_recall_flow(
        300, timeout=3600, on_progress=lambda done, total, flow: progress.append((done, total, flow.status))
    )
    assert detail.status == rf.RecallStatus.COMPLETED
    assert (progress[0], progress[-1]) == ((0, 3, 0), (3, 3, 2))
    assert {status for _, _, status in progress} == {0, 1, 2}
    ideal = [2.0, 4.0, 8.0, 16.0, 32.0] + [60.0] * (len(pauses.delays) - 5)
    assert all(0.8 * most <= delay <= most for delay, most in zip(pauses.delays, ideal, strict=True))


def test_tasks_are_read_until_each_has_ended(recallflow_sandbox: Sandbox, pauses: Pauses) -> None:
    client = recallflow_sandbox.client()
    counts: list[tuple[int, int, int]] = []
    tasks = client.wait_for_group_calls(
        QUERY.replace(size=100),
        timeout=3600,
        on_progress=lambda done, total, tasks: counts.append((done, total, len(tasks))),
    )
    assert (len(tasks), counts[0], counts[-1]) == (574, (488, 574, 574), (574, 574, 574))
    assert {task.status for task in tasks} == {2, 3, 4, 5}


def test_fields_of_the_query_can_be_passed_by_keyword(recallflow_sandbox: Sandbox) -> None:
    client = recallflow_sandbox.client()
    tasks = client.wait_for_group_calls(
        str_time="2024-01-01 00:00:00",
        end_time="2024-06-03 15:13:01",
        search_condition="14:49:17",
        timeout=60,
        extra_headers={"X-Campaign": "june"},
    )
    assert len(tasks) == 1
    assert recallflow_sandbox.requests[-1].header("x-campaign") == "june"
    with pytest.raises(TypeError, match="str_time"):
        client.wait_for_group_calls(QUERY, str_time="2024-01-01 00:00:00", timeout=60)


def test_a_wait_has_the_same_end_in_async_code(recallflow_sandbox: Sandbox, pauses: Pauses) -> None:
    async def main() -> None:
        async with recallflow_sandbox.async_client() as client:
            seen: list[int] = []

            async def report(done: int, total: int, flow: rf.RecallFlowDetail) -> None:
                await asyncio.sleep(0)
                seen.append(done)

            detail = await client.wait_for_recall_flow(300, timeout=3600, on_progress=report)
            assert (detail.status, seen[-1]) == (2, 3)
            assert len(await client.wait_for_group_calls(QUERY.replace(size=100), timeout=60)) == 574
            with pytest.raises(rf.WaitError) as caught:
                await client.wait_for_recall_flow(303, timeout=60)
            assert caught.value.reason == "unreachable"

    asyncio.run(main())


@pytest.mark.parametrize("until", [rf.RecallStatus.IN_PROGRESS, 1, "In_progress"], ids=["member", "number", "name"])
def test_the_status_may_be_a_member_a_number_or_a_name(
    recallflow_sandbox: Sandbox, pauses: Pauses, until: rf.RecallStatus | int | str
) -> None:
    assert recallflow_sandbox.client().wait_for_recall_flow(300, until=until, timeout=600).status == 1


@pytest.mark.parametrize("until", ["done", None, 1.5, -1, True])
def test_another_status_is_refused(recallflow_sandbox: Sandbox, until: Any) -> None:
    with pytest.raises(rf.ConfigError, match="`until`"):
        recallflow_sandbox.client().wait_for_recall_flow(300, until=until, timeout=600)
    assert recallflow_sandbox.requests == []


@pytest.mark.parametrize("timeout", [0, -1, "1", None])
def test_a_wrong_timeout_is_refused(recallflow_sandbox: Sandbox, timeout: Any) -> None:
    client = recallflow_sandbox.client()
    with pytest.raises(rf.ConfigError, match="`timeout`"):
        client.wait_for_recall_flow(300, timeout=timeout)
    with pytest.raises(rf.ConfigError, match="`timeout`"):
        client.wait_for_group_calls(QUERY, timeout=timeout)
    with pytest.raises(TypeError, match="timeout"):
        recallflow_sandbox.client().wait_for_recall_flow(300)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def test_the_error_has_the_last_flow_and_can_be_pickled(recallflow_sandbox: Sandbox, pauses: Pauses) -> None:
    with pytest.raises(rf.WaitError) as caught:
        recallflow_sandbox.client().wait_for_recall_flow(300, timeout=30)
    error = pickle.loads(pickle.dumps(caught.value))
    for same in (caught.value, error):
        assert isinstance(same.last, rf.RecallFlowDetail)
        assert (same.reason, same.last.status, same.is_retryable) == ("timeout", 0, True)
    assert str(error) == (
        "wait_for_recall_flow: expected status 2 (Completed) within 30 s, but the flow has status 0 (Pending); "
        "wait again with a longer timeout"
    )
    assert sum(pauses.delays) == pytest.approx(29, abs=0.5)


def test_a_state_that_cannot_be_reached_ends_the_wait_at_once(recallflow_sandbox: Sandbox, pauses: Pauses) -> None:
    client = recallflow_sandbox.client()
    for key, until in ((303, 2), (304, 1), (12, 0), (302, 3)):
        with pytest.raises(rf.WaitError, match="can no longer get") as caught:
            client.wait_for_recall_flow(key, until=until, timeout=600)
        assert (caught.value.reason, caught.value.is_retryable) == ("unreachable", False)
    assert pauses.delays == []


def test_temporary_errors_are_retried_and_the_last_is_the_cause(recallflow_sandbox: Sandbox, pauses: Pauses) -> None:
    client = recallflow_sandbox.client(max_retries=0)
    recallflow_sandbox.script(503, -18, faults.close(), 503, "ok", 429)
    seen: list[int | None] = []
    assert client.wait_for_recall_flow(12, timeout=600, on_progress=lambda *now: seen.append(now[2].status)).status == 2
    recallflow_sandbox.script(*[503] * 20)
    with pytest.raises(rf.WaitError, match="no read succeeded within 30 s") as caught:
        client.wait_for_recall_flow(12, timeout=30)
    assert isinstance(caught.value.__cause__, rf.UnavailableError)
    assert caught.value.last is None


@pytest.mark.parametrize(("code", "kind"), [(-22, rf.ParameterError), (-1, rf.AuthenticationError)])
def test_an_error_that_stays_is_raised_at_once(
    recallflow_sandbox: Sandbox, pauses: Pauses, code: int, kind: type[rf.RecallFlowError]
) -> None:
    recallflow_sandbox.script(code)
    with pytest.raises(kind):
        recallflow_sandbox.client().wait_for_recall_flow(300, timeout=600)
    assert pauses.delays == []


def test_the_exception_of_the_callback_ends_the_wait(recallflow_sandbox: Sandbox, pauses: Pauses) -> None:
    thrown = rf.RateLimitedError("of the callback", is_retryable=True)

    def report(*_: object) -> None:
        raise thrown

    with pytest.raises(rf.RateLimitedError) as caught:
        recallflow_sandbox.client().wait_for_group_calls(QUERY, timeout=600, on_progress=report)
    assert caught.value is thrown
    assert pauses.delays == []


def test_late_responses_end_the_wait_at_its_deadline(recallflow_sandbox: Sandbox) -> None:
    client = recallflow_sandbox.client()
    recallflow_sandbox.script(faults.delay(30))
    started = time.monotonic()
    with pytest.raises(rf.WaitError) as caught:
        client.wait_for_recall_flow(12, timeout=0.1)
    assert isinstance(caught.value.__cause__, rf.TimeoutError)
    # Each page is in time, but not all of them.
    recallflow_sandbox.script(*[faults.delay(0.08)] * 50)
    with pytest.raises(rf.WaitError):
        client.wait_for_group_calls(QUERY, timeout=0.2)
    assert time.monotonic() - started < 5


def test_ctrl_c_ends_the_sleep_of_a_wait(recallflow_sandbox: Sandbox) -> None:
    interrupted = 0.0

    def interrupt() -> None:
        nonlocal interrupted
        recallflow_sandbox.wait_for_requests(1)
        # The response has been read by then.
        seen.wait()
        interrupted = time.monotonic()
        signal.pthread_kill(main.ident or 0, signal.SIGINT)

    seen, main = threading.Event(), threading.main_thread()
    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        recallflow_sandbox.client().wait_for_recall_flow(300, timeout=600, on_progress=lambda *_: seen.set())
    assert time.monotonic() - interrupted < 0.2
    thread.join()


def test_a_canceled_task_ends_the_wait(recallflow_sandbox: Sandbox) -> None:
    async def main() -> None:
        async with recallflow_sandbox.async_client() as client:
            seen = asyncio.Event()
            task = asyncio.create_task(client.wait_for_recall_flow(300, timeout=600, on_progress=lambda *_: seen.set()))
            await seen.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await client.query_recall_flow_detail(12)).status == 2

    asyncio.run(main())
