"""Amounts of money, and their sums."""

from __future__ import annotations

import copy
import pickle
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import recallflow as rf
from vectors import cases


@pytest.mark.parametrize("case", cases("fee"))
def test_amounts_are_read_like_this(case: dict[str, Any]) -> None:
    fee = rf.Fee.parse(case["text"])
    assert (fee and {"amount": str(fee.amount), "currency": fee.currency}) == case["fee"]


@pytest.mark.parametrize("case", cases("fee", "totals"))
def test_amounts_are_summed_like_this(case: dict[str, Any]) -> None:
    totals = rf.totals(rf.GroupCallTask.from_wire(task) for task in case["tasks"])
    seen = {
        wire_name: {
            "amounts": [{"currency": key, "amount": str(amount)} for key, amount in total.amounts.items()],
            "counted": total.counted,
            "unreadable": total.unreadable,
            "missing": total.missing,
        }
        for wire_name, total in {
            "agentFee": totals.agent_fee,
            "groupCallPayFee": totals.group_call_pay_fee,
            "smsPayFee": totals.sms_pay_fee,
            "taskSumPayFee": totals.task_sum_pay_fee,
        }.items()
    }
    assert seen == case["totals"]


@pytest.mark.parametrize("text", ["0.034827(USD)", "0.0000001(USD)", "0.125000", "-0.50", "0.000000"])
def test_a_fee_is_written_as_the_service_writes_it(text: str) -> None:
    assert str(rf.Fee.parse(text)) == text


def test_no_text_is_no_fee() -> None:
    assert rf.Fee.parse(rf.GroupCallTask().sms_pay_fee) is None


def test_a_fee_is_a_value() -> None:
    fee: Any = rf.Fee(Decimal("0.5"), "USD")
    assert fee == rf.Fee.parse("0.5(USD)") == copy.copy(fee) == pickle.loads(pickle.dumps(fee))
    assert repr(fee) == "Fee(amount=Decimal('0.5'), currency='USD')"
    assert len({fee, rf.Fee.parse("0.5(USD)"), rf.Fee.parse("0.5")}) == 2
    with pytest.raises(AttributeError):
        fee.amount = Decimal(1)


def test_total_has_a_sum_for_each_currency() -> None:
    tasks = [rf.GroupCallTask(sms_pay_fee=fee) for fee in ("0.10(USD)", "0.20(USD)", "3")]
    total = rf.totals(tasks).sms_pay_fee
    assert total.amount("USD") == Decimal("0.3")
    assert total.amount(None) == 3
    assert total.amount("EUR") == 0
    assert pickle.loads(pickle.dumps(total)) == total


def test_totals_are_a_value() -> None:
    totals = rf.totals([rf.GroupCallTask(agent_fee="1")])
    assert totals == pickle.loads(pickle.dumps(totals)) == copy.deepcopy(totals)
    assert totals != rf.totals([])
    assert repr(totals).startswith("Totals(agent_fee=FeeTotal(amounts={None: Decimal('1')}, counted=1")


def test_sums_can_be_in_sets_and_keys() -> None:
    tasks = [rf.GroupCallTask(agent_fee="1(USD)", sms_pay_fee="2"), rf.GroupCallTask(agent_fee="3")]
    totals = rf.totals(tasks)
    assert hash(totals) == hash(rf.totals(reversed(tasks)))
    assert len({totals, copy.copy(totals), rf.totals([])}) == 2
    assert hash(totals.agent_fee) == hash(pickle.loads(pickle.dumps(totals.agent_fee)))
    # Equal in any order of the currencies.
    one, other = {"USD": Decimal(1), None: Decimal("3.0")}, {None: Decimal(3), "USD": Decimal("1.00")}
    assert rf.FeeTotal(one, 2) == rf.FeeTotal(other, 2)
    assert len({rf.FeeTotal(one, 2), rf.FeeTotal(other, 2), rf.FeeTotal(one, 3)}) == 2


def test_a_fee_that_is_no_text_is_counted_as_unreadable() -> None:
    odd: Any = Decimal("0.5")
    assert rf.totals([rf.GroupCallTask(agent_fee=odd)]).agent_fee == rf.FeeTotal({}, 0, 1, 0)


def test_fees_add_and_compare_within_a_currency() -> None:
    one, two = rf.Fee(Decimal("0.10"), "USD"), rf.Fee(Decimal("0.2"), "USD")
    assert str(one + two) == "0.30(USD)"
    assert sum([one, two]) == rf.Fee(Decimal("0.3"), "USD")
    assert one < two
    assert one <= one
    assert max(one, two) == two >= one
    assert two > one
    # Python's own addition would round to 28 digits.
    long = rf.Fee(Decimal("99999999999999999999.00000001"), "USD")
    assert str(long + rf.Fee(Decimal("0.00000001"), "USD")) == "99999999999999999999.00000002(USD)"


@pytest.mark.parametrize("operate", ["__add__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_fees_of_other_currencies_are_a_type_error(operate: str) -> None:
    with pytest.raises(TypeError, match="expected a fee in USD, got one in EUR"):
        getattr(rf.Fee(Decimal(1), "USD"), operate)(rf.Fee(Decimal(1), "EUR"))
    assert getattr(rf.Fee(Decimal(1), "USD"), operate)(1) is NotImplemented
    assert rf.Fee(Decimal(1), "USD") != rf.Fee(Decimal(1), "EUR")


def test_a_sum_with_too_many_digits_is_an_overflow() -> None:
    with pytest.raises(OverflowError, match="has too many digits"):
        rf.Fee(Decimal("9" * 28)) + rf.Fee(Decimal("0.1"))


def test_the_text_of_a_total_reads_like_a_fee() -> None:
    def text(*fees: str) -> str:
        return str(rf.totals([rf.GroupCallTask(task_sum_pay_fee=fee) for fee in fees]).task_sum_pay_fee)

    assert text() == "0"
    assert text("0.1(USD)", "0.2(USD)") == "0.3(USD)"
    assert text("0.1(USD)", "2(EUR)", "1.50", "free") == "1.50, 2(EUR), 0.1(USD), 1 unreadable"


def test_a_task_has_a_cost_and_may_be_settled() -> None:
    task = rf.GroupCallTask(task_sum_pay_fee="0.159827(USD)", status=rf.TaskStatus.FINISHED)
    assert task.cost == rf.Fee(Decimal("0.159827"), "USD")
    assert task.is_settled
    assert rf.GroupCallTask().cost is None
    assert rf.GroupCallTask(task_sum_pay_fee="free").cost is None
    settled = [status.name for status in rf.TaskStatus if rf.GroupCallTask(status=status).is_settled]
    assert settled == ["FINISHED", "SUBMISSION_FAILED", "CANCELLED", "SUSPENDED"]
    assert not rf.GroupCallTask().is_settled
    assert not rf.GroupCallTask(status=99).is_settled


def test_totals_by_day_are_in_the_order_of_the_days() -> None:
    times = ["2024-05-02 00:00:00", "2024-05-01 23:59:59", None, "2024-05-02 12:00:00"]
    wire = [{"createdTime": time, "taskSumPayFee": "0.1(USD)"} for time in times]
    days = rf.totals_by_day(rf.GroupCallTask.from_wire(task) for task in wire)
    assert [(day, str(total.task_sum_pay_fee)) for day, total in days.items()] == [
        (None, "0.1(USD)"),
        (date(2024, 5, 1), "0.1(USD)"),
        (date(2024, 5, 2), "0.2(USD)"),
    ]
