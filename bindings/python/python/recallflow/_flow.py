"""Turns a response that was read into the request that writes it back."""

from __future__ import annotations

from typing import Any

from recallflow import _native
from recallflow._values import Response


class Updatable(Response):
    """Base of responses that can be written back."""

    __slots__ = ()

    def to_update(self) -> Any:
        """Returns the update that would write back this response.

        - Its type follows from the fields that the response has, such as `UpdateAgentRecallFlow` for an AI Agent flow.
        - Fields that the service never returns, such as the bytes of an uploaded file, must be set again. `validate`
          reports those that are required.
        - Unknown fields are in the `extra` of the update; `warnings` lists them.
        - A list that the response lacks is left out, so that the update cannot erase it.

        >>> detail = client.query_recall_flow_detail(299)
        >>> client.update_recall_flow(detail.to_update().replace(recall_interval=60))

        Raises:
            InvalidRequestError: The response lacks a field that an update requires, has a value that does not fit, or
                mixes fields of several types. Some hosts return only a page of nodes. An update with less than was read
                could erase the rest.
        """
        return _native.to_update(self)
