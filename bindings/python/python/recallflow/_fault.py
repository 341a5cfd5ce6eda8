"""The hand-written parts of the sandbox's faults and recordings, and the command protocol."""

from __future__ import annotations

import base64
import json as _json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias, cast

from recallflow._native import Sandbox as _Native
from recallflow._native import refusal

# Text, bytes, or a value that is written as JSON.
Body: TypeAlias = "str | bytes | bytearray | Mapping[str, Any] | Sequence[Any]"

Headers: TypeAlias = "Mapping[str, str] | Iterable[tuple[str, str]]"

# Every form in which a fault can be written: an HTTP status (503), a code (-15), a name ("reset"), an object with one
# member ({"truncate": 20}), or a list of faults on one request.
AnyFault: TypeAlias = "Fault | int | str | Mapping[str, Any] | Sequence[AnyFault]"


class Fault:
    """A fault of one request: an immutable value, built by the functions of `recallflow.sandbox.faults`.

    `Fault(503)`, `Fault(-15)`, `Fault("reset")`, `Fault({"truncate": 20})` and `Fault([504, "applied"])` take the same
    forms as `Sandbox.script`. Anything else raises ValueError.
    """

    __slots__ = ("_json",)

    _json: str

    def __init__(self, fault: AnyFault) -> None:
        shortest = run(_CHECKER, "check", fault=fault)
        object.__setattr__(self, "_json", _json.dumps(shortest))

    def __and__(self, other: AnyFault) -> Fault:
        """Combines this fault with another one."""
        return Fault([self, other])

    def __rand__(self, other: AnyFault) -> Fault:
        return Fault([other, self])

    def to_json(self) -> Any:
        """Returns the shortest form of the fault, which `Fault` takes again."""
        return _json.loads(self._json)

    def __repr__(self) -> str:
        return f"Fault({self.to_json()!r})"

    def __eq__(self, other: object) -> bool:
        return self._json == other._json if isinstance(other, Fault) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._json)

    def __reduce__(self) -> tuple[type[Fault], tuple[Any]]:
        return Fault, (self.to_json(),)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a fault is immutable; build another one, or combine two with &")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a fault is immutable; build another one, or combine two with &")


class Recording:
    """The methods of `RecordedRequest`."""

    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str | None:
        """Returns the value of a header, or None. Ignores the case of the name."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)

    def json(self) -> Any:
        """Parses the body as JSON. Raises ValueError if it is not JSON, or was cut off."""
        return _json.loads(self.body)


def body_json(body: Body) -> object:
    """Returns text and bytes unchanged, and anything else as JSON text."""
    return body if isinstance(body, (str, bytes, bytearray)) else to_json(body)


def headers_json(headers: Headers) -> list[tuple[str, str]]:
    """Returns the headers as a list of pairs."""
    return list(cast("Mapping[str, str]", headers).items()) if isinstance(headers, Mapping) else list(headers)


def to_json(value: object) -> str:
    """Returns a value as JSON text. It may contain faults, bytes and any mappings; other values raise ValueError."""
    try:
        return _json.dumps(value, allow_nan=False, default=_plain)
    except TypeError as error:
        raise ValueError(str(error)) from None
    except ValueError:
        raise ValueError(f"expected JSON with finite numbers, got {value!r}") from None


def _plain(value: object) -> object:
    if isinstance(value, Fault):
        return value.to_json()
    if isinstance(value, (bytes, bytearray)):
        return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    raise TypeError(f"expected a value that JSON has, got {value!r}")


def run(sandbox: _Native, command: str, /, **arguments: object) -> Any:
    """Executes a command of the sandbox, and returns its result or raises its error."""
    return result(sandbox.command(to_json({command: arguments} if arguments else command)))


def result(reply: str) -> Any:
    """Returns the result of a reply, or raises its error."""
    parsed: dict[str, Any] = _json.loads(reply)
    error = parsed.get("error")
    if error is None:
        return parsed["result"]
    kind, message, code = error["kind"], error["message"], error["code"]
    if kind == "refused":
        raise refusal(message)
    if kind == "system":
        import errno

        raise OSError(message) if code is None else OSError(getattr(errno, code), message)
    raise _ERRORS.get(kind, ValueError)(message)


_ERRORS: dict[str, type[Exception]] = {"closed": RuntimeError, "timeout": TimeoutError}

# Checks faults without a running sandbox.
_CHECKER = _Native()
