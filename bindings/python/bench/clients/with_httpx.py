"""httpx, with the JSON of the standard library that it brings."""

from typing import Any

import httpx

from clients.kinds import TIMEOUT, AsyncWithDicts, WithDicts
from signing import headers


class Httpx(WithDicts):
    """The client."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.client = httpx.Client(timeout=TIMEOUT)

    def post(self, path: str, request: dict[str, Any]) -> Any:
        return self.client.post(self.base_url + path, json=request, headers=headers()).json()

    def close(self) -> None:
        self.client.close()


class AsyncHttpx(AsyncWithDicts):
    """The asynchronous client, with its own limits or one that keeps as many connections as there may be."""

    def __init__(self, base_url: str, *, kept: int | None = None) -> None:
        self.base_url = base_url
        if kept is None:
            self.client = httpx.AsyncClient(timeout=TIMEOUT)
        else:
            limits = httpx.Limits(max_connections=kept, max_keepalive_connections=kept)
            self.client = httpx.AsyncClient(timeout=TIMEOUT, limits=limits)

    async def post(self, path: str, request: dict[str, Any]) -> Any:
        return (await self.client.post(self.base_url + path, json=request, headers=headers())).json()

    async def close(self) -> None:
        await self.client.aclose()
