"""A local stand-in for the service: stateful, strict about requests, with faults on demand.

    from recallflow.sandbox import Sandbox, faults

    with Sandbox() as sandbox:
        client = sandbox.client()
        sandbox.script(503, faults.reset(), faults.delay(0.2))
        client.query_recall_flow_detail(299)
        assert len(sandbox.requests) == 3

It starts in a few milliseconds and needs no account and no network. It starts with the examples of the service's
documents: flow 12 is completed, 299 is pending, 300 to 304 have each status once, and there are 577 tasks. In pytest,
the fixture `recallflow_sandbox` is a fresh one for each test.
"""

from __future__ import annotations

import json as _json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from recallflow import _faults as faults
from recallflow._faults import Fault, to_json
from recallflow._native import Sandbox as _Native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Any, Literal, TypeAlias, TypedDict

    from typing_extensions import Self, Unpack

    from recallflow import AsyncClient, Client, Response
    from recallflow._faults import AnyFault

    Shape: TypeAlias = Literal["flat", "page", "flat-with-paging"]

    class ClientOptions(TypedDict, total=False):
        """The options of a client; see `recallflow.Client`."""

        api_key: str
        api_secret: str
        base_url: str | None
        timeout: float
        connect_timeout: float
        attempt_timeout: float
        max_retries: int
        max_response_bytes: int
        validate: bool
        proxy: str | Literal[False] | None
        ca_file: str | PathLike[str] | None
        dangerously_allow_http: bool


__all__ = ["Answered", "Fault", "Recorded", "Sandbox", "faults"]


@dataclass(frozen=True)
class Answered:
    """How a request was answered."""

    status: int | None
    """HTTP status; None if there was no answer."""

    code: int | None
    """Code in the envelope; None if the answer was none."""

    fault: Fault | None
    """The fault that was played, if one was scripted or the key was magic."""

    carried_out: bool
    """Whether the service carried the request out with success, told or not."""


