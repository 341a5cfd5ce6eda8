"""The safe edit of a flow."""

import asyncio
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import recallflow as rf
from recallflow.sandbox import Sandbox, faults

FLOW: dict[str, Any] = {
    "keyId": 900,
    "status": 0,
    "recallInterval": 30,
    "recallNum": 1,
    "recallType": 0,
    "newField": [1, 2],
    "nodeList": [
        {
            "keyId": 1,
            "taskId": 2,
            "source": 1,
            "voiceFileId": "a.wav",
            "hangUpSms": 1,
            "toSeat": 0,
            "smsContent": "Hi",
            "successPush": 1,
            "successPushTime": 5,
        }
    ],
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.insert_flow(FLOW)
        yield sandbox


def interval(sandbox: Sandbox, key_id: int = 900) -> Any:
    """Returns the interval of a flow that the sandbox has."""
    flow = sandbox.flow(key_id)
    assert flow is not None
    return flow["recallInterval"]


def test_an_edit_shows_its_changes_and_applies_them(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        edit = client.edit_recall_flow(900)
        assert edit.changes() == []
        edit.replace(recall_interval=60)
        edit.replace_nodes(sms_content="Hello")
        edit.replace_node(0, success_push_time=7)
        lines = [str(change) for change in edit.changes()]
        assert lines == [
            'nodeList[0].smsContent: "Hi" -> "Hello"',
            "nodeList[0].successPushTime: 5 -> 7",
            "recallInterval: 30 -> 60",
        ]
        assert (edit.changes()[2].before, edit.changes()[2].after) == (30, 60)
        assert "recallInterval: 30 -> 60" in repr(edit)
        sent = len(sandbox.requests)
        planned = edit.apply(dry_run=True)
        assert (planned.outcome, len(planned.changes), len(sandbox.requests)) == ("planned", 3, sent)
        result = edit.apply(verify=True)
        assert (result.outcome, result.changes) == ("applied", planned.changes)
    flow = sandbox.flow(900)
    assert flow is not None
    assert (flow["recallInterval"], flow["newField"]) == (60, [1, 2])


def test_an_edit_without_changes_sends_nothing(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        assert client.edit_recall_flow(900).apply().outcome == "unchanged"
    assert len(sandbox.requests) == 1


def test_an_ai_agent_flow_is_edited_by_its_own_type(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        edit = client.edit_recall_flow(305)
        assert isinstance(edit.original, rf.UpdateAgentRecallFlow)
        edit.replace(recall_interval=77)
        assert edit.apply().outcome == "applied"
    assert interval(sandbox, 305) == 77


def test_a_flow_that_is_not_pending_is_refused(sandbox: Sandbox) -> None:
    sandbox.insert_flow({**FLOW, "status": 2})
    with sandbox.client() as client, pytest.raises(rf.ConflictError, match=r"has status 2 \(Completed\)") as caught:
        client.edit_recall_flow(900)
    assert (caught.value.status, caught.value.changes) == (rf.RecallStatus.COMPLETED, [])


def test_a_change_by_another_client_is_not_overwritten(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        edit = client.edit_recall_flow(900)
        edit.replace(recall_interval=60)
        sandbox.insert_flow({**FLOW, "recallNum": 3})
        with pytest.raises(rf.ConflictError, match="recallNum: 1 -> 3") as caught:
            edit.apply()
    error = pickle.loads(pickle.dumps(caught.value))
    assert (str(error), error.changes) == (str(caught.value), caught.value.changes)
    assert (error.changes[0].path, error.changes[0].before, error.changes[0].after) == ("recallNum", 1, 3)
    assert (error.operation, error.is_retryable, error.outcome_is_known) == ("edit_recall_flow", False, True)
    assert interval(sandbox) == 30


@pytest.mark.parametrize(
    ("played", "outcome"),
    [
        ([faults.ok(), faults.reset() & faults.applied()], "applied"),
        ([faults.ok(), faults.reset()], None),
        ([faults.ok(), faults.reset() & faults.applied(), faults.status(503)], None),
    ],
)
def test_only_a_flow_that_shows_the_update_settles_an_unknown_outcome(
    sandbox: Sandbox, played: list[Any], outcome: str | None
) -> None:
    with sandbox.client(max_retries=0) as client:
        edit = client.edit_recall_flow(900)
        edit.replace(recall_interval=60)
        sandbox.script(*played)
        if outcome is not None:
            assert edit.apply().outcome == outcome
            return
        with pytest.raises(rf.OutcomeUnknownError) as caught:
            edit.apply()
    assert isinstance(caught.value.cause, rf.TransportError)


def test_a_draft_is_checked_before_anything_is_read(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        edit = client.edit_recall_flow(900)
        edit.replace(recall_interval=0)
        with pytest.raises(rf.InvalidRequestError, match="recallInterval"):
            edit.apply(dry_run=True)
        edit.draft = edit.original.replace(key_id=901)
        with pytest.raises(rf.InvalidRequestError, match="`keyId` must stay 900"):
            edit.apply()
    assert len(sandbox.requests) == 1


def test_an_edit_in_async_code_is_the_same(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            edit = await client.edit_recall_flow(900)
            edit.replace(recall_interval=60)
            assert (await edit.apply(dry_run=True)).outcome == "planned"
            sandbox.script(faults.ok(), faults.reset() & faults.applied())
            assert (await edit.apply()).outcome == "applied"
            with pytest.raises(rf.ConflictError):
                await edit.apply()

    asyncio.run(main())
