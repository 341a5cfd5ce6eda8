"""Bases of requests, responses and enums."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from recallflow import _native
from recallflow._coercions import coercion_of
from recallflow._errors import RequestWarning, Violation
from recallflow._record import Record, keyword_record

if TYPE_CHECKING:
    from recallflow._typing import Self

V = TypeVar("V", bound="Value")

# Longest text that a `repr` shows in full, in characters.
LONGEST_TEXT = 200

# Typed so that `isinstance` narrows a value of type `Any` no further.
LISTS: tuple[type[Any], ...] = (tuple, list)
MAPPINGS: tuple[type[Any], ...] = (Mapping,)


class Number(IntEnum):
    """Base of the enums. A member is an `int`, but its text is its name, such as `in_progress`.

    The text of Python's own integer enums differs between versions of Python.
    """

    if TYPE_CHECKING:

        def __new__(cls, value: int | str) -> Self: ...

    @classmethod
    def _missing_(cls, value: object) -> Number | None:
        # `TaskStatus("finished")`
        if not isinstance(value, str):
            return None
        member = cls.__members__.get(value.upper())
        if member is None:
            raise ValueError(f"expected one of {', '.join(map(str, cls))}, got {value!r}")
        return member

    def __str__(self) -> str:
        return self.name.lower()

    def __format__(self, format_spec: str) -> str:
        try:
            return format(str(self), format_spec)
        except ValueError:
            # A format for numbers only.
            return int.__format__(self, format_spec)


class Extra(Mapping[str, Any]):
    """Undocumented fields of a request or response, by their names on the wire.

    It holds plain JSON values, is immutable, and equals any mapping with the same items. An integer of more than
    64 bits is a float.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Any]) -> None:
        self._items = dict(items)

    def __getitem__(self, name: str) -> Any:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Extra({show(self)})"

    def __reduce__(self) -> tuple[type[Extra], tuple[dict[str, Any]]]:
        return type(self), (self._items,)


EMPTY_EXTRA = Extra({})
"""The `extra` of all values without undocumented fields."""


def _as_extra(value: Any) -> Any:
    """Returns a mapping as an `Extra`; a mapping that cannot be read unchanged, which `validate` reports."""
    if not isinstance(value, MAPPINGS) or isinstance(value, Extra):
        return value
    try:
        return Extra(value)
    except Exception:  # noqa: BLE001, a mapping may raise anything
        return value


