"""Wakes an event loop that cannot watch a file descriptor, such as the default one of Windows."""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING
from weakref import ref

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from recallflow._native import Completions

# Longest sleep before it checks whether its loop still exists.
_NAP_SECONDS = 0.25


class Waker(threading.Thread):
    """Thread that wakes a loop whenever its queue has outcomes. It ends with the loop."""

    def __init__(self, loop: AbstractEventLoop, completions: Completions) -> None:
        super().__init__(name="recallflow", daemon=True)
        self._loop = ref(loop)
        self._completions = completions
        self._taken = threading.Event()
        self._is_wanted = True

    def run(self) -> None:
        """Waits for outcomes and wakes the loop, until the loop is closed."""
        while self._has_loop():
            if self._completions.wait(int(_NAP_SECONDS * 1000)):
                self._taken.clear()
                self._wake()
                while self._has_loop() and not self._taken.wait(_NAP_SECONDS):
                    pass

    def end(self) -> None:
        """Stops the thread, and waits for it."""
        self._is_wanted = False
        self._taken.set()
        self.join()

    def _has_loop(self) -> bool:
        loop = self._loop()
        return self._is_wanted and loop is not None and not loop.is_closed()

    def _wake(self) -> None:
        loop = self._loop()
        try:
            if loop is not None:
                loop.call_soon_threadsafe(self._take)
        except RuntimeError:
            # The loop was closed just now, which the next check notices.
            pass

    def _take(self) -> None:
        self._completions.take()
        self._taken.set()


@atexit.register
def _end_all() -> None:
    # A thread that returns from native code while the interpreter exits could crash the process.
    for thread in threading.enumerate():
        if isinstance(thread, Waker):
            thread.end()
