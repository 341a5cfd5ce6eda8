"""Forwards what the native core tells to `logging`, under the name `recallflow`.

There is no handler of ours, not even a `NullHandler`: the standard library recommends one only where a library should
be silent in programs that do not set up logging, but warnings of this one are to be seen there, on standard error.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logging import Logger

_DEBUG = 10
_WARNING = 30
_logger: Logger | None = None
# Threads on which a handler is at work.
_busy: set[int] = set()


def is_logged() -> bool:
    """Whether anybody wants to know about every attempt; warnings are logged in any case."""
    return _listener(_DEBUG) is not None


def log(level: int, message: str, fields: dict[str, Any]) -> None:
    """Logs what the core tells. The fields become attributes of the record, with `recallflow_` before their names.

    What goes wrong in a handler or filter does not break the call: it is shown as `logging` shows such errors.
    """
    logger = _listener(level)
    if logger is None:
        return
    thread = get_ident()
    _busy.add(thread)
    try:
        # Without arguments, a percent sign is no placeholder.
        logger.log(level, _text(message, fields), extra={f"recallflow_{name}": fields[name] for name in fields})
    except Exception:  # noqa: BLE001, the handlers are the program's
        _show_error()
    finally:
        _busy.discard(thread)


def _listener(level: int) -> Logger | None:
    """The logger, if anybody wants to know what happens at this level."""
    global _logger
    if _logger is None:
        # It is slow to import, and nobody who has not can have set up anything for less than warnings.
        if level < _WARNING and "logging" not in sys.modules:
            return None
        import logging

        _logger = logging.getLogger("recallflow")
    # A handler that calls the client would otherwise be called for that again, and so on.
    return _logger if _logger.isEnabledFor(level) and get_ident() not in _busy else None


def _text(message: str, fields: dict[str, Any]) -> str:
    """What the core tells, in one line: `update_recall_flow: failed (attempt=1, phase=connect)`."""
    details = ", ".join(f"{name}={value}" for name, value in fields.items() if name != "operation")
    text = f"{message} ({details})" if details else message
    return f"{fields['operation']}: {text}" if "operation" in fields else text


def _show_error() -> None:
    """Does with the present exception what `logging.Handler.handleError` does."""
    import logging
    import traceback
    from contextlib import suppress

    if logging.raiseExceptions and sys.stderr is not None:
        with suppress(OSError):
            traceback.print_exc()
