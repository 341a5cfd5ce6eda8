"""httpx, with the JSON of the standard library."""

from typing import Any

import httpx

from contender import CALL, REQUEST, TIMEOUT, URL, headers, read_envelope, run

client = httpx.Client(timeout=TIMEOUT)


def call(request: dict[str, Any] = REQUEST) -> Any:
    envelope = client.post(URL, json=request, headers=headers()).json()
    read_envelope(envelope)
    return envelope


def read_list() -> None:
    """Reads all pages of a list, as users usually do."""
    number, pages = 0, 1
    while number < pages:
        number += 1
        pages = call({**REQUEST, "current": number})["data"]["pages"]


run(read_list if CALL == "pages" else call)
