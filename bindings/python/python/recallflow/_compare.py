"""Lists the differences between two values, for a failed assertion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from recallflow._values import LISTS, MAPPINGS, Value

# Characters of a long text that are shown before its first difference, and in total.
_BEFORE, _SHOWN = 20, 80

# Typed so that `isinstance` narrows a value of type `Any` no further.
_VALUES: tuple[type[Any], ...] = (Value,)


def differences(left: Any, right: Any, path: str = "") -> Iterator[str]:
    """Yields a line for each difference, with its path, such as `node_list[0].sms_content: 'a' != 'b'`."""
    if isinstance(left, _VALUES) and type(left) is type(right):
        for name in left._fields:
            yield from differences(getattr(left, name), getattr(right, name), f"{path}.{name}" if path else name)
    elif isinstance(left, LISTS) and isinstance(right, LISTS):
        if len(left) != len(right):
            yield f"{path}: {len(left)} items != {len(right)} items"
        for index, (a, b) in enumerate(zip(left, right, strict=False)):
            yield from differences(a, b, f"{path}[{index}]")
    elif isinstance(left, MAPPINGS) and isinstance(right, MAPPINGS):
        for key in {**left, **right}:
            place = f"{path}[{key!r}]"
            if key in left and key in right:
                yield from differences(left[key], right[key], place)
            else:
                yield f"{place}: only in the {'left' if key in left else 'right'} value"
    elif left != right:
        start = _first_difference(left, right) if isinstance(left, str) and isinstance(right, str) else 0
        yield f"{path}: {_excerpt(left, start)} != {_excerpt(right, start)}"


def _first_difference(left: str, right: str) -> int:
    """Returns the index of the first character that differs."""
    shorter = min(len(left), len(right))
    return next((index for index in range(shorter) if left[index] != right[index]), shorter)


def _excerpt(value: object, start: int) -> str:
    """Returns the `repr` of a value, of a long text only the part around an index."""
    if not isinstance(value, str) or len(value) <= _SHOWN:
        return repr(value)
    begin = max(0, start - _BEFORE)
    end = begin + _SHOWN
    return f"{'…' if begin else ''}{value[begin:end]!r}{'…' if end < len(value) else ''}"
