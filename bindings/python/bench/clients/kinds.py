"""What every client has to do, and what those do alike that differ in the transport only."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

import dicts
import structs
from fixture import QUERY, QUERY_PATH, UPDATE, UPDATE_PATH

if TYPE_CHECKING:
    from typing_extensions import Buffer

TIMEOUT = 30.0
"""Seconds that a call may take."""


class Api(Protocol):
    """A client of the service."""

    def small(self) -> None:
        """Makes an update, answered by an envelope with nothing in it."""

    def page(self) -> None:
        """Makes a query, and reads all of the page that it is answered by."""

    def close(self) -> None:
        """Drops connections."""


class AsyncApi(Protocol):
    """The same in an event loop."""

    async def small(self) -> None:
        """Makes an update, answered by an envelope with nothing in it."""

    async def page(self) -> None:
        """Makes a query, and reads all of the page that it is answered by."""

    async def close(self) -> None:
        """Drops connections."""


class WithDicts(ABC):
    """A client that sends and answers dicts."""

    @abstractmethod
    def post(self, path: str, request: dict[str, Any]) -> Any:
        """Sends a request, and decodes the envelope."""

    def small(self) -> None:
        dicts.opened(self.post(UPDATE_PATH, UPDATE))

    def page(self) -> None:
        dicts.touch(dicts.opened(self.post(QUERY_PATH, QUERY)))


class WithStructs(ABC):
    """A client that sends and answers msgspec's structs."""

    @abstractmethod
    def post(self, path: str, body: bytes) -> "Buffer":
        """Sends the body of a request; answers that of the response."""

    def small(self) -> None:
        structs.read_small(self.post(UPDATE_PATH, structs.encode(structs.UPDATE)))

    def page(self) -> None:
        structs.read_page(self.post(QUERY_PATH, structs.encode(structs.QUERY)))


class AsyncWithDicts(ABC):
    """An asynchronous client that sends and answers dicts."""

    @abstractmethod
    async def post(self, path: str, request: dict[str, Any]) -> Any:
        """Sends a request, and decodes the envelope."""

    async def small(self) -> None:
        dicts.opened(await self.post(UPDATE_PATH, UPDATE))

    async def page(self) -> None:
        dicts.touch(dicts.opened(await self.post(QUERY_PATH, QUERY)))


class AsyncWithStructs(ABC):
    """An asynchronous client that sends and answers msgspec's structs."""

    @abstractmethod
    async def post(self, path: str, body: bytes) -> "Buffer":
        """Sends the body of a request; answers that of the response."""

    async def small(self) -> None:
        structs.read_small(await self.post(UPDATE_PATH, structs.encode(structs.UPDATE)))

    async def page(self) -> None:
        structs.read_page(await self.post(QUERY_PATH, structs.encode(structs.QUERY)))
