"""The fixtures of the pytest plugin, and the differences that a failed assertion shows."""

from __future__ import annotations

from typing import Any

import pytest

import recallflow as rf
from recallflow._pytest import pytest_assertrepr_compare
from recallflow.sandbox import Sandbox

DETAIL = rf.RecallFlowDetail(
    key_id=299,
    recall_interval=30,
    node_list=[rf.RecallNodeDetail(sms_content="Hello"), rf.RecallNodeDetail(sms_content="x" * 300 + "y" * 300)],
    extra={"a": {"b": 1}, "old": 1},
)


def compare(**changes: Any) -> list[str]:
    lines = pytest_assertrepr_compare("==", DETAIL, DETAIL.replace(**changes))
    assert lines is not None
    assert lines[0] == "RecallFlowDetail == RecallFlowDetail, with different fields:"
    return lines[1:]


def test_the_client_uses_the_sandbox_of_the_test(recallflow_client: rf.Client, recallflow_sandbox: Sandbox) -> None:
    recallflow_client.query_recall_flow_detail(299)
    assert len(recallflow_sandbox.requests) == 1


def test_the_environment_leads_to_the_sandbox(recallflow_env: Sandbox, recallflow_sandbox: Sandbox) -> None:
    with rf.Client.from_env() as client:
        client.query_recall_flow_detail(299)
    assert recallflow_env is recallflow_sandbox
    assert len(recallflow_sandbox.requests) == 1


def test_a_failed_assertion_lists_the_fields_that_differ() -> None:
    with pytest.raises(AssertionError) as caught:
        assert DETAIL.replace(recall_interval=60) == DETAIL
    assert "recall_interval: 60 != 30" in str(caught.value)
    assert "key_id" not in str(caught.value)


def test_differences_of_nested_values_have_a_path() -> None:
    first, second = DETAIL.node_list
    assert compare(node_list=[first.replace(sms_content="Hi"), second]) == ["node_list[0].sms_content: 'Hello' != 'Hi'"]
    assert compare(node_list=[first]) == ["node_list: 2 items != 1 items"]
    assert compare(extra={"a": {"b": 2}, "new": 1}) == [
        "extra['a']['b']: 1 != 2",
        "extra['old']: only in the left value",
        "extra['new']: only in the right value",
    ]


def test_a_long_text_is_shown_around_its_first_difference() -> None:
    first, second = DETAIL.node_list
    [line] = compare(node_list=[first, second.replace(sms_content="x" * 300 + "z" * 300)])
    left, right = "x" * 20 + "y" * 60, "x" * 20 + "z" * 60
    assert line == f"node_list[1].sms_content: …'{left}'… != …'{right}'…"


@pytest.mark.parametrize("others", [("!=", DETAIL, DETAIL), ("==", DETAIL, 5), ("==", DETAIL, rf.RecallFlow())])
def test_pytest_shows_other_comparisons_itself(others: tuple[str, object, object]) -> None:
    assert pytest_assertrepr_compare(*others) is None
