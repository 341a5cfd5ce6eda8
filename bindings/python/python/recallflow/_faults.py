"""What can happen to a request in the sandbox: `from recallflow.sandbox import faults`.

Each function makes a `Fault`, which `Sandbox.script` plays on one request. Faults that concern different parts of an
answer go together with `&`:

    faults.status(504) & faults.applied()                       # carried out, though the gateway gives up
    faults.code(-15, http_status=429) & faults.header("Retry-After", "1")
    faults.truncate(20) & faults.delay(0.1)

A fault that keeps the service's answer back also keeps the request from being carried out, unless `applied` is with
it.
"""

from __future__ import annotations

import json as _json
from collections.abc import Mapping
from typing import cast

from recallflow._native import Sandbox as _Native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Literal, NoReturn, TypeAlias

    # What a fault can be written as: an HTTP status (503) or code (-15), a name ("reset"), the form of the sandbox's
    # JSON ({"truncate": 20}), or a list of faults together.
    AnyFault: TypeAlias = "Fault | int | str | Mapping[str, Any] | Sequence[AnyFault]"

    # Text, bytes, or what is written as JSON.
    Body: TypeAlias = str | bytes | bytearray | Mapping[str, Any] | Sequence[Any]

    Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]

    Ending: TypeAlias = Literal["keep_alive", "close_said", "close_unsaid", "reset", "stale", "hold"]

__all__ = [
    "Fault",
    "add_header",
    "applied",
    "body",
    "chunked",
    "close",
    "code",
    "content_length",
    "date",
    "delay",
    "drip",
    "drip_head",
    "ending",
    "envelope",
    "gzip",
    "gzip_bomb",
    "header",
    "hold",
    "http_status",
    "interim",
    "many_headers",
    "ok",
    "oversized",
    "raw",
    "redirect",
    "reflect",
    "reset",
    "reset_before_read",
    "respond",
    "stale",
    "status",
    "truncate",
    "until_close",
    "without_header",
]


class Fault:
    """What happens to one request. Immutable; made by the functions of `recallflow.sandbox.faults`.

    `Fault(503)`, `Fault(-15)`, `Fault("reset")`, `Fault({"truncate": 20})` and `Fault([504, "applied"])` read the
    short forms that `Sandbox.script` takes, too. What is no fault raises ValueError, which names those there are.
    """

    __slots__ = ("_json",)

    if TYPE_CHECKING:
        _json: str

    def __init__(self, fault: AnyFault) -> None:
        object.__setattr__(self, "_json", _Native.fault(to_json(fault)))

    def __and__(self, other: AnyFault) -> Fault:
        """This fault and another one together."""
        return Fault([self, other])

    def __rand__(self, other: AnyFault) -> Fault:
        return Fault([other, self])

    def to_json(self) -> str:
        """The fault as JSON text, which the sandboxes of all languages read."""
        return self._json

    def __repr__(self) -> str:
        return f"Fault({_json.loads(self._json)!r})"

    def __eq__(self, other: object) -> bool:
        return self._json == other._json if isinstance(other, Fault) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._json)

    def __reduce__(self) -> tuple[type[Fault], tuple[Any]]:
        return Fault, (_json.loads(self._json),)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a fault cannot be changed; make another one, or put two together with &")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a fault cannot be changed; make another one, or put two together with &")


def to_json(value: object) -> str:
    """A value as JSON text, with faults and mappings of any kind within. ValueError for what has no JSON."""
    try:
        return _json.dumps(value, allow_nan=False, default=_plain)
    except TypeError as error:
        raise ValueError(str(error)) from None


def _plain(value: object) -> object:
    if isinstance(value, Fault):
        return _json.loads(value.to_json())
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    raise TypeError(f"{value!r} cannot be written as JSON")


def _bytes(content: Body) -> object:
    """A body as the sandbox's JSON has it: text as it is, bytes in base64, anything else as JSON text."""
    if isinstance(content, str):
        return content
    if isinstance(content, (bytes, bytearray)):
        import base64

        return {"base64": base64.b64encode(content).decode("ascii")}
    return to_json(content)


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return list(cast("Mapping[str, str]", headers).items()) if isinstance(headers, Mapping) else list(headers)


def _milliseconds(seconds: float) -> int:
    if not 0 <= seconds < 1e9:
        raise ValueError(f"a time is in seconds, from 0 on, and not {seconds!r}")
    return round(seconds * 1000)


# Another answer than the service's


def ok() -> Fault:
    """Nothing happens: the service answers. For a place in a script: `sandbox.script(503, faults.ok(), 503)`."""
    return Fault("ok")


def status(http_status: int) -> Fault:
    """An HTML page with this HTTP status, such as gateways answer. The request is not carried out."""
    return Fault({"status": http_status})


def code(code: int, *, http_status: int | None = None) -> Fault:
    """The service's envelope with this code, such as -15. The request is not carried out.

    The HTTP status is 200, as the service does it, if none is given.
    """
    fault = Fault({"code": code})
    return fault if http_status is None else fault & _edit("status", http_status)


def respond(
    body: Body = "",
    *,
    status: int = 200,
    headers: Headers = (),
) -> Fault:
    """This very answer. The request is not carried out.

    `body` is text, bytes, or a dict or list to be written as JSON. `Date`, `Content-Length` and `Connection` are added
    to the headers; no `Content-Type` is.
    """
    answer = {"status": status, "headers": _pairs(headers), "body": _bytes(body)}
    return Fault({"respond": answer})


