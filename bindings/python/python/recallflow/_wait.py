"""Waiting until a flow reaches a state, or until tasks have ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, cast

from recallflow._errors import ConfigError, RecallFlowError, WaitError
from recallflow._native import Core, Wait
from recallflow._pages import PagedQuery
from recallflow.generated import operations
from recallflow.generated.enums import RecallStatus
from recallflow.generated.requests import GroupCallQuery
from recallflow.generated.responses import GroupCallTask, RecallFlowDetail

T = TypeVar("T")

# Tests replace this and `sleep`, so that no test sleeps.
now = time.monotonic


def sleep(delay: float) -> None:
    """Sleeps in slices, because a signal that arrives just before a sleep does not interrupt it."""
    end = time.monotonic() + delay
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.1))


class Polling(Generic[T]):
    """The reads of one wait. A client reads and sleeps; the native module decides."""

    def __init__(
        self, core: Core, until: int | None, timeout: float, parts: Callable[[T], tuple[int | None, list[int | None]]]
    ) -> None:
        """Begins a wait for a flow with the status `until`, or for tasks if that is None.

        `parts` returns the status of a flow and those of its nodes, or those of tasks.
        """
        self._core = core
        self._wait = Wait(until, timeout)
        self._parts = parts
        self._start = now()
        self._last: T | None = None
        self._cause: RecallFlowError | None = None

    def time_left(self) -> float:
        """Returns the seconds until the deadline of the wait, which is later than now while the wait goes on."""
        return max(self._wait.timeout - (now() - self._start), 1e-3)

    def call_timeout(self) -> float:
        """Returns the timeout of a call that begins now."""
        return min(self.time_left(), self._core.timeout)

    def tasks(
        self, query: GroupCallQuery, max_retries: int | None, extra_headers: Mapping[str, str] | None
    ) -> PagedQuery:
        """Returns the query for a list of tasks that has to be read by the deadline."""
        overrides = (self.call_timeout(), max_retries, extra_headers)
        return PagedQuery(self._core, operations.QUERY_GROUP_CALLS, query, overrides, 1, True, self.time_left())

    def see(self, value: T) -> tuple[int, int]:
        """Takes what was read. Returns how many nodes or tasks have ended, and their number."""
        self._last, self._cause = value, None
        return self._wait.see(*self._parts(value))

    def fail(self, error: RecallFlowError) -> None:
        """Takes the error of a read, and raises it if a later read would have it too."""
        if not error.is_retryable:
            raise error
        self._cause = error
        self._wait.fail(str(error))

    def next_delay(self) -> float | None:
        """Returns the seconds until the next read, or None if the value that was read ends the wait."""
        try:
            return self._wait.next_delay(now() - self._start)
        except WaitError as error:
            error.last = cast("RecallFlowDetail | list[GroupCallTask] | None", self._last)
            raise error from self._cause


def wait(polling: Polling[T], read: Callable[[], T], on_progress: Callable[[int, int, T], object] | None) -> T:
    """Reads until the wait ends, and sleeps in between."""
    value: T | None = None
    while True:
        try:
            value = read()
        except RecallFlowError as error:
            polling.fail(error)
        else:
            done, total = polling.see(value)
            if on_progress is not None:
                on_progress(done, total, value)
        delay = polling.next_delay()
        if delay is None and value is not None:
            return value
        sleep(delay or 0.0)


def parts_of_flow(flow: RecallFlowDetail) -> tuple[int | None, list[int | None]]:
    """Returns the status of a flow and those of its nodes."""
    return flow.status, [node.node_status for node in flow.node_list]


def parts_of_tasks(tasks: list[GroupCallTask]) -> tuple[None, list[int | None]]:
    """Returns the status of each task."""
    return None, [task.status for task in tasks]


def status_of(until: RecallStatus | int | str) -> int:
    """Returns the number of a status that may be given by its name."""
    if isinstance(until, int):
        return until
    found = next((status for status in RecallStatus if status.name == str(until).upper()), None)
    if found is not None:
        return found
    names = ", ".join(status.name.lower() for status in RecallStatus)
    raise ConfigError(f"expected `until` to be a status ({names}), got {until!r}")


def query_of(query: GroupCallQuery | None, fields: dict[str, Any]) -> GroupCallQuery:
    """Returns the query, or the one that has these fields."""
    if query is None:
        return GroupCallQuery(**fields)
    if fields:
        raise TypeError(f"expected a query or its fields, got both: {', '.join(fields)}")
    return query
