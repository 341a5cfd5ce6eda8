"""Immutable classes: each field is one annotated line and its docstring.

The decorators give a class slots, which the native module fills directly, and an `__init__`. Type checkers know them
as dataclasses. Unlike dataclasses they cost little at import, and set no attributes outside the slots.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, get_type_hints

from recallflow._typing import dataclass_transform

# Not `Self`, which editors based on jedi take for the class that defines a method.
R = TypeVar("R", bound="Record")


class Record:
    """Base of immutable classes with named fields.

    Records compare by their fields, and can be hashed, copied and pickled. A pickle stores fields by name, so that
    versions with more fields can read it.

    Derived classes may add attributes. Those can be set, are copied and pickled, and do not count in comparisons.
    """

    __slots__ = ()

    # The decorators set these, and derived classes inherit them.
    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}
    _setters: ClassVar[tuple[Callable[[Any, Any], None], ...]] = ()
    # Whether each field holds a time.
    _times: ClassVar[tuple[bool, ...]] = ()

    @classmethod
    def _set_up(cls, own: dict[str, str]) -> None:
        """Completes a class that was made of these annotated lines."""

    def _init(self, *values: Any) -> None:
        """Sets all fields, in their order."""
        for put, value in zip(self._setters, values, strict=True):
            put(self, value)

    def _values(self) -> tuple[Any, ...]:
        """Returns all fields, in their order."""
        return tuple([getattr(self, name) for name in self._fields])

    def _by_name(self) -> dict[str, Any]:
        """Returns all fields by name."""
        return dict(zip(self._fields, self._values(), strict=True))

    def _identity(self) -> tuple[Any, ...]:
        """Returns the fields that count in the hash."""
        return self._values()

    def replace(self: R, **changes: Any) -> R:
        """Returns a copy with other values in the given fields. `copy.replace` of Python 3.13 does the same."""
        return self.__replace__(**changes)

    def __replace__(self: R, **changes: Any) -> R:
        unknown = [name for name in changes if name not in self._fields]
        if unknown:
            raise TypeError(f"{type(self).__name__} does not have a field `{unknown[0]}`")
        self._adjust(changes)
        copy: R = _restore(type(self), {**self._by_name(), **changes})
        if hasattr(self, "__dict__"):
            copy.__dict__.update(self.__dict__)
        return copy

    def _adjust(self, changes: dict[str, Any]) -> None:
        """Adds to the changes of `__replace__` what follows from them."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self._by_name()), getattr(self, "__dict__", None) or None

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._identity()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._by_name().items())
        return f"{type(self).__name__}({fields})"

    if not TYPE_CHECKING:
        # Type checkers know that the fields are read-only, and would accept any name if they saw these.

        def __setattr__(self, name, value):
            self._refuse_change(name, "set")
            object.__setattr__(self, name, value)

        def __delattr__(self, name):
            self._refuse_change(name, "deleted")
            object.__delattr__(self, name)

        def _refuse_change(self, name, change):
            if name in self._fields:
                raise AttributeError(
                    f"`{name}` cannot be {change}: {type(self).__name__} objects are immutable; "
                    f"call `replace({name}=…)` to get a changed copy"
                )


@dataclass_transform(frozen_default=True)
def record(cls: type[R]) -> type[R]:
    """Makes a class of its annotated lines. Its `__init__` takes fields by position or by name."""
    return _with_slots(cls, "")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def keyword_record(cls: type[R]) -> type[R]:
    """Makes a class of its annotated lines. Its `__init__` takes fields by name only."""
    return _with_slots(cls, "*, ")


def _with_slots(cls: type[R], keyword_only: str) -> type[R]:
    """Creates the class a second time, because slots cannot be added to a class that exists."""
    own, attributes = cls.__annotations__, vars(cls)
    fields = (*own, *cls._fields)
    # Default values are dropped, because they have the names of slots.
    dropped = {"__dict__", "__weakref__", *own}
    namespace = {name: value for name, value in attributes.items() if name not in dropped}
    namespace["__qualname__"] = cls.__qualname__
    namespace["__slots__"] = _FieldDocs(cls, own)
    namespace["__match_args__"] = () if keyword_only else fields
    made: Any = type(cls.__name__, cls.__bases__, namespace)
    made._fields = fields
    made._defaults = {**cls._defaults, **{name: attributes[name] for name in own if name in attributes}}
    made._setters = tuple([getattr(made, name).__set__ for name in fields])
    is_time = [annotation.startswith("datetime") for annotation in own.values()]
    made._times = (*is_time, *cls._times)
    made.__annotations__ = own
    made._set_up(own)
    # Annotations of inherited fields are evaluated here, because their names may be unknown in this class's module.
    made.__init__ = _make_init(made, {**get_type_hints(cls.__init__), **own}, keyword_only)
    return made  # type: ignore[no-any-return]


def _make_init(cls: type[Record], annotations: dict[str, Any], keyword_only: str) -> Any:
    fields = cls._fields
    parameters = [f"{name}=_defaults[{name!r}]" if name in cls._defaults else name for name in fields]
    source = f"def __init__(self, {keyword_only}{', '.join(parameters)}): self._init({', '.join(fields)})"
    scope: dict[str, Any] = {"_defaults": cls._defaults}
    # With the globals of the class's module, in which its annotations can be evaluated.
    exec(source, vars(sys.modules[cls.__module__]), scope)
    init = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {**annotations, "return": None}
    return init


class _FieldDocs(dict[str, str]):
    """The docstrings of a class's fields, where `help` looks for those of slots.

    Python drops strings below annotated lines, so they are read from the source when `help` asks for one.
    """

    def __init__(self, cls: type[Record], fields: Iterable[str]) -> None:
        super().__init__(dict.fromkeys(fields, ""))
        self._module, self._class = cls.__module__, cls.__name__
        self._is_read = False

    def __getitem__(self, name: str) -> str:
        if not self._is_read:
            self._is_read = True
            self._read()
        return super().__getitem__(name)

    def _read(self) -> None:
        import ast
        import inspect

        try:
            module = ast.parse(inspect.getsource(sys.modules[self._module]))
        except OSError:
            # The package was installed without its sources.
            return
        for cls in module.body:
            if isinstance(cls, ast.ClassDef) and cls.name == self._class:
                for field, doc in zip(cls.body, cls.body[1:], strict=False):
                    match field, doc:
                        case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                            self[name] = inspect.cleandoc(text)
                        case _:
                            pass


def _restore(cls: type[Record], fields: dict[str, Any]) -> Any:
    """Makes a record without `__init__`, which a derived class may have changed. Pickles refer to this function."""
    restored = cls.__new__(cls)
    restored._init(*[fields.get(name, cls._defaults.get(name)) for name in cls._fields])
    return restored
