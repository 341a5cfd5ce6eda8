"""Amounts of money, and their sums."""

from __future__ import annotations

import copy
import pickle
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
