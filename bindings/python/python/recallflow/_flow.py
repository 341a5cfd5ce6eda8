"""Turns a recall flow that was read into an update."""

from __future__ import annotations

from recallflow import _native
from recallflow._values import Response
from recallflow.generated.requests import UpdateRecallFlow


class Updatable(Response):
    """Base of `RecallFlowDetail`."""

    __slots__ = ()

    def to_update(self) -> UpdateRecallFlow:
        """Returns an update that would write back this flow with all its nodes.

        - Undocumented fields are in the `extra` of the update and its nodes; `warnings` lists them.
        - The service does not return a file that was sent along. `validate` reports a node that needs one: set its
          `base_file`, or set `source` to `VoiceSource.UPLOADED` and `voice_file_id`.
        - If the response has no nodes, the update has no list of nodes, and cannot erase any.

        >>> detail = client.query_recall_flow_detail(299)
        >>> client.update_recall_flow(detail.to_update().replace(recall_interval=60))

        Raises:
            InvalidRequestError: The response lacks a field that an update requires, or has a value that does not fit.
                Some hosts return only a page of nodes. An update with less than was read could erase the rest.
        """
        update = _native.to_update(self)
        assert isinstance(update, UpdateRecallFlow)
        return update
