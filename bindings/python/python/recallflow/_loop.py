"""Connects event loops to the native module.

The native module runs calls on a background thread, and has one queue of outcomes for each event loop. The loop watches
the file descriptor of its queue, and wakes up once for all outcomes that are queued.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from asyncio import get_running_loop
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any
from weakref import ref

from recallflow._log import is_logged
from recallflow._native import Completions, refusal

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future
    from collections.abc import Coroutine

    from recallflow._native import Call, Core, Outcome

# Weak references let a loop be collected that was never closed. All weak references to a loop are one object, so that
# this lookup is fast.
_queues: dict[ref[AbstractEventLoop], Completions] = {}
_lock = allocate_lock()


def submit(core: Core, call: Call, overrides: tuple[object, ...]) -> Coroutine[Any, Any, Any]:
    """Starts a call, and returns the coroutine that waits for it.

    It is not `async` itself, which would cost time.
    """
    loop = get_running_loop()
    completions = completions_of(loop)
    future = loop.create_future()
    context = copy_context() if is_logged() else None
    return outcome(completions, future, core.submit(completions, future, call, overrides, context))


def completions_of(loop: AbstractEventLoop) -> Completions:
    """Returns the queue of an event loop."""
    # An empty context, because a loop keeps the one in which a callback is added.
    return _queues.get(ref(loop)) or Context().run(_watch, loop)


async def outcome(completions: Completions, future: Future[Outcome], number: int) -> Any:
    """Waits for a call, and drops the call if the waiting task is canceled."""
    try:
        ended = await future
    except BaseException:
        completions.cancel(number)
        raise
    return ended.open()


def _watch(loop: AbstractEventLoop) -> Completions:
    """Makes a queue for a loop, and lets the loop watch it."""
    completions = Completions()
    try:
        loop.add_reader(completions.fileno(), completions.take)
    except NotImplementedError:
        # Imported here, because few loops need it.
        from recallflow._waker import Waker

        try:
            Waker(loop, completions).start()
        except RuntimeError as error:
            # The system refused a thread.
            raise refusal(str(error)) from None
    with _lock:
        _forget_closed()
        _queues[ref(loop)] = completions
    return completions


def _forget_closed() -> None:
    """Closes the queues of loops that are closed. Loops do not announce that."""
    for reference in list(_queues):
        loop = reference()
        if loop is None or loop.is_closed():
            _queues.pop(reference).close()


def _reset_after_fork() -> None:
    """Forgets all loops in a forked child, because they belong to its parent."""
    global _lock
    _lock = allocate_lock()
    _queues.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_after_fork)
