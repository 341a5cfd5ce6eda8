"""aiohttp, with the JSON of the standard library that it brings, and with msgspec."""

from typing import Any

import aiohttp

from clients.kinds import TIMEOUT, AsyncWithDicts, AsyncWithStructs
from signing import headers


def session() -> aiohttp.ClientSession:
    """The one that all calls share; it keeps 100 connections."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))


class Aiohttp(AsyncWithDicts):
    """With dicts."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = session()

    async def post(self, path: str, request: dict[str, Any]) -> Any:
        async with self.session.post(self.base_url + path, json=request, headers=headers()) as response:
            return await response.json()

    async def close(self) -> None:
        await self.session.close()


class AiohttpMsgspec(AsyncWithStructs):
    """With structs."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = session()

    async def post(self, path: str, body: bytes) -> bytes:
        async with self.session.post(self.base_url + path, data=body, headers=headers()) as response:
            return await response.read()

    async def close(self) -> None:
        await self.session.close()
