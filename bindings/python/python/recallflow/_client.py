"""The client for code that is not `async`."""

from __future__ import annotations

from types import TracebackType

from recallflow._base import BaseClient, show_as
from recallflow._edit import FlowEdit
from recallflow._typing import Self
from recallflow.generated.methods import Operations
from recallflow.generated.raw_methods import RawOperations


class Client(Operations):
    """A blocking client of the service.

    >>> with recallflow.Client("key", "secret", base_url=recallflow.ITNIO) as client:
    ...     detail = client.query_recall_flow_detail(299)

    Create one client and keep it, because it keeps connections and the offset of the service's clock. Several threads
    can use it at once, and so can the child after a fork. A call runs on the calling thread, and Ctrl-C interrupts it.
    In `async` code use `AsyncClient`.

    Every method accepts `timeout` (seconds) and `max_retries` for that call, and raises a `RecallFlowError`.
    """

    def edit_recall_flow(
        self, key_id: int, *, timeout: float | None = None, max_retries: int | None = None
    ) -> FlowEdit:
        """Reads a recall flow for a safe edit. The flow must be pending; it may be an AI Agent flow.

        Args:
            key_id: Key of the flow.
            timeout: Total time of the call that reads the flow, in seconds; None for the client's.
            max_retries: Maximum number of attempts after the first; None for the client's.

        Raises:
            ConflictError: The flow is not pending.
            InvalidRequestError: The response lacks a field that an update requires; see `RecallFlowDetail.to_update`.
            RecallFlowError: Base of all errors.
        """
        return FlowEdit(self._core, self.query_recall_flow_detail(key_id, timeout=timeout, max_retries=max_retries))

    @property
    def with_raw_response(self) -> RawOperations:
        """The operations, with the HTTP response: each method returns a `RawResponse`."""
        return RawOperations(self)

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
