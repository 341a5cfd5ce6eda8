"""urllib3, with the JSON of the standard library."""

import json

import urllib3

from contender import REQUEST, TIMEOUT, URL, headers, read_envelope, run

pool = urllib3.PoolManager(timeout=TIMEOUT)


def call() -> None:
    response = pool.request("POST", URL, body=json.dumps(REQUEST).encode(), headers=headers())
    read_envelope(json.loads(response.data))


run(call)
