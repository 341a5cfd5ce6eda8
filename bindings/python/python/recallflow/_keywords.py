"""Requests whose fields are passed by keyword."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from recallflow._values import Request

R = TypeVar("R", bound=Request)


class _Unset:
    """Type of `UNSET`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<unset>"


UNSET: Any = _Unset()
"""Default of an argument that is a field. `None` would not do, because it is a value of most fields."""


def request_from(cls: type[R], request: R | None, values: tuple[Any, ...]) -> R:
    """Returns the request of a call, or makes it of its fields, which are in their order.

    Raises:
        TypeError: Both are given, or a field that has no default is missing.
    """
    given = {name: value for name, value in zip(cls._fields, values, strict=True) if value is not UNSET}
    if request is not None:
        if given:
            hint = f"pass {_listed(given)} to its `replace`"
            raise TypeError(f"expected a {cls.__name__} or its fields by keyword, got both: {hint}")
        return request
    missing = [name for name in cls._fields if name not in given and name not in cls._defaults]
    if missing:
        raise TypeError(f"expected a {cls.__name__} or its fields by keyword, got no {_listed(missing)}")
    return cls(**given)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
