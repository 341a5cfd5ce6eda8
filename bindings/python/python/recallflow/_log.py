"""Passes log records of the native module to the logger `recallflow`, and the ends of attempts to `on_attempt`.

The package does not add a `NullHandler`, which would hide its warnings in programs that do not configure logging.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from typing import TYPE_CHECKING, Any

from recallflow._events import AttemptEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from logging import Logger

_DEBUG = 10
_WARNING = 30
_logger: Logger | None = None
# Threads that are calling a handler.
_busy: set[int] = set()


def is_logged() -> bool:
    """Returns whether attempts are logged. Warnings are always passed on."""
    return _listener(_DEBUG) is not None


def log(
    level: int, message: str, fields: dict[str, Any], on_attempt: Callable[[AttemptEvent], object] | None = None
) -> None:
    """Logs a record, and passes the end of an attempt to `on_attempt`.

    The fields of a record become attributes with the prefix `recallflow_`. An error of a handler or filter does not
    fail the call. It is printed as `logging` prints such errors.
    """
    # Calls that `on_attempt` makes itself do not call it again.
    if on_attempt is not None and "elapsed_ms" in fields and get_ident() not in _busy:
        _notify(on_attempt, fields)
    logger = _listener(level)
    if logger is None:
        return
    thread = get_ident()
    _busy.add(thread)
    try:
        # Without arguments, a percent sign is not a placeholder.
        logger.log(level, _text(message, fields), extra={f"recallflow_{name}": fields[name] for name in fields})
    except Exception:  # noqa: BLE001, handlers may raise anything
        _show_error()
    finally:
        _busy.discard(thread)


def _notify(on_attempt: Callable[[AttemptEvent], object], fields: dict[str, Any]) -> None:
    """Calls `on_attempt`. An error of it is logged and does not fail the call."""
    delay = fields.get("delay_ms")
    event = AttemptEvent(
        operation=fields["operation"],
        attempt=fields["attempt"],
        http_status=fields.get("http_status"),
        code=fields.get("code"),
        error=fields.get("error"),
        retry_class=fields.get("class"),
        phase=fields.get("phase"),
        elapsed=fields["elapsed_ms"] / 1e3,
        delay=None if delay is None else delay / 1e3,
    )
    thread = get_ident()
    _busy.add(thread)
    try:
        on_attempt(event)
    except Exception:
        import logging

        logging.getLogger("recallflow").exception("`on_attempt` failed; the call goes on")
    finally:
        _busy.discard(thread)


def _listener(level: int) -> Logger | None:
    """Returns the logger if this level is enabled."""
    global _logger
    if _logger is None:
        # It is slow to import. A program that has not imported it cannot have enabled levels below WARNING.
        if level < _WARNING and "logging" not in sys.modules:
            return None
        import logging

        _logger = logging.getLogger("recallflow")
    # Prevents recursion, if a handler makes calls itself.
    return _logger if _logger.isEnabledFor(level) and get_ident() not in _busy else None


def _text(message: str, fields: dict[str, Any]) -> str:
    """Returns a record as text: `update_recall_flow: attempt failed (attempt=1, phase=connect)`."""
    details = ", ".join(f"{name}={value}" for name, value in fields.items() if name != "operation")
    text = f"{message} ({details})" if details else message
    return f"{fields['operation']}: {text}" if "operation" in fields else text


def _show_error() -> None:
    """Prints the current exception as `logging.Handler.handleError` does."""
    import logging
    import traceback
    from contextlib import suppress

    if logging.raiseExceptions and sys.stderr is not None:
        with suppress(OSError):
            traceback.print_exc()
