"""Sums of the fees of group-call tasks."""

from __future__ import annotations

from collections.abc import Iterable
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
    columns: list[list[tuple[str | None, bool]]] = [[] for _ in Totals.FEES]
    for task in tasks:
        for column, (name, wire_name) in zip(columns, Totals.FEES, strict=True):
            column.append(_fee(getattr(task, name), wire_name in task.extra))
    sums = {name: _total(column) for column, (name, _) in zip(columns, Totals.FEES, strict=True)}
    return Totals(**sums)


def _fee(text: Any, is_unreadable: bool) -> tuple[str | None, bool]:
    """Returns the text of a fee, and whether the field holds a value that is not text."""
    return (text, is_unreadable) if text is None or isinstance(text, str) else (None, True)


def _total(fees: list[tuple[str | None, bool]]) -> FeeTotal:
    amounts, counted, unreadable, missing = total_fees(fees)
    return FeeTotal({currency: Decimal(amount) for currency, amount in amounts}, counted, unreadable, missing)
