"""Amounts of money, as the service writes them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from recallflow._native import add_amounts, parse_fee
from recallflow._record import Record, record

F = TypeVar("F", bound="Fee")


@record
class Fee(Record):
    """An amount of money with its currency. Its text is the notation of the service: `0.034827(USD)`.

    Fees of one currency can be added, also by `sum`, and compared. With other currencies, that is a TypeError.

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

    def __add__(self: F, other: object) -> F:
        if not isinstance(other, Fee):
            return NotImplemented
        self._check_currency(other)
        amount = add_amounts(f"{self.amount:f}", f"{other.amount:f}")
        if amount is None:
            raise OverflowError(f"the sum of {self} and {other} has too many digits")
        return type(self)(Decimal(amount), self.currency)

    def __radd__(self: F, other: object) -> F:
        # `sum` starts with 0.
        if other != 0:
            return NotImplemented
        return self

    def __lt__(self, other: object) -> bool:
        return self._check_currency(other) and self.amount < other.amount if isinstance(other, Fee) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self._check_currency(other) and self.amount <= other.amount if isinstance(other, Fee) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self._check_currency(other) and self.amount > other.amount if isinstance(other, Fee) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self._check_currency(other) and self.amount >= other.amount if isinstance(other, Fee) else NotImplemented

    def _check_currency(self, other: Fee) -> bool:
        """Refuses a fee in another currency; otherwise returns true."""
        if self.currency != other.currency:
            raise TypeError(f"expected a fee in {self.currency}, got one in {other.currency}")
        return True

    def __str__(self) -> str:
        # `str` writes small amounts with an exponent.
        amount = f"{self.amount:f}"
        return amount if self.currency is None else f"{amount}({self.currency})"


@record
class FeeTotal(Record):
    """The sum of one kind of fee over many tasks. Its text lists the sums as fees: `91.740498(USD), 2.5(EUR)`."""

    amounts: Mapping[str | None, Decimal]
    """Sums by currency; the key None is for fees without a currency."""
    counted: int = 0
    """Number of fees in the sums."""
    unreadable: int = 0
    """Number of fees that are not in a sum, because they could not be parsed or added."""
    missing: int = 0
    """Number of tasks without this fee."""

    def __str__(self) -> str:
        sums = ", ".join(str(Fee(amount, currency)) for currency, amount in self.amounts.items()) or "0"
        return f"{sums}, {self.unreadable} unreadable" if self.unreadable else sums

    def __hash__(self) -> int:
        return hash((frozenset(self.amounts.items()), self.counted, self.unreadable, self.missing))

    def amount(self, currency: str | None) -> Decimal:
        """Returns the sum in a currency, or of the fees without one (None); zero if there was no such fee."""
        return self.amounts.get(currency, Decimal(0))
