"""Reads JSON without changing a number."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def loads(text: bytes) -> Any:
    """Parses JSON text, whose numbers keep their values.

    A decimal number becomes a `float`, or a `Decimal` if the float nearest to it has other digits.
    """
    return json.loads(text, parse_float=_decimal, parse_int=_integer)


def _decimal(text: str) -> float | Decimal:
    number, exact = float(text), Decimal(text)
    return number if Decimal(repr(number)) == exact else exact


def _integer(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        # Python refuses to convert integers of thousands of digits.
        return Decimal(text)
