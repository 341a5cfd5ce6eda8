"""Amounts of money as the service writes them."""

from __future__ import annotations

from recallflow._native import parse_fee, total_fees
from recallflow._record import Record
from recallflow.generated.responses import Totals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal
    from typing import Any

    from typing_extensions import Self

    from recallflow.generated.responses import GroupCallTask


class Fee(Record):
    """An amount of money with its currency. As text it is what the service writes: `0.034827(USD)`.

    >>> Fee.parse("0.034827(USD)")
    Fee(amount=Decimal('0.034827'), currency='USD')

    Attributes:
        amount: How much, with the digits that it was written with.
        currency: The name in parentheses; None if there was none.
    """

    __slots__ = ("amount", "currency")

    amount: Decimal
    currency: str | None

    def __init__(self, amount: Decimal, currency: str | None = None) -> None:
        self._init(amount, currency)

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Reads an amount with or without a currency in parentheses, such as `0.034827(USD)` and `0.125000`.

        None if it is not one: anything but plain decimal notation of at most 28 significant digits, or no text at all,
        so that a field can be given as it is.
        """
        found = None if text is None else parse_fee(text)
        if found is None:
            return None
        amount, currency = found
        return cls(_decimal(amount), currency)

    def __str__(self) -> str:
        # `str` writes small amounts with an exponent.
        amount = f"{self.amount:f}"
        return amount if self.currency is None else f"{amount}({self.currency})"


class FeeTotal(Record):
    """The sum of one kind of fee over many records.

    Attributes:
        amounts: Sums by currency; fees without a currency are under None.
        counted: Number of fees that were added.
        unreadable: Number of fees that could not be read or added, and are in no sum.
        missing: Number of records without this fee.
    """

    __slots__ = ("amounts", "counted", "unreadable", "missing")  # noqa: RUF023, their order is that of the parameters

    amounts: Mapping[str | None, Decimal]
    counted: int
    unreadable: int
    missing: int

    def __init__(
        self, amounts: Mapping[str | None, Decimal], counted: int = 0, unreadable: int = 0, missing: int = 0
    ) -> None:
        self._init(amounts, counted, unreadable, missing)

    def __hash__(self) -> int:
        return hash((frozenset(self.amounts.items()), self.counted, self.unreadable, self.missing))

    def amount(self, currency: str | None) -> Decimal:
        """The sum in one currency, or of the fees without one (None); zero if there was no such fee."""
        amount = self.amounts.get(currency)
        return _decimal("0") if amount is None else amount


def totals(tasks: Iterable[GroupCallTask]) -> Totals:
    """Sums the fees of group-call tasks, each fee by currency, and counts what could not be read.

    The sums are exact. It reads the tasks once, so that they may come straight from `group_calls`.

    >>> totals(client.group_calls(query)).task_sum_pay_fee.amount("USD")
    Decimal('91.740498')
    """
    columns: list[list[tuple[str | None, bool]]] = [[] for _ in Totals.FEES]
    for task in tasks:
        for column, (name, wire_name) in zip(columns, Totals.FEES, strict=True):
            column.append(_fee(getattr(task, name), wire_name in task.extra))
    sums = {name: _total(column) for column, (name, _) in zip(columns, Totals.FEES, strict=True)}
    return Totals(**sums)


def _fee(text: Any, is_odd: bool) -> tuple[str | None, bool]:
    """A fee as the core takes it: its text, and whether there is something in its place that is no text."""
    return (text, is_odd) if text is None or isinstance(text, str) else (None, True)


def _total(fees: list[tuple[str | None, bool]]) -> FeeTotal:
    amounts, counted, unreadable, missing = total_fees(fees)
    return FeeTotal({currency: _decimal(amount) for currency, amount in amounts}, counted, unreadable, missing)


def _decimal(text: str) -> Decimal:
    # Imported when there is money to count, because it takes longer than the rest of this package.
    from decimal import Decimal

    return Decimal(text)
