"""The client for code that is not `async`."""

from __future__ import annotations

from recallflow._log import is_logged
from recallflow._options import Configured, show_as
from recallflow._pages import Pages
from recallflow.generated.operations import Operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self

    from recallflow._values import Request


class Client(Configured, Operations):
    """A client of the service, whose methods return when the call has ended.

    >>> with recallflow.Client("key", "secret", base_url=recallflow.ITNIO) as client:
    ...     detail = client.query_recall_flow_detail(299)

    Make one and keep it: it keeps connections, and what it learned about the service's clock. It may be used from
    several threads at once, and in the child after a fork. The calling thread does the work, and Ctrl-C interrupts it.
    In `async` code use `AsyncClient`.

    Every method takes `timeout` (seconds) and `max_retries` for that call alone, and raises a `RecallFlowError`.
    """

    def close(self) -> None:
        """Closes the connections. Calls that are made later raise `ConfigError`."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, operation: int, request: Request, timeout: float | None, max_retries: int | None) -> Any:
        return self._core.call(operation, request, timeout, max_retries, is_logged())

    def _pages(self, operation: int, request: Request, timeout: float | None, max_retries: int | None) -> Pages[Any]:
        return Pages(self._core.pages(operation, request, timeout, max_retries))


show_as(Client, Operations, Configured)