@dataclass(frozen=True)
class Recorded:
    """A request that came to a sandbox, and how it was answered."""

    operation: str | None
    """The operation, such as `"query_group_calls"`; None if the path is not known or the request was not read."""

    method: str
    """HTTP method."""

    path: str
    """Path as it was asked for, without a query."""

    headers: tuple[tuple[str, str], ...]
    """Headers in their order, with `[redacted]` for the signature."""

    signature_valid: bool
    """Whether the API key was right and the signature fitted it and the timestamp."""

    body: str
    """The body as text, cut off after 1 MiB."""

    body_length: int
    """The body's full length in bytes."""

    time: float
    """When the request had arrived, as Unix time in seconds."""

    connection: int
    """Number of the connection, from 1."""

    answered: Answered
    """How it was answered."""

    def header(self, name: str) -> str | None:
        """The value of a header, by its name in any case of letters."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)

    def json(self) -> Any:
        """The body as JSON. Raises ValueError if it is none, or was cut off."""
        return _json.loads(self.body)


def _read(file: str | PathLike[str]) -> Any:
    """The JSON in a file of flows and tasks."""
    try:
        return _json.loads(Path(file).read_bytes())
    except ValueError as error:
        raise ValueError(f"seed: {file} is no JSON: {error}") from None


def _recorded(fields: dict[str, Any]) -> Recorded:
    answered = fields.pop("answered")
    fault = answered.pop("fault")
    headers = tuple((name, value) for name, value in fields.pop("headers"))
    played = None if fault is None else Fault(fault)
    return Recorded(headers=headers, answered=Answered(fault=played, **answered), **fields)


class Sandbox:
    """A running sandbox. It ends at the end of its `with` block, with `close()`, or with its last reference.

    It runs on a thread of its own, so that it serves clients of any kind in any process. It can be told and asked by
    all threads, but only in the process that started it: in a child that was forked, everything but `url`, `api_key`,
    `api_secret`, `client` and `async_client` raises RuntimeError, as everything but those does after `close()`.
    """

    __slots__ = ("__weakref__", "_api_key", "_api_secret", "_native", "_url")

    def __init__(
        self,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: Mapping[str, Any] | str | PathLike[str] | None = None,
        shape: Shape = "flat",
        timestamp_window: float = 1800.0,
        allowed_ips: Iterable[str] = (),
    ) -> None:
        """Starts a sandbox.

        Args:
            api_key: The API key that is accepted; None for that of the service's documents.
            api_secret: The secret that requests are signed with; None for that of the documents.
            host: The IP address to listen on.
            port: The port to listen on; 0 for any free one.
            seed: The flows and tasks to start with, `{"flows": [...], "tasks": [...]}`, each flow as queryDetail
                answers it and each task as in `tasks`, or the path of a JSON file with them; None for the examples of
                the documents.
            shape: The shape in which queryDetail answers. All of them are published: the flow with its nodes, a page
                of nodes, and the flow with left-overs of paging.
            timestamp_window: Seconds that a timestamp may be from the sandbox's clock.
            allowed_ips: The addresses that may ask; empty for any. Others get code -2.

        Raises:
            OSError: The sandbox cannot listen there, such as on a port that is in use, or the file cannot be read.
            ValueError: An option is wrong; the error names it.
        """
        if isinstance(seed, (str, PathLike)):
            seed = _read(seed)
        options = {
            "api_key": api_key,
            "api_secret": api_secret,
            "host": host,
            "port": port,
            "seed": seed,
            "shape": shape,
            "timestamp_window": timestamp_window,
            "allowed_ips": list(allowed_ips),
        }
        self._native = _Native(to_json(options))
        self._url = self._native.url
        self._api_key = self._native.api_key
        self._api_secret = self._native.api_secret

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Sandbox {self._url}>"

    def close(self) -> None:
        """Ends the sandbox and all its connections. Nothing happens if it has ended, or in a forked child."""
        self._native.close()

    @property
    def url(self) -> str:
        """The base URL for clients, `http://127.0.0.1:PORT`; any path prefix after it will do as well."""
        return self._url

    @property
    def api_key(self) -> str:
        """The API key that is accepted."""
        return self._api_key

    @property
    def api_secret(self) -> str:
        """The secret that requests are signed with."""
        return self._api_secret

    def client(self, **options: Unpack[ClientOptions]) -> Client:
        """A new client of this sandbox, with options as `recallflow.Client` takes them."""
        from recallflow import Client

        client = Client(**self._wired(options))
        # The sandbox lasts as long as somebody may call it.
        client._sandbox = self
        return client

    def async_client(self, **options: Unpack[ClientOptions]) -> AsyncClient:
        """A new asynchronous client of this sandbox, with options as `recallflow.AsyncClient` takes them."""
        from recallflow import AsyncClient

        client = AsyncClient(**self._wired(options))
        client._sandbox = self
        return client

    def _wired(self, options: ClientOptions) -> Any:
        """Options of a client of this sandbox, unless they say otherwise."""
        return {"api_key": self._api_key, "api_secret": self._api_secret, "base_url": self._url, **options}

    def script(self, *faults: AnyFault) -> None:
        """Plays these faults on the next requests, one on each, after those that are scripted already.

        A fault is made by a function of `recallflow.sandbox.faults`. Short forms are an HTTP status (`503`), a code
        (`-15`), a name (`"reset"`), the JSON of a fault (`{"truncate": 20}`), and a list of faults that are played
        together on one request (`[504, "applied"]`). A list alone whose faults cannot be played together, because
        each says what comes of a request, is the sequence of them: `script([503, "reset", "ok"])`. Later requests are
        answered as usual.

        Raises:
            ValueError: Something is no fault; the error names those there are. Nothing is scripted then.
        """
        self._native.script(to_json(faults), None)

    def script_for(self, operation: str, *faults: AnyFault) -> None:
        """Plays these faults on the next requests of one operation, such as `"query_group_calls"`.

        Raises:
            ValueError: There is no such operation or fault; the error names those there are.
        """
        self._native.script(to_json(faults), operation)

    @property
    def faults_left(self) -> int:
        """How many scripted faults were not played yet."""
        return self._native.faults_left()

    @property
    def requests(self) -> list[Recorded]:
        """The requests that came, in their order: the last 10 000, or those with the last 256 MiB of bodies."""
        return [_recorded(request) for request in _json.loads(self._native.requests())]

    def wait_for_requests(self, count: int, *, timeout: float = 10.0) -> list[Recorded]:
        """Waits until this many requests have come since the start or the last reset, and returns them.

        A request counts when it was read, before it is answered. From a coroutine, wait in another thread:
        `await asyncio.to_thread(sandbox.wait_for_requests, 1)`.

        Args:
            count: The number of requests.
            timeout: Seconds to wait for them.

        Raises:
            TimeoutError: They did not come in time.
        """
        if self._native.wait_for_requests(count, timeout):
            return self.requests
        raise TimeoutError(f"{count} requests were to come within {timeout:g} s, and {len(self.requests)} did")

    @property
    def connections(self) -> int:
        """How many connections were made since the start."""
        return self._native.connections()

    @property
    def open_connections(self) -> int:
        """How many connections are open."""
        return self._native.open_connections()

    def wait_for_open_connections(self, most: int, *, timeout: float = 10.0) -> None:
        """Waits until no more than this many connections are open.

        Raises:
            TimeoutError: More of them stayed open for `timeout` seconds.
        """
        if not self._native.wait_for_open_connections(most, timeout):
            raise TimeoutError(f"after {timeout:g} s {self.open_connections} connections are open, more than {most}")

    def flow(self, key_id: int) -> dict[str, Any] | None:
        """A flow as it is kept, with its nodes in `nodeList`; None if there is none with this key."""
        flow = self._native.flow(key_id)
        return None if flow is None else dict(_json.loads(flow))

    def insert_flow(self, flow: Mapping[str, Any] | Response) -> None:
        """Adds a flow, or replaces the one with its `keyId`.

        Args:
            flow: A RecallFlowDetail, or a dict with the service's names.

        Raises:
            ValueError: It has no `keyId`.
        """
        self._native.insert_flow(to_json(_wire(flow)))

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """The tasks as they are kept, in the form of a seed.

        Each is a dict of `record` (the task with the service's names), `filedAt`, `appId`, `audio` and `progress`.
        `insert_task` says what they are.
        """
        return list(_json.loads(self._native.tasks()))

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
        """Adds a task.

        Args:
            record: A GroupCallTask, or a dict with the service's names. Queries find it only with a `taskType` of 3.
            filed_at: The time by which queries find the task, `yyyy-MM-dd HH:mm:ss`; its `createdTime` if not given.
            app_id: The application that submitted the task, for queries by `idx_app_id`.
            audio: The voice file or the spoken text, for queries by `search_condition`.
            starts_after: Seconds from the sandbox's start to the task's first call, negative for an earlier one. With
                `lasts`, the task's status and figures follow the sandbox's clock.
            lasts: Seconds that all calls of the task take.

        Raises:
            ValueError: Only one of `starts_after` and `lasts` is given, or something is no JSON.
        """
        if (starts_after is None) != (lasts is None):
            raise ValueError("starts_after and lasts go together")
        progress = None if lasts is None else {"startsAfter": starts_after, "lasts": lasts}
        fields = _task(record)
        task = {"record": fields, "filedAt": filed_at, "appId": app_id, "audio": audio, "progress": progress}
        self._native.insert_task(to_json(task))

    def set_clock_offset(self, seconds: int) -> None:
        """Sets by how many seconds the sandbox's clock is ahead of this machine's; negative for behind."""
        self._native.set_clock_offset(seconds)

    def set_shape(self, shape: Shape) -> None:
        """Sets the shape in which queryDetail answers."""
        self._native.set_shape(shape)

    def reset(self) -> None:
        """Puts flows, tasks, shape and clock back to how they started, and forgets script and requests.

        Connections stay as they are, and are still counted.
        """
        self._native.reset()


def _task(record: Mapping[str, Any] | Response) -> Mapping[str, Any]:
    """What the service writes for a task, with the kind without which no query finds it."""
    fields = _wire(record)
    misnamed = [name for name in fields if "_" in name]
    if misnamed:
        raise ValueError(f"`{misnamed[0]}` is no field of the service: use its own names, or give a GroupCallTask")
    return {"taskType": 3, **fields}


def _wire(value: Mapping[str, Any] | Response) -> Mapping[str, Any]:
    """What the service writes for a value of this package; a mapping as it is."""
    return value if isinstance(value, Mapping) else value.to_wire()


if __name__ == "__main__":
    from recallflow._sandbox_command import main

    main()
