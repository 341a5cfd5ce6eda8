"""httpx, with the JSON of the standard library."""

import httpx

from contender import REQUEST, TIMEOUT, URL, headers, read_envelope, run

client = httpx.Client(timeout=TIMEOUT)

run(lambda: read_envelope(client.post(URL, json=REQUEST, headers=headers()).json()))
