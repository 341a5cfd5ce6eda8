"""Small values that do not change."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, ClassVar

    from typing_extensions import Self, dataclass_transform
else:
    # `typing` takes longer to import than this whole package.
    def dataclass_transform(**_: object) -> Callable[[type], type]:
        return lambda record: record


@dataclass_transform(frozen_default=True)
class Record:
    """Base of values that are made of the fields in their `__slots__`, in that order.

    They compare, hash, copy and pickle, and print so that the text evaluates to the value. The `__init__` of a class
    passes its fields on to `_init`, in their order.
    """

    __slots__: ClassVar[Iterable[str]] = ()

    def __init_subclass__(cls) -> None:
        # Type checkers have it from `dataclass_transform`.
        type.__setattr__(cls, "__match_args__", tuple(cls.__slots__))

    def _init(self, *values: object) -> None:
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def replace(self, **changes: Any) -> Self:
        """Makes a copy in which the given fields are others."""
        return type(self)(**{**dict(zip(self.__slots__, self._values(), strict=True)), **changes})

    __replace__ = replace

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"`{name}` cannot be set: use `replace({name}=…)` to make a changed copy")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"`{name}` cannot be deleted: a {type(self).__name__} does not change")

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *self._values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in zip(self.__slots__, self._values(), strict=True))
        return f"{type(self).__name__}({fields})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), dict(zip(self.__slots__, self._values(), strict=True)))


def _restore(record: type[Record], fields: dict[str, Any]) -> Record:
    return record(**fields)
