"""Amounts of money, as the service writes them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from recallflow._native import parse_fee
from recallflow._record import Record, record

F = TypeVar("F", bound="Fee")


@record
class Fee(Record):
    """An amount of money with its currency. Its text is the notation of the service: `0.034827(USD)`.

    >>> Fee.parse("0.034827(USD)")
    Fee(amount=Decimal('0.034827'), currency='USD')
    """

    amount: Decimal
    """The amount, with all digits of the text."""
    currency: str | None = None
    """The name in parentheses, if there was one."""

    @classmethod
    def parse(cls: type[F], text: str | None) -> F | None:
        """Parses an amount with or without a currency in parentheses, such as `0.034827(USD)` and `0.125000`.

        Returns None for None, and for a text that is not plain decimal notation of at most 28
        significant digits, or 29 that fit 96 bits.
        """
        found = None if text is None else parse_fee(text)
        if found is None:
            return None
        amount, currency = found
        return cls(Decimal(amount), currency)

    def __str__(self) -> str:
        # `str` writes small amounts with an exponent.
        amount = f"{self.amount:f}"
        return amount if self.currency is None else f"{amount}({self.currency})"


@record
class FeeTotal(Record):
    """The sum of one kind of fee over many tasks."""

    amounts: Mapping[str | None, Decimal]
    """Sums by currency; the key None is for fees without a currency."""
    counted: int = 0
    """Number of fees in the sums."""
    unreadable: int = 0
    """Number of fees that are not in a sum, because they could not be parsed or added."""
    missing: int = 0
    """Number of tasks without this fee."""

    def __hash__(self) -> int:
        return hash((frozenset(self.amounts.items()), self.counted, self.unreadable, self.missing))

    def amount(self, currency: str | None) -> Decimal:
        """Returns the sum in a currency, or of the fees without one (None); zero if there was no such fee."""
        return self.amounts.get(currency, Decimal(0))
