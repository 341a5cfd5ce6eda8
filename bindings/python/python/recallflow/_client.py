"""The client for code that is not `async`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from recallflow._base import BaseClient, show_as
from recallflow._edit import FlowEdit
from recallflow._pages import Pages
from recallflow._typing import Self
from recallflow._wait import Polling, parts_of_flow, parts_of_tasks, query_of, status_of, wait
from recallflow.generated.enums import RecallStatus
from recallflow.generated.methods import Operations
from recallflow.generated.raw_methods import RawOperations
from recallflow.generated.requests import GroupCallQuery
from recallflow.generated.responses import GroupCallTask, RecallFlowDetail


class Client(Operations):
    """A blocking client of the service.

    >>> with recallflow.Client("key", "secret", base_url=recallflow.ITNIO) as client:
    ...     detail = client.query_recall_flow_detail(299)

    Create one client and keep it, because it keeps connections and the offset of the service's clock. Several threads
    can use it at once, and so can the child after a fork. A call runs on the calling thread, and Ctrl-C interrupts it.
    In `async` code use `AsyncClient`.

    Every method accepts `timeout` (seconds), `max_retries` and `extra_headers` for that call, and raises a
    `RecallFlowError`.
    """

    def edit_recall_flow(
        self,
        key_id: int,
        *,
        timeout: float | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> FlowEdit:
        """Reads a recall flow for a safe edit. The flow must be pending; it may be an AI Agent flow.

        Args:
            key_id: Key of the flow.
            timeout: Total time of the call that reads the flow, in seconds; None for the client's.
            max_retries: Maximum number of attempts after the first; None for the client's.
            extra_headers: Headers to send with the request; None for the client's.

        Raises:
            ConflictError: The flow is not pending.
            InvalidRequestError: The response lacks a field that an update requires; see `RecallFlowDetail.to_update`.
            RecallFlowError: Base of all errors.
        """
        detail = self.query_recall_flow_detail(
            key_id, timeout=timeout, max_retries=max_retries, extra_headers=extra_headers
        )
        return FlowEdit(self._core, detail)

    @property
    def with_raw_response(self) -> RawOperations:
        """The operations, with the HTTP response: each method returns a `RawResponse`."""
        return RawOperations(self)

    def wait_for_recall_flow(
        self,
        key_id: int,
        *,
        until: RecallStatus | int | str = RecallStatus.COMPLETED,
        timeout: float,
        on_progress: Callable[[int, int, RecallFlowDetail], object] | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> RecallFlowDetail:
        """Waits until a recall flow has this status, and returns the flow.

        Reads the flow at once, then after 2 s, and doubles the delay up to 60 s. Temporary errors are retried until the
        timeout. A missing or unknown status means "not yet".

        Args:
            key_id: Key of the flow.
            until: Status to wait for, also as its number or name.
            timeout: Total time of the wait, in seconds.
            on_progress: Called after each read with the number of ended nodes, the number of nodes, and the flow. Its
                exception ends the wait.
            max_retries: Maximum number of attempts of each read after the first; None for the client's.
            extra_headers: Headers to send with each request; None for the client's.

        Raises:
            WaitError: The time is over, or the status can no longer be reached; see its `reason` and `last`.
            RecallFlowError: Base of all errors. One that a later read would have too is raised at once.
        """
        polling = Polling[RecallFlowDetail](self._core, status_of(until), timeout, parts_of_flow)

        def read() -> RecallFlowDetail:
            return self.query_recall_flow_detail(
                key_id, timeout=polling.call_timeout(), max_retries=max_retries, extra_headers=extra_headers
            )

        return wait(polling, read, on_progress)

    def wait_for_group_calls(
        self,
        query: GroupCallQuery | None = None,
        *,
        timeout: float,
        on_progress: Callable[[int, int, list[GroupCallTask]], object] | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> list[GroupCallTask]:
        """Waits until every task of a query is finished, failed, canceled or suspended, and returns the tasks.

        Each read lists all pages again, so tasks that are added meanwhile count too. A list that changed while it was
        being read is read again later. A query that selects no task ends at once. Delays are those of
        `wait_for_recall_flow`.

        Args:
            query: Selects the tasks. Its fields can be passed by keyword instead.
            timeout: Total time of the wait, in seconds.
            on_progress: Called after each read with the number of ended tasks, the number of tasks, and the tasks. Its
                exception ends the wait.
            max_retries: Maximum number of attempts of each call after the first; None for the client's.
            extra_headers: Headers to send with each request; None for the client's.
            **fields: Fields of the query, in its place.

        Raises:
            WaitError: The time is over; see its `reason` and `last`.
            RecallFlowError: Base of all errors. One that a later read would have too is raised at once.
        """
        polling = Polling[list[GroupCallTask]](self._core, None, timeout, parts_of_tasks)
        selection = query_of(query, fields)

        def read() -> list[GroupCallTask]:
            return Pages[GroupCallTask](polling.tasks(selection, max_retries, extra_headers)).to_list()

        return wait(polling, read, on_progress)

    def close(self) -> None:
        """Closes the connections. Later calls raise `ConfigError`."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


show_as(Client, Operations, BaseClient)
