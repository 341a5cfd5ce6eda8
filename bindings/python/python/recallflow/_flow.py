"""Turns a response that was read into the request that writes it back."""

from __future__ import annotations

from typing import Any

from recallflow import _native
from recallflow._values import Response


class Updatable(Response):
    """Base of responses that can be written back."""

    __slots__ = ()

    def to_update(self) -> Any:
        """Returns the update that would write back this response with all its nodes.

        - Its type follows from the fields that the response has: `UpdateAgentRecallFlow` for an AI Agent flow.
        - Undocumented fields are in the `extra` of the update and its nodes; `warnings` lists them.
        - The service does not return a file that was sent along. `validate` reports a node that needs one: set its
          `base_file`, or set `source` to `VoiceSource.UPLOADED` and `voice_file_id`.
        - If the response has no nodes, the update has no list of nodes, and cannot erase any.

        >>> detail = client.query_recall_flow_detail(299)
        >>> client.update_recall_flow(detail.to_update().replace(recall_interval=60))

        Raises:
            InvalidRequestError: The response lacks a field that an update requires, has a value that does not fit, or
                mixes fields of several types. Some hosts return only a page of nodes. An update with less than was read
                could erase the rest.
        """
        return _native.to_update(self)
