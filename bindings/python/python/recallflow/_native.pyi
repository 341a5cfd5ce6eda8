"""The private native module, which only the modules of this package use."""

from collections.abc import Callable, Sequence
from contextvars import Context
from datetime import datetime
from typing import Any, TypeVar, final

from typing_extensions import Self

from recallflow._values import Request, Response, Value
from recallflow.generated.options import Overrides

__all__ = [
    "VERSION",
    "Call",
    "Completions",
    "Core",
    "Outcome",
    "PageReader",
    "RowEncoder",
    "Sandbox",
    "Wait",
    "add_amounts",
    "check_pending",
    "describe_drift",
    "edit_changes",
    "from_dict",
    "from_wire",
    "parse_fee",
    "refusal",
    "serve_sandbox",
    "setup",
    "span_of_day",
    "span_of_month",
    "time",
    "to_row",
    "to_update",
    "to_wire",
    "total_fees",
    "validate",
    "warnings",
    "wire_names",
]

_T = TypeVar("_T", bound=Value)

VERSION: str

def setup(
    *,
    enums: Sequence[type[int]],
    requests: Sequence[type[Request]],
    responses: Sequence[type[Response]],
    empty_extra: object,
    extra: Callable[[dict[str, Any]], object],
    violation: Callable[[str, str, str], object],
    warning: Callable[[str, str], object],
    error: Callable[[dict[str, Any]], BaseException],
    log: Callable[[int, str, dict[str, Any], Any], None],
) -> None:
    """Registers the classes of the package, each list in the order of the spec. Called once, at import."""

def validate(request: Request) -> list[Any]:
    """Returns every rule that the request breaks, as made by `violation`."""

def warnings(request: Request) -> list[Any]:
    """Returns the warnings about a request, as made by `warning`; an empty list if it cannot be read."""

def to_wire(value: Value) -> Any:
    """Returns the JSON of the service, parsed. Raises an error for a value without one."""

def from_wire(cls: type[_T], wire: object) -> _T:
    """Reads the JSON of the service as text, bytes or parsed: strictly for requests, leniently for responses."""

def from_dict(cls: type[_T], fields: object) -> _T:
    """Reads fields by their Python names: strictly for requests, leniently for responses."""

def wire_names(cls: type[Value]) -> list[str]:
    """Returns the names on the wire of the fields of a class, in their order."""

def time(text: str) -> datetime | None:
    """Parses a time in the notation of the service; None for any other text."""

def to_update(detail: Response) -> Request:
    """Returns the request that writes a response back."""

def check_pending(status: int | None) -> None:
    """Raises ConflictError for the status of a flow that cannot be edited."""

def describe_drift(total_at_start: int | None, total_at_end: int | None, read: int, repeated: int) -> str:
    """Returns a sentence about a list that changed while it was being paged."""

def edit_changes(operation: int, original: Request, draft: Request) -> list[dict[str, Any]]:
    """Returns the differences between two updates, without checking them."""

def to_row(response: Response) -> dict[str, Any]:
    """Returns a response as a row."""

@final
class RowEncoder:
    """Encodes responses of one class as the bytes of a file, `csv` or `jsonl`."""

    def __new__(cls, response_class: type[Response], form: str) -> Self: ...
    def add(self, response: Response) -> int:
        """Adds a row. Returns about how many bytes can be taken."""
    def take(self) -> bytes:
        """Takes the bytes of the rows since the last call. Those of a CSV file begin with the names of the columns."""

def add_amounts(one: str, other: str) -> str | None:
    """Adds amounts as decimal text; None if the sum has too many digits."""

def span_of_day(day: object) -> list[datetime]: ...
def span_of_month(month: object) -> list[datetime]: ...
def parse_fee(text: str) -> tuple[str, str | None] | None:
    """Returns the amount as decimal text, and the currency."""

def total_fees(fees: Sequence[tuple[str | None, bool]]) -> tuple[list[tuple[str | None, str]], int, int, int]:
    """Sums fees. Each is a text and whether something else is in its place.

    Returns amounts by currency, and the numbers of counted, unreadable and missing fees.
    """

