"""urllib3, with the JSON of the standard library."""

import json
from typing import Any

import urllib3

from clients.kinds import TIMEOUT, WithDicts
from signing import headers


class Urllib3(WithDicts):
    """A pool of connections."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.pool = urllib3.PoolManager(timeout=TIMEOUT)

    def post(self, path: str, request: dict[str, Any]) -> Any:
        body = json.dumps(request).encode()
        return json.loads(self.pool.request("POST", self.base_url + path, body=body, headers=headers()).data)

    def close(self) -> None:
        self.pool.clear()
