"""pyreqwest with msgspec."""

from datetime import timedelta
from typing import TYPE_CHECKING

from pyreqwest.client import ClientBuilder, SyncClientBuilder

from clients.kinds import TIMEOUT, AsyncWithStructs, WithStructs
from signing import headers

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Pyreqwest(WithStructs):
    """The client."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.client = SyncClientBuilder().timeout(timedelta(seconds=TIMEOUT)).build()

    def post(self, path: str, body: bytes) -> "Buffer":
        return self.client.post(self.base_url + path).headers(headers()).body_bytes(body).build().send().bytes()

    def close(self) -> None:
        self.client.close()


class AsyncPyreqwest(AsyncWithStructs):
    """The asynchronous client."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.client = ClientBuilder().timeout(timedelta(seconds=TIMEOUT)).build()

    async def post(self, path: str, body: bytes) -> "Buffer":
        request = self.client.post(self.base_url + path).headers(headers()).body_bytes(body).build()
        return await (await request.send()).bytes()

    async def close(self) -> None:
        await self.client.close()
