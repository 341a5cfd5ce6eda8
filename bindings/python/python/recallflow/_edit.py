"""The safe edit of a recall flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from recallflow._errors import Change
from recallflow._log import is_logged
from recallflow._native import Call, Core, check_pending, edit_changes
from recallflow._record import Record, record
from recallflow.generated import operations
from recallflow.generated.requests import UpdateAgentRecallFlow, UpdateRecallFlow
from recallflow.generated.responses import RecallFlowDetail

_OPERATIONS: dict[type, int] = {
    UpdateRecallFlow: operations.UPDATE_RECALL_FLOW,
    UpdateAgentRecallFlow: operations.UPDATE_AGENT_RECALL_FLOW,
}


@record
class EditResult(Record):
    """The end of an edit."""

    outcome: Literal["applied", "unchanged", "planned"]
    """`unchanged` if the draft equals what was read, and `planned` after a dry run: nothing was sent then."""
    changes: list[Change]
    """The differences between what was read and the draft."""


class BaseEdit:
    """What `FlowEdit` and `AsyncFlowEdit` share."""

    draft: UpdateRecallFlow | UpdateAgentRecallFlow
    """The update to send. At first it would write back what was read; it may be replaced as a whole."""

    def __init__(self, core: Core, detail: RecallFlowDetail) -> None:
        check_pending(detail.status)
        self._core = core
        self._original = self.draft = detail.to_update()
        self._operation = _OPERATIONS[type(self._original)]

    @property
    def original(self) -> UpdateRecallFlow | UpdateAgentRecallFlow:
        """The update that would write back what was read."""
        return self._original

    def replace(self, **changes: Any) -> None:
        """Sets fields of the flow in the draft."""
        self.draft = self.draft.replace(**changes)

    def replace_node(self, index: int, **changes: Any) -> None:
        """Sets fields of one node in the draft."""
        nodes: list[Any] = list(self.draft.node_list or ())
        nodes[index] = nodes[index].replace(**changes)
        self.replace(node_list=nodes)

    def replace_nodes(self, **changes: Any) -> None:
        """Sets fields of every node in the draft."""
        nodes: list[Any] = list(self.draft.node_list or ())
        self.replace(node_list=[node.replace(**changes) for node in nodes])

    def changes(self) -> list[Change]:
        """Returns the differences between what was read and the draft."""
        return [Change(**change) for change in edit_changes(self._operation, self._original, self.draft)]

    def _prepare(self, *, dry_run: bool, verify: bool) -> tuple[EditResult, Call]:
        """Checks the draft. Returns the result if nothing goes wrong, and the call that applies the changes."""
        described, call = self._core.prepare_edit(self._operation, self._original, self.draft, verify)
        changes = [Change(**change) for change in described]
        outcome: Literal["applied", "unchanged", "planned"]
        outcome = "unchanged" if not changes else "planned" if dry_run else "applied"
        return EditResult(outcome, changes), call

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, changes={[str(change) for change in self.changes()]}>"


class FlowEdit(BaseEdit):
    """An edit of a recall flow: change the draft, look at `changes()`, then `apply()` them.

    >>> edit = client.edit_recall_flow(299)
    >>> edit.replace(recall_interval=60)
    >>> edit.replace_nodes(sms_content="Order ${text1} has arrived.")
    >>> for change in edit.changes():
    ...     print(change)
    >>> edit.apply().outcome
    'applied'

    Nothing is lost: the draft has every field that was read, undocumented ones too. A flow that was changed in the
    meantime is not overwritten, except within the round trip between the last read and the update, because the service
    has no versions.
    """

    def apply(
        self,
        *,
        dry_run: bool = False,
        verify: bool = False,
        timeout: float | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> EditResult:
        """Applies the changes; does nothing if there are none.

        Reads the flow again, sends the update if the flow is as it was, and reads it back if the outcome is unknown.

        Args:
            dry_run: Check the draft, and send nothing.
            verify: Read the flow back in any case.
            timeout: Total time of each of these calls, in seconds; None for the client's.
            max_retries: Maximum number of attempts of each call after the first; None for the client's.
            extra_headers: Headers to send with each request; None for the client's.

        Raises:
            InvalidRequestError: The draft breaks a rule, or has the key of another flow; nothing was sent.
            ConflictError: The flow is not pending any more, or was changed; nothing was sent.
            OutcomeUnknownError: The update may have been applied, and the flow that was read back does not show it.
            RecallFlowError: Base of all errors.
        """
        result, call = self._prepare(dry_run=dry_run, verify=verify)
        if result.outcome == "applied":
            self._core.call(call, (timeout, max_retries, extra_headers), is_logged())
        return result


class AsyncFlowEdit(BaseEdit):
    """An edit of a recall flow in `async` code: the same as `FlowEdit`, but `apply` is awaited.

    >>> edit = await client.edit_recall_flow(299)
    >>> edit.replace(recall_interval=60)
    >>> await edit.apply()
    """

    async def apply(
        self,
        *,
        dry_run: bool = False,
        verify: bool = False,
        timeout: float | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> EditResult:
        """Applies the changes. See `FlowEdit.apply`."""
        # Imported here, because it imports `asyncio`.
        from recallflow._loop import submit

        result, call = self._prepare(dry_run=dry_run, verify=verify)
        if result.outcome == "applied":
            await submit(self._core, call, (timeout, max_retries, extra_headers))
        return result
