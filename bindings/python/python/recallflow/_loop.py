"""Hands the outcomes of calls to event loops.

The native core carries out calls on a thread of its own, and queues their outcomes by event loop. Each loop watches the
file descriptor of its queue, and is woken once for all outcomes that have come meanwhile.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from weakref import ref

from recallflow._native import Completions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future
    from typing import Any

# By weak references, so that a loop that nobody closed can go. Those of one loop are the same object, which makes this
# the fastest way to look one up.
_queues: dict[ref[AbstractEventLoop], Completions] = {}
_lock = allocate_lock()


def completions_of(loop: AbstractEventLoop) -> Completions:
    """The queue of an event loop."""
    return _queues.get(ref(loop)) or _watch(loop)


async def outcome(completions: Completions, future: Future[Any], number: int) -> Any:
    """Waits for a call, and drops it if nobody waits any more."""
    try:
        return await future
    except BaseException:
        # After an error of the call itself this does nothing.
        completions.cancel(number)
        if future.done() and not future.cancelled():
            # An outcome that came as the loop ended is no news; asking for it keeps the future from complaining.
            future.exception()
        # The error has a traceback, that this frame, and that would have the future, and that the error.
        del future
        raise


def _watch(loop: AbstractEventLoop) -> Completions:
    """Begins to watch the queue of a loop that makes its first call."""
    completions = Completions()
    try:
        loop.add_reader(completions.fileno(), completions.take)
    except NotImplementedError:
        # Imported where it is needed, which is hardly ever the case.
        from recallflow._waker import Waker

        Waker(loop, completions).start()
    with _lock:
        _forget_closed()
        _queues[ref(loop)] = completions
    return completions


def _forget_closed() -> None:
    """Closes the queues of loops that have ended; nothing tells when one does."""
    for reference in list(_queues):
        loop = reference()
        if loop is None or loop.is_closed():
            _queues.pop(reference).close()


def _begin_anew() -> None:
    """Forgets all loops in a forked child: they are its parent's."""
    global _lock
    _lock = allocate_lock()
    _queues.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
