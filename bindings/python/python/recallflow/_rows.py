"""Exports responses to files, row by row."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import IO, Any, overload

from recallflow._native import RowEncoder
from recallflow._values import Response
from recallflow.generated.responses import GroupCallTask

Target = str | os.PathLike[str] | IO[bytes] | IO[str]
Progress = Callable[[int], object]

# Bytes that are collected before they are written.
_CHUNK = 64 * 1024
# Rows between two reports of the progress.
_ROWS_PER_REPORT = 100


def to_row(response: Response) -> dict[str, Any]:
    """Returns `response.to_row()`, for use with `map`.

    >>> pandas.DataFrame(map(rf.to_row, client.group_calls(query)))
    """
    return response.to_row()


@overload
def write_csv(tasks: Iterable[Response], target: Target, *, on_progress: Progress | None = None) -> int: ...
@overload
def write_csv(
    tasks: AsyncIterable[Response], target: Target, *, on_progress: Progress | None = None
) -> Awaitable[int]: ...
def write_csv(
    tasks: Iterable[Response] | AsyncIterable[Response], target: Target, *, on_progress: Progress | None = None
) -> int | Awaitable[int]:
    """Writes the rows of tasks, or of other responses of one type, as CSV that Excel opens. Returns their number.

    - The columns are those of `to_row`. Amounts keep all digits. An empty list is written with the columns of a task.
    - A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe in front, so that a
      spreadsheet does not execute it.
    - Memory use does not grow with the number of tasks.
    - A file at a path is replaced when it is complete. After an error or a cancellation, the old file is still there.

    >>> rf.write_csv(client.group_calls(query), "may.csv")
    1204

    Args:
        tasks: For example the result of `group_calls`. With the one of an `AsyncClient`, await the result.
        target: A path, or an open file, which stays open. A text file gets text without the byte order mark.
        on_progress: Called with the number of rows after every 100 rows, and at the end.

    Raises:
        OSError: The file cannot be written.
        TypeError: An item is not a response, or of another type than the first one.
    """
    return _write(tasks, target, "csv", on_progress)


@overload
def write_jsonl(tasks: Iterable[Response], target: Target, *, on_progress: Progress | None = None) -> int: ...
@overload
def write_jsonl(
    tasks: AsyncIterable[Response], target: Target, *, on_progress: Progress | None = None
) -> Awaitable[int]: ...
def write_jsonl(
    tasks: Iterable[Response] | AsyncIterable[Response], target: Target, *, on_progress: Progress | None = None
) -> int | Awaitable[int]:
    """Writes the rows of tasks, or of other responses of one type, as JSON Lines. Returns their number.

    A line is a row of `to_row` as JSON. Everything else is as for `write_csv`.
    """
    return _write(tasks, target, "jsonl", on_progress)


def _write(
    tasks: Iterable[Response] | AsyncIterable[Response], target: Target, form: str, on_progress: Progress | None
) -> int | Awaitable[int]:
    if isinstance(tasks, AsyncIterable):
        return _write_async(tasks, target, form, on_progress)
    with _open(target) as write:
        export = _Export(tasks, form, write, on_progress)
        for task in tasks:
            export.add(task)
        return export.finish()


async def _write_async(tasks: AsyncIterable[Response], target: Target, form: str, on_progress: Progress | None) -> int:
    with _open(target) as write:
        export = _Export(tasks, form, write, on_progress)
        async for task in tasks:
            export.add(task)
        return export.finish()


class _Export:
    """Rows that are being written."""

    def __init__(self, tasks: object, form: str, write: Callable[[bytes], None], on_progress: Progress | None) -> None:
        # Pages know the class of their items before the first one.
        self._encoder: RowEncoder | None = None
        self._item_class: type[Response] = getattr(tasks, "_item_class", GroupCallTask)
        self._form = form
        self._write = write
        self._on_progress = on_progress
        self._rows = 0

    def add(self, task: Response) -> None:
        if self._encoder is None:
            self._encoder = RowEncoder(type(task), self._form)
        if self._encoder.add(task) >= _CHUNK:
            self._write(self._encoder.take())
        self._rows += 1
        if self._on_progress is not None and self._rows % _ROWS_PER_REPORT == 0:
            self._on_progress(self._rows)

    def finish(self) -> int:
        encoder = self._encoder or RowEncoder(self._item_class, self._form)
        self._write(encoder.take())
        if self._on_progress is not None and (self._rows % _ROWS_PER_REPORT != 0 or self._rows == 0):
            self._on_progress(self._rows)
        return self._rows


@contextmanager
def _open(target: Target) -> Generator[Callable[[bytes], None], None, None]:
    """Opens a target, and yields the function that writes to it."""
    if not isinstance(target, (str, os.PathLike)):
        yield _writer(target)
        target.flush()
        return
    # The file behind a symbolic link is replaced, and not the link.
    path = os.path.realpath(target)
    is_old = os.path.exists(path)
    if is_old and not os.path.isfile(path):
        # Something like `/dev/stdout` cannot be replaced.
        with open(path, "wb") as file:
            yield _writer(file)
        return
    temporary = f"{path}.{os.urandom(4).hex()}.tmp"
    try:
        file = open(temporary, "xb")  # noqa: SIM115, closed below
    except OSError as error:
        error.filename = os.fspath(target)
        raise
    try:
        with file:
            if is_old:
                os.chmod(temporary, os.stat(path).st_mode & 0o7777)
            yield _writer(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.remove(temporary)
        raise


def _writer(file: Any) -> Callable[[bytes], None]:
    """Returns the function that writes bytes to a binary file, or their text to a text file."""
    if hasattr(file, "encoding"):

        def write_text(data: bytes) -> None:
            file.write(data.decode().removeprefix("\ufeff"))

        return write_text

    def write_bytes(data: bytes) -> None:
        # A file without a buffer may write a part only.
        while data:
            written = file.write(data)
            data = data[written:] if isinstance(written, int) else b""

    return write_bytes
