"""Bases of the values that are sent to the service and read from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum

from recallflow import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, ClassVar

    from typing_extensions import Self

    from recallflow._errors import RequestWarning, Violation

    Members = Mapping[str, Any]
else:
    # What is in brackets matters to type checkers only.
    Members = Mapping

# Where the classes of the spec are defined; others derive from them.
_GENERATED = "recallflow.generated."

# Longest text that a `repr` shows in full, in characters.
_SHOWN = 200


# What fields may hold besides plain data. Typed so that a value of any type keeps that when it is found to be one.
_LISTS: tuple[type[Any], ...] = (tuple, list)
_MAPPINGS: tuple[type[Any], ...] = (Mapping,)


class Extra(Members):
    """What the service sent beyond the documented fields, by its names on the wire.

    It holds plain JSON values, and neither gains nor loses any. It equals any mapping with the same items. A whole
    number beyond 64 bits is a float.
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
        return f"Extra({_show(self)})"

    def __reduce__(self) -> tuple[type[Extra], tuple[dict[str, Any]]]:
        return type(self), (self._items,)


EMPTY_EXTRA = Extra({})
"""What all values share that have nothing beyond their fields."""


class Value:
    """Base of requests and responses: a value with named fields that does not change.

    `replace` makes a copy in which some fields are others. Values compare by their fields, and can be hashed, copied
    and pickled. A pickle holds fields by name, so that it can be read by versions that have further ones.

    Classes derived from a request or a response may have attributes of their own. Those can be set, are copied and
    pickled along, and do not count when values are compared.
    """

    __slots__ = ()

    # All of these are set for the classes of the spec, from which others inherit them.
    _fields: ClassVar[tuple[str, ...]] = ()
    # Whether each of them holds a time.
    _times: ClassVar[tuple[bool, ...]] = ()
    _setters: ClassVar[tuple[Callable[[Value, object], None], ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__module__.startswith(_GENERATED):
            cls._fields = tuple(cls.__slots__)
            kinds = cls.__dict__["__init__"].__annotations__
            cls._times = tuple(["datetime" in kinds[name] for name in cls._fields])
            cls._setters = tuple(cls.__dict__[name].__set__ for name in cls._fields)
            cls._defaults = cls.__dict__["__init__"].__kwdefaults__ or {}

    def _init(self, *values: Any) -> None:
        """Sets all fields, in their order. The class's own `__setattr__` refuses to."""
        for put, is_time, value in zip(self._setters, self._times, values, strict=True):
            kept = _time(value) if is_time else value
            put(self, tuple(kept) if isinstance(kept, _LISTS) else kept)

    def _values(self) -> tuple[Any, ...]:
        """All fields, in their order."""
        return tuple([getattr(self, name) for name in self._fields])

    def _by_name(self) -> dict[str, Any]:
        """All fields by name."""
        return dict(zip(self._fields, self._values(), strict=True))

    def _identity(self) -> tuple[Any, ...]:
        """The fields that count for the hash."""
        return self._values()

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """Makes a value of what `to_dict` gives; times may be text.

        A request is read strictly: a field that is unknown or of the wrong type is an `InvalidRequestError`, and so is
        one that is missing and has no default. A response is read like an answer of the service.
        """
        return _native.from_dict(cls, fields)

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any] | str | bytes | bytearray) -> Self:
        """Reads the exact JSON of the service, as text or as what a JSON parser makes of it.

        A request is read strictly: a field that is unknown, missing or of the wrong type is an `InvalidRequestError`.
        A response is read like an answer of the service: what does not fit is in `extra`.
        """
        return _native.from_wire(cls, wire)

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, as plain data: dicts, lists, text, numbers, booleans and `datetime` objects."""
        return {name: _plain(value) for name, value in self._by_name().items()}

    def to_json(self) -> str:
        """The same as JSON, with times as `yyyy-MM-dd HH:mm:ss`."""
        # Reading a response needs no `json`, which takes as long to import as this package.
        import json

        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, default=_text)

    def to_wire(self) -> dict[str, Any]:
        """The exact JSON of the service, as plain data.

        A request with a field of the wrong type has none: that is an `InvalidRequestError`.
        """
        wire: dict[str, Any] = _native.to_wire(self)
        return wire

    def __replace__(self, **changes: Any) -> Self:
        unknown = [name for name in changes if name not in self._fields]
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field `{unknown[0]}`")
        copy: Self = _restore(type(self), {**self._by_name(), **changes})
        if hasattr(self, "__dict__"):
            copy.__dict__.update(self.__dict__)
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self._by_name()), getattr(self, "__dict__", None) or None

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._identity()))

    def __repr__(self) -> str:
        """Shows the fields that are there, so that the text evaluates to the value unless it shortens a long text."""
        fields = self._by_name().items()
        shown = [f"{name}={_show(value)}" for name, value in fields if not self._is_left_out(name, value)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _is_left_out(self, name: str, value: object) -> bool:
        """Whether there is nothing in a field, and would be nothing if it were not given."""
        is_nothing = value is None or (isinstance(value, (tuple, Extra)) and not value)
        return is_nothing and name in self._defaults and value == self._defaults[name]

    if not TYPE_CHECKING:
        # Type checkers see `replace` in each class, with the fields of that class, and properties in place of fields.

        def replace(self, **changes):
            """Makes a copy in which the given fields are others."""
            return self.__replace__(**changes)

        def __setattr__(self, name, value):
            if name in self._fields:
                raise AttributeError(
                    f"`{name}` cannot be set: a {type(self).__name__} does not change; "
                    f"`replace({name}=…)` makes a copy with another `{name}`"
                )
            object.__setattr__(self, name, value)

        def __delattr__(self, name):
            if name in self._fields:
                raise AttributeError(
                    f"`{name}` cannot be deleted: a {type(self).__name__} does not change; "
                    f"`replace({name}=…)` makes a copy with another `{name}`"
                )
            object.__delattr__(self, name)


class Request(Value):
    """Base of what is sent. It holds what it was given, and says by `validate` what is wrong with that."""

    __slots__ = ()

    def validate(self) -> list[Violation]:
        """Every rule that the request breaks; none if it may be sent."""
        return _native.validate(self)

    def warnings(self) -> list[RequestWarning]:
        """What the documents mention about such a request but do not oblige."""
        return _native.warnings(self)


class Response(Value):
    """Base of what the service answers. Every field may be missing, and what is not documented is in `extra`."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def extra(self) -> Extra:
            """What the service sent beyond the documented fields, and values that do not fit their type."""
            ...

    def _init(self, *values: Any) -> None:
        extra = values[-1]
        if isinstance(extra, _MAPPINGS) and not isinstance(extra, Extra):
            values = (*values[:-1], Extra(extra))
        super()._init(*values)

    def __replace__(self, **changes: Any) -> Self:
        if self.extra and "extra" not in changes:
            # What did not fit a field is in `extra`, and no longer once the field is set.
            wire = dict(zip(self._fields, _native.wire_names(type(self)), strict=False))
            mended = {wire.get(name) for name in changes}
            changes["extra"] = {name: value for name, value in self.extra.items() if name not in mended}
        return super().__replace__(**changes)

    def _identity(self) -> tuple[Any, ...]:
        # What is in `extra` cannot be hashed. Values that differ in nothing else have one hash, which is no harm.
        return self._values()[:-1]


