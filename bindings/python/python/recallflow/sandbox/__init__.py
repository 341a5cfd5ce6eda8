"""A local server that behaves as the service does: stateful, strict about requests, with faults on demand.

    from recallflow.sandbox import Sandbox, faults

    with Sandbox() as sandbox:
        client = sandbox.client()
        sandbox.script(503, faults.reset(), faults.delay(0.2))
        client.query_recall_flow_detail(299)
        assert len(sandbox.requests) == 3

A sandbox starts in a few milliseconds and needs no account and no network. It starts with the examples of the service's
documents: flow 12 is completed, 299 is pending, 300 to 304 have each status once, and there are 577 tasks. In pytest,
the fixture `recallflow_sandbox` is a fresh one for each test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: F401 # pyright: ignore[reportUnusedImport], `AnyFault` is evaluated here
from math import inf
from os import PathLike, fspath
from types import TracebackType
from typing import Any, Literal, cast

from recallflow import AsyncClient, Client
from recallflow._fault import AnyFault, Fault, result, run, to_json
from recallflow._native import Sandbox as _Native
from recallflow._typing import Self, Unpack
from recallflow._values import Response
from recallflow.generated import faults
from recallflow.generated.options import ClientOptions
from recallflow.generated.sandbox import Progress, RecordedRequest, RecordedResponse, SandboxOptions, Seed, SeedTask

__all__ = [
    "AnyFault",
    "Fault",
    "Progress",
    "RecordedRequest",
    "RecordedResponse",
    "Sandbox",
    "SandboxClientOptions",
    "SandboxOptions",
    "Seed",
    "SeedTask",
    "faults",
]


class SandboxClientOptions(ClientOptions, total=False):
    """The options of a client of a sandbox. By default the client uses the sandbox's url and credentials."""

    api_key: str
    """API key of the client."""
    api_secret: str
    """API secret of the client."""


