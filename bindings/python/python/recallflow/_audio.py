"""Encodes audio that is sent along with a request."""

from __future__ import annotations

import os
from os import PathLike

from recallflow._errors import InvalidRequestError, Violation


def encode_audio(audio: bytes | bytearray | memoryview | str | PathLike[str], field: str) -> str:
    """Returns bytes, or the content of a file, in base64. The field is its name on the wire.

    Raises:
        InvalidRequestError: The file cannot be read.
        TypeError: The audio is neither bytes nor a path.
    """
    # Imported here, because few programs need it.
    from binascii import b2a_base64

    if isinstance(audio, (str, os.PathLike)):
        return b2a_base64(_read(audio, field), newline=False).decode("ascii")
    try:
        view = memoryview(audio)
        # `b2a_base64` takes only bytes without gaps between them.
        return b2a_base64(view if view.c_contiguous else view.tobytes(), newline=False).decode("ascii")
    except TypeError:
        kind = type(audio).__name__
        raise TypeError(f"audio must be bytes, or the path of a file as str or os.PathLike, not {kind}") from None


def _read(path: str | PathLike[str], field: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        # The same words as in the packages of other languages.
        reason = f"{error.strerror} (os error {error.errno})" if isinstance(error, OSError) else str(error)
        message = f"`{field}` cannot be read from {os.fspath(path)}: {reason}"
        raise InvalidRequestError(message, violations=[Violation(field, "required", message)]) from error
