"""pycurl with orjson: one handle, which keeps its connection."""

import orjson
import pycurl

from contender import REQUEST, TIMEOUT, URL, headers, read_envelope, run

curl = pycurl.Curl()
curl.setopt(pycurl.NOSIGNAL, 1)
curl.setopt(pycurl.TIMEOUT, int(TIMEOUT))


def call() -> None:
    curl.setopt(pycurl.URL, URL)
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers().items()])
    curl.setopt(pycurl.POSTFIELDS, orjson.dumps(REQUEST))
    read_envelope(orjson.loads(curl.perform_rb()))


run(call)