class Sandbox:
    """A running sandbox. It stops at the end of its `with` block, with `close()`, or with its last reference.

    It runs on its own thread, so that it serves clients of any kind in any process. All threads may use it, but only in
    the process that started it. In a forked child, and after `close()`, everything but `url`, `api_key`, `api_secret`,
    `client` and `async_client` raises RuntimeError.
    """

    __slots__ = ("__weakref__", "_api_key", "_api_secret", "_native", "_url")

    def __init__(self, **options: Unpack[SandboxOptions]) -> None:
        """Starts a sandbox with the options of `SandboxOptions`.

        Raises:
            OSError: The sandbox could not listen, such as on a port in use, or the seed file could not be read.
            TransportError: The system refused a thread or a descriptor.
            ValueError: An option is wrong; the error names it.
        """
        self._native = _Native()
        started = run(self._native, "start", **{name: _path(value) for name, value in options.items()})
        self._url: str = started["url"]
        self._api_key: str = started["api_key"]
        self._api_secret: str = started["api_secret"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Sandbox {self._url}>"

    def close(self) -> None:
        """Stops the sandbox and closes its connections. Does nothing if it has stopped, or in a forked child."""
        self._run("close")

    @property
    def url(self) -> str:
        """The base URL for clients, `http://127.0.0.1:PORT`. Any path prefix may follow it."""
        return self._url

    @property
    def api_key(self) -> str:
        """The API key that is accepted."""
        return self._api_key

    @property
    def api_secret(self) -> str:
        """The secret that requests are signed with."""
        return self._api_secret

    def client(self, **options: Unpack[SandboxClientOptions]) -> Client:
        """Returns a new client of this sandbox, with the options of `recallflow.Client`."""
        client = Client(**self._wired(options))
        # Keeps the sandbox running while the client may call it.
        client._sandbox = self
        return client

    def async_client(self, **options: Unpack[SandboxClientOptions]) -> AsyncClient:
        """Returns a new asynchronous client of this sandbox, with the options of `recallflow.AsyncClient`."""
        client = AsyncClient(**self._wired(options))
        client._sandbox = self
        return client

    def _wired(self, options: SandboxClientOptions) -> Any:
        """Returns options for a client of this sandbox. The caller's options win."""
        return {"api_key": self._api_key, "api_secret": self._api_secret, "base_url": self._url, **options}

    def script(self, *faults: AnyFault) -> None:
        """Plays these faults on the next requests, one on each, after those already scripted.

        A fault is built by a function of `recallflow.sandbox.faults`. Short forms are an HTTP status (`503`), a code
        (`-15`), a name (`"reset"`), an object with one member (`{"truncate": 20}`), and a list of faults on one request
        (`[504, "applied"]`). A single list whose faults exclude each other is their sequence:
        `script([503, "reset", "ok"])`. Later requests have no fault.

        Raises:
            ValueError: An argument is not a fault. Nothing is scripted then.
        """
        self._run("script", faults=faults)

    def script_for(self, operation: str, *faults: AnyFault) -> None:
        """Plays these faults on the next requests of one operation or path.

        An operation has the name of its method, such as `"query_group_calls"`. A path has a slash, such as
        `"voice/balance"`.

        Raises:
            ValueError: The operation or a fault is unknown. Nothing is scripted then.
        """
        self._run("script", faults=faults, operation=operation)

    @property
    def faults_left(self) -> int:
        """The number of scripted faults that were not played yet."""
        return int(self._run("faults_left"))

    @property
    def requests(self) -> list[RecordedRequest]:
        """The recorded requests in order; see `max_recorded_requests` of `SandboxOptions`."""
        return [_recorded(request) for request in self._run("requests")]

    def wait_for_requests(self, count: int, *, timeout: float = 10.0) -> list[RecordedRequest]:
        """Waits until this many requests were recorded since the start or the last reset, and returns them.

        A request is recorded once it is read, before the response is sent. In a coroutine, wait in another thread:
        `await asyncio.to_thread(sandbox.wait_for_requests, 1)`.

        Args:
            count: The number of requests.
            timeout: Longest time to wait, in seconds.

        Raises:
            TimeoutError: The requests did not arrive in time.
        """
        self._wait("wait_for_requests", count=count, timeout=timeout)
        return self.requests

    @property
    def connections(self) -> int:
        """The number of connections since the start."""
        return int(self._run("connections"))

    @property
    def open_connections(self) -> int:
        """The number of open connections."""
        return int(self._run("open_connections"))

    def wait_for_open_connections(self, at_most: int, *, timeout: float = 10.0) -> None:
        """Waits until at most this many connections are open.

        Args:
            at_most: Largest number of open connections.
            timeout: Longest time to wait, in seconds.

        Raises:
            TimeoutError: More connections stayed open.
        """
        self._wait("wait_for_open_connections", at_most=at_most, timeout=timeout)

    def flow(self, key_id: int) -> dict[str, Any] | None:
        """Returns a flow with the service's names and its nodes in `nodeList`, or None for an unknown key."""
        flow: dict[str, Any] | None = self._run("flow", key_id=key_id)
        return flow

    def insert_flow(self, flow: Mapping[str, Any] | Response) -> None:
        """Adds a flow, or replaces the one with its `keyId`.

        Args:
            flow: A RecallFlowDetail, or a dict with the service's names.

        Raises:
            ValueError: The flow has no `keyId`, or a name is misspelt.
        """
        self._run("insert_flow", flow=_wire(flow))

    @property
    def tasks(self) -> list[SeedTask]:
        """All tasks, in the form of a seed."""
        tasks: list[SeedTask] = self._run("tasks")
        return tasks

    def insert_task(
        self,
        record: Mapping[str, Any] | Response,
        *,
        filed_at: str | None = None,
        app_id: int | None = None,
        audio: str | None = None,
        starts_after: int | None = None,
        lasts: int | None = None,
    ) -> None:
        """Adds a task; see `SeedTask`.

        Args:
            record: A GroupCallTask, or a dict with the service's names.
            filed_at: Time by which queries find the task, `yyyy-MM-dd HH:mm:ss`; its `createdTime` if None.
            app_id: Application that submitted the task, for queries by `idx_app_id`.
            audio: Voice file or spoken text, for queries by `search_condition`.
            starts_after: Seconds until the first call; needs `lasts`. See `Progress`.
            lasts: Seconds that all calls take; needs `starts_after`.

        Raises:
            ValueError: An argument is wrong, or a name of the record is misspelt.
        """
        if (starts_after is None) != (lasts is None):
            raise ValueError("expected both `starts_after` and `lasts`, or neither")
        progress = None if lasts is None else {"startsAfter": starts_after, "lasts": lasts}
        self._run("insert_task", record=_wire(record), filedAt=filed_at, appId=app_id, audio=audio, progress=progress)

    def set_clock_offset(self, seconds: int) -> None:
        """Sets how many seconds the sandbox's clock is ahead of this machine's; negative for behind."""
        self._run("set_clock_offset", seconds=seconds)

    def advance(self, seconds: float) -> None:
        """Lets this many seconds pass for flows and tasks, so that they make progress.

        A pending flow and a waiting task begin after 60 s and then last 600 s, unless they have a `Progress`. Final
        states stay. Without `advance`, flows and tasks without a `Progress` do not change. Timestamps of requests are
        checked by the clock, which does not advance.
        """
        self._run("advance", time=seconds)

    def set_shape(self, shape: Literal["flat", "page", "flat-with-paging"]) -> None:
        """Sets the shape of queryDetail responses."""
        self._run("set_shape", shape=shape)

    def reset(self) -> None:
        """Restores flows, tasks, shape and clock, and forgets scripts and requests.

        Connections stay open and are still counted.
        """
        self._run("reset")

    def _run(self, command: str, /, **arguments: object) -> Any:
        return run(self._native, command, **arguments)

    def _wait(self, command: str, /, *, timeout: float, **arguments: object) -> None:
        arguments["timeout"] = None if timeout == inf else timeout
        result(self._native.wait(to_json({command: arguments})))


def _path(value: object) -> object:
    """Returns a path as text, and any other value unchanged."""
    return fspath(cast("PathLike[str]", value)) if isinstance(value, PathLike) else value


def _wire(value: object) -> object:
    """Returns the service's JSON of a response of this package, and any other value unchanged."""
    return value.to_wire() if isinstance(value, Response) else value


def _recorded(request: dict[str, Any]) -> RecordedRequest:
    response = request["response"]
    fault = response["fault"]
    response["fault"] = None if fault is None else Fault(fault)
    request["response"] = RecordedResponse(**response)
    request["headers"] = tuple((name, value) for name, value in request["headers"])
    return RecordedRequest(**request)
