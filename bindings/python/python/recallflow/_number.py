"""The base class of the enums."""

from __future__ import annotations

from enum import IntEnum


class Number(IntEnum):
    """A number with a name. It is an `int` in every respect but as text, which is its name, such as `in_progress`.

    Python's own enums of numbers look different as text from version to version.
    """

    def __str__(self) -> str:
        return self.name.lower()

    def __format__(self, format_spec: str) -> str:
        try:
            return format(str(self), format_spec)
        except ValueError:
            # A format for numbers only.
            return int.__format__(self, format_spec)
