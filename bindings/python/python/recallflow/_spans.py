"""Time spans of whole days and months."""

from __future__ import annotations

from datetime import date, datetime

from recallflow import _native
from recallflow._typing import TypedDict


class Span(TypedDict):
    """A time span, in the time of the service, as two keywords of the methods that read lists."""

    str_time: datetime
    """The first second of the first day."""
    end_time: datetime
    """The last second of the last day."""


def span_of_month(month: str | date) -> Span:
    """Returns the time span of a month, given as `yyyy-MM` or as any of its days.

    >>> client.group_calls(**recallflow.span_of_month("2024-05"))

    Raises:
        InvalidRequestError: The text is not a month.
    """
    start, end = _native.span_of_month(month.isoformat()[:7] if isinstance(month, date) else month)
    return {"str_time": start, "end_time": end}


def span_of_day(day: str | date) -> Span:
    """Returns the time span of a day, given as `yyyy-MM-dd` or as a date.

    Raises:
        InvalidRequestError: The text is not a day.
    """
    start, end = _native.span_of_day(day.isoformat()[:10] if isinstance(day, date) else day)
    return {"str_time": start, "end_time": end}
