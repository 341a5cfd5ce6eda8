"""The client for code that is not `async`."""

from __future__ import annotations

from types import TracebackType

from recallflow._base import BaseClient, show_as
from recallflow._typing import Self
from recallflow.generated.methods import Operations


class Client(Operations):
    """A blocking client of the service.

    >>> with recallflow.Client("key", "secret", base_url=recallflow.ITNIO) as client:
    ...     detail = client.query_recall_flow_detail(299)

    Create one client and keep it, because it keeps connections and the offset of the service's clock. Several threads
    can use it at once, and so can the child after a fork. A call runs on the calling thread, and Ctrl-C interrupts it.
    In `async` code use `AsyncClient`.

    Every method accepts `timeout` (seconds) and `max_retries` for that call, and raises a `RecallFlowError`.
    """

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