@final
class Core:
    """The native object behind a client. It holds the secret, which no attribute shows."""

    def __new__(cls, api_key: object, api_secret: object, options: object) -> Self:
        """Raises ConfigError for a wrong option, also one of the wrong type."""
    @staticmethod
    def from_env(api_key: object, api_secret: object, options: object) -> Core:
        """The same, but a key or secret that is None comes from the environment."""
    @staticmethod
    def from_profile(name: object, options: object) -> Core:
        """The same with the account of a profile; None for the default one."""
    @property
    def base_url(self) -> str: ...
    @property
    def timeout(self) -> float: ...
    @property
    def max_retries(self) -> int: ...
    @property
    def clock_offset(self) -> int | None:
        """Seconds; None before the first response of this process, and after `close`."""
    def with_options(self, options: Overrides) -> Core:
        """Returns a client with other options over the same connections."""
    def close(self) -> None:
        """Drops the connections, unless another client shares them. Later calls raise ConfigError."""
    def prepare(self, operation: int, request: Request) -> Call:
        """Checks and encodes a request. Raises InvalidRequestError for one that breaks a rule."""
    @staticmethod
    def prepare_path(path: object, body: object, kind: object) -> Call:
        """Does the same for a call of any other endpoint."""
    def prepare_edit(
        self, operation: int, original: Request, draft: Request, verify: bool
    ) -> tuple[list[dict[str, Any]], Call]:
        """Checks the draft of an edit. Returns the changes, and the call that sends it if the flow is as it was."""
    def call(self, call: Call, overrides: tuple[object, ...], is_logged: bool, raw: bool = False) -> Any:
        """Makes a call on the calling thread, without the GIL, and checks for signals.

        Returns the response, or an `Outcome` with the HTTP response if `raw` is set.
        """
    def submit(
        self,
        completions: Completions,
        future: object,
        call: Call,
        overrides: tuple[object, ...],
        context: Context | None,
        raw: bool = False,
    ) -> int:
        """Starts a call in the background. `completions` sets the future; the returned number cancels the call.

        Log records are passed on in the context. Without one, the call is not logged.
        """
    def panic(self, operation: int, completions: Completions | None = None, future: object = None) -> int | None:
        """Panics within a call. Only builds with the feature `test-hooks` have it."""

@final
class Call:
    """A request that was checked and encoded, and is sent once."""

@final
class PageReader:
    """Reads the pages of a query one at a time."""

    def __new__(
        cls,
        core: Core,
        operation: int,
        query: Request,
        overrides: tuple[object, ...],
        concurrency: object,
        strict: object,
        total_time: float | None,
    ) -> Self:
        """Sends nothing yet. Raises InvalidRequestError for an invalid query, and ConfigError for a wrong option."""
    @property
    def item_class(self) -> type[Response]:
        """The class of the items."""
    @property
    def total(self) -> int | None:
        """Number of items on all pages, as the service last reported it."""
    @property
    def drift(self) -> tuple[int | None, int | None, int, int] | None:
        """Total at the start, total at the end, items that were read, repeated items."""
    def read(self) -> None:
        """Reads the next page on the calling thread."""

    def submit(self, completions: Completions, future: object, context: Context) -> int:
        """Reads the next page in the background; the result of the future is None. Log records keep the context."""

    def take(self) -> list[Any] | None:
        """Takes the items that were read, possibly none; None at the end."""

@final
class Wait:
    """The decisions of a wait for a flow or, without a status, for tasks."""

    def __new__(cls, until: object, timeout: object) -> Self:
        """Raises ConfigError for a wrong argument."""
    @property
    def timeout(self) -> float: ...
    def see(self, status: int | None, parts: list[int | None]) -> tuple[int, int]:
        """Takes the status of a flow and those of its nodes, or those of tasks.

        Returns how many have ended, and their number.
        """
    def fail(self, message: str) -> None:
        """Takes the message of an error that a later read may not have."""
    def next_delay(self, elapsed: float) -> float | None:
        """Returns the seconds until the next read, or None at the end. Raises WaitError."""

@final
class Completions:
    """The pending calls of one event loop, and the outcomes that it has not taken yet."""

    def __new__(cls) -> Self: ...
    def fileno(self) -> int:
        """Returns a file descriptor that is readable while outcomes are queued."""
    def take(self) -> None:
        """Sets the results of the futures of all calls that have ended."""
    def cancel(self, number: int) -> None:
        """Drops a call. Does nothing if it has ended."""
    def wait(self, milliseconds: int) -> bool:
        """Waits without the GIL for outcomes, for event loops that cannot watch file descriptors."""
    def close(self) -> None:
        """Drops all pending calls, and closes the descriptor."""

@final
class Outcome:
    """The outcome of a call, which is the result of its future."""

    def open(self) -> Any:
        """Returns the response, or raises the error of the call."""
    def raw(self) -> Any:
        """Returns status, headers, body, attempts and seconds of a raw response."""

@final
class Sandbox:
    """A sandbox that commands start, use and close; see `recallflow.sandbox`. Commands and replies are JSON text."""

    def __new__(cls) -> Self: ...
    def command(self, command: str) -> str:
        """Executes a command, without the GIL."""
    def wait(self, command: str) -> str:
        """Executes a command that waits, without the GIL. Signals and `close` end the wait."""

def refusal(cause: str) -> BaseException:
    """Returns the `TransportError` for a refusal by the system, which is not one of a call."""

def serve_sandbox(arguments: Sequence[str]) -> int:
    """Serves a sandbox on the command line until Ctrl-C or SIGTERM, and returns the exit code."""
