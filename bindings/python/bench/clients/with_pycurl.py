"""pycurl with orjson."""

from typing import Any

import orjson
import pycurl

from clients.kinds import TIMEOUT, WithDicts
from signing import headers


class Pycurl(WithDicts):
    """One handle, which keeps its connection."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.curl = pycurl.Curl()
        self.curl.setopt(pycurl.NOSIGNAL, 1)
        self.curl.setopt(pycurl.TIMEOUT, int(TIMEOUT))

    def post(self, path: str, request: dict[str, Any]) -> Any:
        self.curl.setopt(pycurl.URL, self.base_url + path)
        self.curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers().items()])
        self.curl.setopt(pycurl.POSTFIELDS, orjson.dumps(request))
        return orjson.loads(self.curl.perform_rb())

    def close(self) -> None:
        self.curl.close()
