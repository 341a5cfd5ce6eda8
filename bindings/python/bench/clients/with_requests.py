"""requests, with the JSON of the standard library that it brings."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter

from clients.kinds import TIMEOUT, WithDicts
from signing import headers


class Requests(WithDicts):
    """A session that keeps a connection for each of as many threads as may use it."""

    def __init__(self, base_url: str, connections: int = 16) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.mount("http://", HTTPAdapter(pool_maxsize=connections))

    def post(self, path: str, request: dict[str, Any]) -> Any:
        return self.session.post(self.base_url + path, json=request, headers=headers(), timeout=TIMEOUT).json()

    def close(self) -> None:
        self.session.close()