def redirect(location: str, *, status: int = 302) -> Fault:
    """A redirect to a URL. The request is not carried out."""
    return Fault({"status": status}) & header("Location", location)


def oversized(size: int | None = None) -> Fault:
    """A successful envelope of this many bytes, or one that never ends. The request is not carried out."""
    return Fault({"oversized": {"bytes": size}})


def reflect(where: Literal["page", "message", "encoding"] = "page") -> Fault:
    """An answer that holds all headers of the request, the signature too. The request is not carried out.

    They are in an HTML page with HTTP status 500, in the message of code -22, or in `Content-Encoding`.
    """
    return Fault({"reflect": where})


def raw(data: str | bytes) -> Fault:
    """These very bytes instead of an HTTP answer, and then the connection's end. The request is not carried out."""
    return Fault({"raw": _bytes(data)})


# No answer


def reset() -> Fault:
    """The connection is reset instead of an answer. The request is not carried out."""
    return Fault("reset")


def reset_before_read() -> Fault:
    """The connection is reset before a byte of the request is read. For `Sandbox.script` only, not `script_for`."""
    return Fault("reset_before_read")


def close() -> Fault:
    """The connection is closed instead of an answer. The request is not carried out."""
    return Fault("close")


def hold() -> Fault:
    """No answer comes and the connection stays open. The request is not carried out."""
    return Fault("hold")


# What goes with others


def applied() -> Fault:
    """The request is carried out, even where another fault keeps its answer back.

    `faults.reset() & faults.applied()` is an update that was carried out, though nobody says so.
    """
    return Fault("applied")


def delay(seconds: float) -> Fault:
    """The answer comes after this time, to the millisecond. The request is carried out at once."""
    return Fault({"delay": _milliseconds(seconds)})


# Changes to an answer, which leave it to the service whether the request is carried out


def _edit(name: str, value: object) -> Fault:
    return Fault({"edit": {name: value}})


def body(body: Body) -> Fault:
    """The answer with another body: text, bytes, or a dict or list to be written as JSON."""
    return _edit("body", _bytes(body))


def http_status(http_status: int) -> Fault:
    """The answer with another HTTP status and the same body."""
    return _edit("status", http_status)


def header(name: str, value: str) -> Fault:
    """The answer with this header."""
    return _edit("header", [name, value])


def add_header(name: str, value: str) -> Fault:
    """The answer with this header beside those of the same name."""
    return _edit("add", [name, value])


def many_headers(count: int, size: int = 20) -> Fault:
    """The answer with this many headers more, each with a value of so many bytes."""
    return _edit("headers", {"count": count, "bytes": size})


def without_header(name: str) -> Fault:
    """The answer without a header that it has otherwise, such as `Date`."""
    return _edit("header", [name, None])


def date(value: str) -> Fault:
    """The answer with this `Date`, malformed or not."""
    return header("Date", value)


def envelope(
    *,
    code: str = "code",
    message: str = "msg",
    code_as_text: bool = False,
    data: Literal["keep", "null", "missing"] = "keep",
) -> Fault:
    """The answer with other names in the envelope, its code as text, or its data null or missing.

    `faults.envelope(code="status", message="reason", code_as_text=True)` is what the platform's older pages show.
    """
    return _edit("envelope", {"code": code, "message": message, "code_as_text": code_as_text, "data": data})


def gzip() -> Fault:
    """The answer compressed with gzip."""
    return Fault({"edit": "gzip"})


def gzip_bomb(size: int) -> Fault:
    """In place of the answer's body, a successful envelope of this many bytes, compressed with gzip."""
    return _edit("gzip_bomb", size)


# How an answer is delivered


def truncate(size: int) -> Fault:
    """The body ends after this many bytes; the head promises all of it."""
    return Fault({"truncate": size})


def content_length(length: int) -> Fault:
    """`Content-Length` is this, whatever the body's length is."""
    return Fault({"content_length": length})


def chunked() -> Fault:
    """The body is sent in chunks."""
    return Fault("chunked")


def until_close() -> Fault:
    """The body has no length; the end of the connection ends it."""
    return Fault("until_close")


def interim(count: int | None = None, *, at_once: bool = False) -> Fault:
    """This many interim answers (HTTP 102) come before the answer, or nothing else ever.

    At once, they come as fast as the client takes them.
    """
    return Fault({"interim": {"count": count, "at_once": True} if at_once else {"count": count}})


def drip(size: int = 1, *, interval: float) -> Fault:
    """The body comes in pieces of this many bytes, each after so many seconds."""
    return Fault({"drip_body": {"bytes": size, "interval": _milliseconds(interval)}})


def drip_head(size: int = 1, *, interval: float) -> Fault:
    """The head comes in pieces of this many bytes, each after so many seconds."""
    return Fault({"drip_head": {"bytes": size, "interval": _milliseconds(interval)}})


def stale() -> Fault:
    """The service answers, but the connection is dead for the next request."""
    return ending("stale")


def ending(how: Ending) -> Fault:
    """How the connection ends after the answer.

    `"keep_alive"`: it stays open. `"close_said"`: it is closed, as the answer says. `"close_unsaid"`, `"reset"`: it is
    closed or reset, though the answer promises to keep it. `"stale"`: it is closed when the next request has arrived.
    `"hold"`: it stays open and nothing more happens on it.
    """
    return Fault({"end": how})
