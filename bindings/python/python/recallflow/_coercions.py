"""What requests and responses keep of the values that they are given, so that equal values compare equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from recallflow import _native

# Typed so that `isinstance` narrows a value of type `Any` no further.
_SEQUENCES: tuple[type[Any], ...] = (Sequence,)
_TUPLES: tuple[type[Any], ...] = (tuple,)

# Types that are not lists, although some are sequences. They are checked first, because they are common.
_ATOMS: tuple[type[Any], ...] = (int, float, str, bytes, bytearray, memoryview, type(None))

Coercion = Callable[[Any], Any]


def coercion_of(annotation: str, scope: Mapping[str, Any], *, is_end: bool) -> Coercion:
    """Returns the function for the field with this annotation, whose names are in the scope.

    It returns a value of another type unchanged, which `validate` reports.
    """
    if annotation.startswith("datetime"):
        return _end if is_end else _start
    item = annotation.removeprefix("Sequence[")
    enum = scope.get(item.partition(" ")[0])
    if not (isinstance(enum, type) and issubclass(enum, IntEnum)):
        return _as_tuple
    return _members(enum) if annotation != item else _member(enum)


def _start(value: Any) -> Any:
    """Returns a time without microseconds, and the start of a day."""
    if isinstance(value, str):
        time = _native.time(value)
        return value if time is None else time
    if isinstance(value, datetime):
        return value.replace(microsecond=0) if value.microsecond else value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value


def _end(value: Any) -> Any:
    """Returns a time without microseconds, and the end of a day."""
    time = _start(value)
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return time.replace(hour=23, minute=59, second=59) if is_day else time


def _as_tuple(value: Any) -> Any:
    """Returns a sequence as a tuple, with which requests can be hashed."""
    if isinstance(value, _ATOMS) or not isinstance(value, _SEQUENCES):
        return value
    return tuple(value)


def _member(enum: Coercion) -> Coercion:
    """Returns a function that turns a name of a member into the member."""

    def member(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return enum(value)
        except ValueError:
            return value

    return member


def _members(enum: Coercion) -> Coercion:
    member = _member(enum)

    def members(value: Any) -> Any:
        items = _as_tuple(value)
        return tuple([member(item) for item in items]) if isinstance(items, _TUPLES) else items

    return members
