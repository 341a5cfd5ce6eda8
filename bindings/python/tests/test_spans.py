"""Time spans of whole days and months."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

import recallflow as rf

MAY = {"str_time": datetime.datetime(2024, 5, 1), "end_time": datetime.datetime(2024, 5, 31, 23, 59, 59)}
LEAP_DAY = {"str_time": datetime.datetime(2024, 2, 29), "end_time": datetime.datetime(2024, 2, 29, 23, 59, 59)}


def test_a_span_has_whole_days() -> None:
    assert rf.span_of_month("2024-05") == rf.span_of_month(datetime.date(2024, 5, 17)) == MAY
    assert rf.span_of_day("2024-02-29") == rf.span_of_day(datetime.datetime(2024, 2, 29, 12)) == LEAP_DAY
    assert rf.span_of_day(datetime.date(7, 1, 2))["str_time"] == datetime.datetime(7, 1, 2)


def test_a_span_is_passed_to_a_call(client: rf.Client) -> None:
    tasks = client.group_calls(**rf.span_of_month("2024-06"))
    assert {task.created_time.month for task in tasks if task.created_time} == {6}
    assert rf.GroupCallQuery(**rf.span_of_day("2024-05-01")).validate() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-13", 'expected a month `yyyy-MM`, got "2024-13"'),
        ("\ud800", 'expected a month `yyyy-MM`, got "a text with a lone surrogate"'),
        (202405, 'expected a month `yyyy-MM`, got "202405"'),
        (None, 'expected a month `yyyy-MM`, got "null"'),
    ],
)
def test_another_value_is_refused(text: Any, expected: str) -> None:
    with pytest.raises(rf.InvalidRequestError) as caught:
        rf.span_of_month(text)
    assert [violation.message for violation in caught.value.violations] == [expected]
    with pytest.raises(rf.InvalidRequestError, match="expected a day `yyyy-MM-dd`"):
        rf.span_of_day(text)
