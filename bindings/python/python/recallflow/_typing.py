"""Names that `typing` lacks in older versions of Python."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self, TypedDict, Unpack, dataclass_transform
elif sys.version_info >= (3, 12):
    from typing import Self, TypedDict, Unpack, dataclass_transform
else:
    try:
        # Pydantic does not accept the `TypedDict` of `typing` before Python 3.12.
        from typing_extensions import Self, TypedDict, Unpack, dataclass_transform
    except ImportError:
        # The package has no dependencies, so annotations then evaluate to something less exact.
        from typing import Any, TypedDict

        Self = Any
        Unpack = dict

        def dataclass_transform(**_):
            return lambda decorator: decorator


__all__ = ["Self", "TypedDict", "Unpack", "dataclass_transform"]