def _restore(cls: type[Value], fields: dict[str, Any]) -> Any:
    """Makes a value of fields by name, past `__init__`, which a derived class may have changed. Pickles name this."""
    value = cls.__new__(cls)
    value._init(*[fields.get(name, cls._defaults.get(name)) for name in cls._fields])
    return value


def _time(value: Any) -> Any:
    """A time as it is kept and sent, however it was given, so that equal times compare equal. What is none stays."""
    if isinstance(value, str):
        time = _native.time(value)
        return value if time is None else time
    if isinstance(value, datetime) and value.microsecond:
        return value.replace(microsecond=0)
    return value


def _plain(value: Any) -> Any:
    """What `to_dict` gives for a field."""
    if isinstance(value, Value):
        return value.to_dict()
    if isinstance(value, _LISTS):
        return [_plain(item) for item in value]
    if isinstance(value, _MAPPINGS):
        return {name: _plain(item) for name, item in value.items()}
    return int(value) if isinstance(value, IntEnum) else value


def _text(value: object) -> str:
    """What `to_json` gives for an object that is none of JSON."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")


def _show(value: Any) -> str:
    """What a `repr` shows of a field."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")
    if isinstance(value, IntEnum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, _LISTS):
        return f"[{', '.join(map(_show, value))}]"
    if isinstance(value, _MAPPINGS):
        return "{" + ", ".join(f"{name!r}: {_show(item)}" for name, item in value.items()) + "}"
    return repr(value)
