"""From a recall flow that was read to one that can be sent."""

from __future__ import annotations

from recallflow import _native
from recallflow._values import Response
from recallflow.generated.requests import UpdateRecallFlow


class Updatable(Response):
    """What a `RecallFlowDetail` does besides holding what was read."""

    __slots__ = ()

    def to_update(self) -> UpdateRecallFlow:
        """The flow as an update that changes nothing, with all its nodes, ready to be changed and sent.

        - The service does not answer a file that was sent along: such a node needs `base_file` again before it can be
          sent, or the source `VoiceSource.UPLOADED` with its `voice_file_id`. `validate` tells.
        - What this version does not know, in `extra`, is not carried over.
        - Without nodes in the answer, the update has no list of nodes, so that it cannot erase any.

        >>> detail = client.query_recall_flow_detail(299)
        >>> client.update_recall_flow(detail.to_update().replace(recall_interval=60))

        Raises:
            InvalidRequestError: The answer lacks a field that an update must have, as an answer that is only a page of
                nodes does, or holds a value that does not fit. Sending less than was read could erase it.
        """
        update = _native.to_update(self)
        assert isinstance(update, UpdateRecallFlow)
        return update
