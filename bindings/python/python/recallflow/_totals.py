"""Sums of the fees of group-call tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from recallflow._money import FeeTotal
from recallflow._native import total_fees
from recallflow.generated.responses import GroupCallTask, Totals


def totals(tasks: Iterable[GroupCallTask]) -> Totals:
    """Sums the fees of group-call tasks exactly, by currency, and counts the fees that could not be parsed.

    It iterates over the tasks once, so they may come straight from `group_calls`.

    >>> totals(client.group_calls(query)).task_sum_pay_fee.amount("USD")
    Decimal('91.740498')
    """
    fees = _Fees()
    for task in tasks:
        fees.add(task)
    return fees.totals()


def totals_by_day(tasks: Iterable[GroupCallTask]) -> dict[date | None, Totals]:
    """Sums the fees of group-call tasks for each day of their `created_time`, as `totals` does for all.

    The days are in order. Tasks without a time are under None, before all days.

    >>> for day, totals in totals_by_day(client.group_calls(query)).items():
    ...     print(day, totals.task_sum_pay_fee)
    2024-05-01 91.740498(USD)
    """
    days: defaultdict[date | None, _Fees] = defaultdict(_Fees)
    for task in tasks:
        time: Any = task.created_time
        days[time.date() if isinstance(time, datetime) else None].add(task)
    return {day: days[day].totals() for day in sorted(days, key=lambda day: day or date.min)}


class _Fees:
    """The fees of many tasks, in a list for each field."""

    def __init__(self) -> None:
        self._columns: list[list[tuple[str | None, bool]]] = [[] for _ in Totals.FEES]

    def add(self, task: GroupCallTask) -> None:
        for column, (name, wire_name) in zip(self._columns, Totals.FEES, strict=True):
            column.append(_fee(getattr(task, name), wire_name in task.extra))

    def totals(self) -> Totals:
        columns = zip(self._columns, Totals.FEES, strict=True)
        return Totals(**{name: _total(column) for column, (name, _) in columns})


def _fee(text: Any, is_unreadable: bool) -> tuple[str | None, bool]:
    """Returns the text of a fee, and whether the field holds a value that is not text."""
    return (text, is_unreadable) if text is None or isinstance(text, str) else (None, True)


def _total(fees: list[tuple[str | None, bool]]) -> FeeTotal:
    amounts, counted, unreadable, missing = total_fees(fees)
    return FeeTotal({currency: Decimal(amount) for currency, amount in amounts}, counted, unreadable, missing)
