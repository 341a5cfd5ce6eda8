"""The native core: private, and called by the modules of this package only."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, final

from typing_extensions import Self

from recallflow._values import Request, Response, Value

__all__ = [
    "VERSION",
    "Completions",
    "Core",
    "Reader",
    "Sandbox",
    "from_dict",
    "from_wire",
    "parse_fee",
    "setup",
    "time",
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
    log: Callable[[int, str, dict[str, Any]], None],
) -> None:
    """Tells the classes of the package, each list in the order of the spec. Called once, at import."""

def validate(request: Request) -> list[Any]:
    """Every rule that the request breaks, as made by `violation`."""

def warnings(request: Request) -> list[Any]:
    """The advice about the request, as made by `warning`; none if it cannot be read."""

def to_wire(value: Value) -> Any:
    """The exact JSON of the service, as plain Python objects. Raises an error for what has none."""

def from_wire(cls: type[_T], wire: object) -> _T:
    """Reads the JSON of the service, text, bytes or plain objects: strictly for requests, leniently for responses."""

def from_dict(cls: type[_T], fields: object) -> _T:
    """The same with Python names, booleans and flat fields. For responses `extra` holds what is beyond them."""

def wire_names(cls: type[Value]) -> list[str]:
    """The names on the wire of the fields of a class, in their order."""

def time(text: str) -> datetime | None:
    """The time that a text is, if it is one as the service writes them."""

def to_update(detail: Response) -> Request:
    """The update that changes nothing, from a RecallFlowDetail."""

def parse_fee(text: str) -> tuple[str, str | None] | None:
    """Amount as decimal text and currency."""

def total_fees(fees: Sequence[tuple[str | None, bool]]) -> tuple[list[tuple[str | None, str]], int, int, int]:
    """Sums fees, each a text or something odd in its place: amounts by currency, counted, unreadable, missing."""

@final
class Core:
    """What a client of either kind drives. Holds the secret, and shows it to nobody."""

    def __new__(cls, api_key: object, api_secret: object, options: dict[str, object]) -> Self:
        """Options as in `Client`. Raises ConfigError, also for a value of the wrong type."""
    @staticmethod
    def from_env(api_key: object, api_secret: object, options: dict[str, object]) -> Core:
        """The same; the environment has the key or the secret that is None."""
    @property
    def base_url(self) -> str: ...
    @property
    def timeout(self) -> float: ...
    @property
    def max_retries(self) -> int: ...
    def close(self) -> None:
        """Drops connections. Later calls raise ConfigError."""
    def call(self, operation: int, request: Request, timeout: object, max_retries: object, logged: bool) -> Any:
        """Carries out an operation on the calling thread, without the GIL, and looks for signals meanwhile."""
    def pages(self, operation: int, request: Request, timeout: object, max_retries: object) -> Reader:
        """Starts to read all pages of a query; nothing is sent yet. Raises InvalidRequestError at once."""
    def submit(
        self,
        completions: Completions,
        future: object,
        operation: int,
        request: Request,
        timeout: object,
        max_retries: object,
        logged: bool,
    ) -> int:
        """Starts a call in the background, whose outcome `completions` hands to the future. The number cancels it."""
    def panic(self, operation: int, completions: Completions | None = None, future: object = None) -> int | None:
        """Panics within a call of an operation, for the tests of what becomes of it."""

@final
class Reader:
    """Reads all pages of a query, one at a time."""

    @property
    def drift(self) -> tuple[int | None, int | None, int] | None:
        """Total at the start, total at the end, items that came again."""
    def read(self) -> None:
        """Reads until there is something to take, on the calling thread."""

    def submit(self, completions: Completions, future: object) -> int:
        """The same in the background; the future gets None."""

    def take(self) -> list[Any] | None:
        """The items that were read and that nobody has taken yet, possibly none; None at the end."""

@final
class Completions:
    """Calls that are under way for one event loop, and the outcomes that it has not taken yet."""

    def __new__(cls) -> Self: ...
    def fileno(self) -> int:
        """A file descriptor that is readable when there are outcomes to take."""
    def take(self) -> None:
        """Hands all outcomes that have come to their futures, if those are still waiting."""
    def cancel(self, number: int) -> None:
        """Drops a call; nothing happens if it has ended."""
    def wait(self, milliseconds: int) -> bool:
        """Waits without the GIL until there are outcomes; for event loops that cannot watch file descriptors."""
    def close(self) -> None:
        """Drops all calls that are under way, and closes the descriptor."""

@final
class Sandbox:
    """A running sandbox; see `recallflow.sandbox`. Arguments and results called JSON are text.

    Raises ValueError for arguments that do not fit, and RuntimeError when it was closed or in a forked child.
    """

    def __new__(cls, options: str) -> Self:
        """Starts it with options as a JSON object. Raises OSError where it cannot listen."""
    @staticmethod
    def fault(json: str) -> str:
        """Reads a fault in any form, and writes it in the one that recordings have."""
    @property
    def url(self) -> str: ...
    @property
    def api_key(self) -> str: ...
    @property
    def api_secret(self) -> str: ...
    def script(self, faults: str, operation: str | None) -> None:
        """Plays a JSON list of faults on the next requests, or on those of an operation."""
    def faults_left(self) -> int: ...
    def requests(self) -> str:
        """A JSON list."""
    def wait_for_requests(self, count: int, seconds: float) -> bool:
        """Waits without the GIL, and looks for signals meanwhile; False when the time is over."""
    def wait_for_open_connections(self, most: int, seconds: float) -> bool:
        """Likewise, until no more than `most` are open."""
    def connections(self) -> int: ...
    def open_connections(self) -> int: ...
    def flow(self, key_id: int) -> str | None:
        """A JSON object, if there is a flow of this key."""
    def insert_flow(self, flow: str) -> None: ...
    def tasks(self) -> str:
        """A JSON list."""
    def insert_task(self, task: str) -> None: ...
    def set_shape(self, name: str) -> None: ...
    def set_clock_offset(self, seconds: int) -> None: ...
    def reset(self) -> None: ...
    def close(self) -> None:
        """Ends it and waits for that; nothing happens in a forked child."""
