"""Checks AI Agent flows, which share a path with the other flows."""

from __future__ import annotations

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox
from specimens import NODE, UPDATE

SETTINGS = {"keyId": 305, "recallInterval": 30, "recallNum": 1, "recallType": 0}


def test_an_agent_flow_is_read_edited_and_written_back() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        detail = client.query_recall_flow_detail(305)
        assert (detail.recall_intent, detail.node_list[0].script_id) == (("101",), 56)
        update = detail.to_update()
        assert isinstance(update, rf.UpdateAgentRecallFlow)
        assert update.to_wire() == {**SETTINGS, "recallIntent": ["101"], "nodeList": [{"scriptId": 56}]}
        client.update_agent_recall_flow(update.replace(node_list=[rf.AgentRecallNode(script_id=57)], recall_intent=[]))
        after = client.query_recall_flow_detail(305)
        assert (after.recall_intent, after.node_list[0].script_id) == ((), 57)


def test_a_flow_with_voice_nodes_becomes_the_other_update() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        assert isinstance(client.query_recall_flow_detail(300).to_update(), rf.UpdateRecallFlow)


def test_a_flow_that_mixes_both_kinds_is_refused() -> None:
    mixed = rf.RecallFlowDetail.from_wire({**SETTINGS, "nodeList": [{"scriptId": 1}, {"source": 1}]})
    with pytest.raises(rf.InvalidRequestError, match=r"mixes two kinds of updates: `nodeList\[0\]"):
        mixed.to_update()


def test_nodes_of_one_kind_do_not_fit_the_other() -> None:
    update = rf.UpdateAgentRecallFlow(key_id=1, recall_interval=1, recall_num=1, recall_type=0, node_list=[NODE])  # type: ignore[list-item]
    (violation,) = update.validate()
    assert (violation.path, violation.rule) == ("nodeList[0]", "type")
    (violation,) = UPDATE.replace(extra={"recallIntent": ["101"]}).validate()
    assert violation.message.startswith("`extra.recallIntent` is a field of `UpdateAgentRecallFlow`")