class Value(Record):
    """Base of requests and responses.

    A sequence becomes a tuple, a time a `datetime` without microseconds, and the name of an enum's member the member.
    """

    __slots__ = ()

    # What the fields keep of the values that they are given.
    _coercions: ClassVar[tuple[Any, ...]] = ()
    # The field that is the end of a time span, and so takes a date as the end of that day.
    _end_field: ClassVar[str | None] = None

    @classmethod
    def _set_up(cls, own: dict[str, str]) -> None:
        scope = vars(sys.modules[cls.__module__])
        coercions = [
            _as_extra if name == "extra" else coercion_of(annotation, scope, is_end=name == cls._end_field)
            for name, annotation in own.items()
        ]
        cls._coercions = (*coercions, *cls._coercions)

    def _init(self, *values: Any) -> None:
        for put, coerce, value in zip(self._setters, self._coercions, values, strict=True):
            put(self, coerce(value))

    def _identity(self) -> tuple[Any, ...]:
        # `extra`, the last field, cannot be hashed. Values that differ in nothing else share a hash, which is allowed.
        return self._values()[:-1]

    @classmethod
    def from_dict(cls: type[V], fields: Mapping[str, Any]) -> V:
        """Makes a value from the result of `to_dict`. Times may be text.

        Raises:
            InvalidRequestError: A field of a request is unknown, has the wrong type, or is missing and has no default.
                Put fields that this version does not know into `extra`. A response accepts what a response of the
                service may contain.
        """
        return _native.from_dict(cls, fields)

    @classmethod
    def from_wire(cls: type[V], wire: Mapping[str, Any] | str | bytes | bytearray) -> V:
        """Parses the JSON of the service, given as text or already parsed.

        Raises:
            InvalidRequestError: It is not JSON, or a field of a request is unknown, missing or of the wrong type.
                Fields that a request does not know are not read from JSON; `replace(extra=…)` adds them. Fields of a
                response that do not fit are in `extra`.
        """
        return _native.from_wire(cls, wire)

    def to_dict(self) -> dict[str, Any]:
        """Returns the fields by name as plain data: dicts, lists, text, numbers and booleans.

        A time is text of the form `yyyy-MM-dd HH:mm:ss`, so that `json.dumps` accepts the result.
        """
        return {name: _plain(value) for name, value in self._by_name().items()}

    def to_json(self) -> str:
        """Returns the result of `to_dict` as JSON."""
        # Imported here, because it takes as long as importing this package.
        import json

        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        # Only Pydantic calls this, so the package does not depend on it.
        from recallflow._pydantic import value_schema

        return value_schema(cls, handler)

    def to_wire(self) -> dict[str, Any]:
        """Returns the JSON of the service, parsed.

        Raises:
            InvalidRequestError: A field of a request has the wrong type.
        """
        wire: dict[str, Any] = _native.to_wire(self)
        return wire

    def __repr__(self) -> str:
        """Shows the fields that are set. Evaluates to the value unless a long text is cut off."""
        shown = [f"{name}={show(getattr(self, name))}" for name in self._fields if is_set(self, name)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # IPython and notebooks call this.
        from recallflow._notebook import pretty

        pretty(self, printer)


@keyword_record
class Request(Value):
    """Base of requests. It accepts any values; `validate` reports the rules that they break."""

    extra: Mapping[str, Any] = EMPTY_EXTRA
    """Fields that this version does not know, by names on the wire. They are sent unchanged, each with a warning.

    A documented field is a violation there. A nested wire object, such as `params`, is a mapping with its fields.
    """

    def validate(self) -> list[Violation]:
        """Returns every documented rule that the request breaks; an empty list if it can be sent."""
        return _native.validate(self)

    def warnings(self) -> list[RequestWarning]:
        """Returns hints at parts of the request that are valid but probably a mistake."""
        return _native.warnings(self)


@keyword_record
class Response(Value):
    """Base of responses. Any field may be missing from what the service sent."""

    extra: Mapping[str, Any] = EMPTY_EXTRA
    """Undocumented fields, and values that do not fit the type of their field, by names on the wire."""

    def to_row(self) -> dict[str, Any]:
        """Returns the response as one row of a table: a flat dict, with the same columns for all values of a type.

        - A column without a value is None. Unknown fields are left out.
        - An enum is its name, such as `finished`. A number that this version does not know is text.
        - A fee is two columns: the amount as a float, and the currency, such as `agent_fee_currency`. Use `totals` for
          exact sums.
        - A percentage is a float, and a duration is a float in seconds. Text that is not a number is None.
        - A list is the number of its items, such as `node_list_count`.

        >>> pandas.DataFrame(map(rf.to_row, client.group_calls(query)))
        """
        row: dict[str, Any] = _native.to_row(self)
        return row

    def _adjust(self, changes: dict[str, Any]) -> None:
        # A value that did not fit its field is in `extra`, and must not outlive the new value of the field.
        if self.extra and "extra" not in changes:
            wire = dict(zip(self._fields, _native.wire_names(type(self)), strict=False))
            replaced = {wire.get(name) for name in changes}
            changes["extra"] = {name: value for name, value in self.extra.items() if name not in replaced}

    def _repr_html_(self) -> str | None:
        # Notebooks call this. They show None as text.
        from recallflow._notebook import table

        return table(getattr(self, "records", ()), total=getattr(self, "total", None))


def _plain(value: Any) -> Any:
    """Returns a field as `to_dict` shows it."""
    if isinstance(value, Value):
        return value.to_dict()
    if isinstance(value, LISTS):
        return [_plain(item) for item in value]
    if isinstance(value, MAPPINGS):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return int(value) if isinstance(value, IntEnum) else value


def is_set(value: Value, name: str) -> bool:
    """Returns whether a field has another value than its default, or its default is not empty."""
    field = getattr(value, name)
    is_empty = field is None or (isinstance(field, (tuple, Extra)) and not field)
    return not (is_empty and name in value._defaults and field == value._defaults[name])


def show(value: Any) -> str:
    """Returns a field as `repr` shows it."""
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…")
    if isinstance(value, IntEnum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, LISTS):
        return f"[{', '.join(map(show, value))}]"
    if isinstance(value, MAPPINGS):
        return "{" + ", ".join(f"{name!r}: {show(item)}" for name, item in value.items()) + "}"
    return repr(value)
