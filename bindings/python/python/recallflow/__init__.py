"""Client for the voice API that ITNIO TECH, LAAFFIC and onbuka share: auto-recall flows and group-call tasks.

>>> import recallflow as rf
>>> client = rf.Client("key", "secret", base_url=rf.ITNIO)  # or rf.Client.from_env()
>>> detail = client.query_recall_flow_detail(299)
>>> client.update_recall_flow(
...     key_id=299,
...     recall_interval=30,
...     recall_num=1,
...     recall_type=rf.RecallType.ALL,
...     node_list=[rf.RecallNode.uploaded("120250811103439c1901f4c53b691b419ad8a143b.wav")],
... )

`AsyncClient` is the same for `asyncio`. Every error is a `RecallFlowError`. `recallflow.sandbox` is a local server that
behaves like the service, for tests and trials without an account. Every attempt is logged at level DEBUG by the logger
`recallflow`.
"""

# pyright: reportUnusedImport=false

# The annotations of public classes are evaluated in this module, which is their `__module__`.
from collections.abc import Mapping, Sequence  # noqa: F401
from datetime import date, datetime  # noqa: F401
from decimal import Decimal  # noqa: F401
from typing import TYPE_CHECKING, Any, ClassVar, Literal  # noqa: F401

from recallflow import _errors, _log, _native, _values
from recallflow._client import Client
from recallflow._drift import Drift
from recallflow._edit import AsyncFlowEdit, EditResult, FlowEdit
from recallflow._errors import (
    ApiError,
    AuthenticationError,
    Change,
    ConfigError,
    ConflictError,
    ErrorResponse,
    IncompleteError,
    InvalidRequestError,
    IpRestrictedError,
    OutcomeUnknownError,
    ParameterError,
    ProtocolError,
    RateLimitedError,
    RecallFlowError,
    RequestWarning,
    ServiceError,
    TimeoutError,
    TimestampExpiredError,
    TransportError,
    UnavailableError,
    Violation,
    WaitError,
)
from recallflow._events import AttemptEvent
from recallflow._money import Fee, FeeTotal
from recallflow._notebook import ValueList
from recallflow._pages import Pages
from recallflow._raw import Parsed, RawResponse  # noqa: F401
from recallflow._rows import to_row, write_csv, write_jsonl
from recallflow._spans import Span, span_of_day, span_of_month
from recallflow._totals import totals, totals_by_day
from recallflow._values import Extra, Request, Response, Value
from recallflow.generated import enums, requests, responses, service
from recallflow.generated.enums import *  # noqa: F403
from recallflow.generated.options import ClientOptions, Overrides
from recallflow.generated.requests import *  # noqa: F403
from recallflow.generated.responses import *  # noqa: F403
from recallflow.generated.service import *  # noqa: F403

if TYPE_CHECKING:
    from recallflow._async_client import AsyncClient
    from recallflow._async_pages import AsyncPages

__all__: list[str] = [
    "ApiError",
    "AsyncClient",
    "AsyncFlowEdit",
    "AsyncPages",
    "AttemptEvent",
    "AuthenticationError",
    "Change",
    "Client",
    "ClientOptions",
    "ConfigError",
    "ConflictError",
    "Drift",
    "EditResult",
    "ErrorResponse",
    "Extra",
    "Fee",
    "FeeTotal",
    "FlowEdit",
    "IncompleteError",
    "InvalidRequestError",
    "IpRestrictedError",
    "OutcomeUnknownError",
    "Overrides",
    "Pages",
    "ParameterError",
    "ProtocolError",
    "RateLimitedError",
    "RawResponse",
    "RecallFlowError",
    "Request",
    "RequestWarning",
    "Response",
    "ServiceError",
    "Span",
    "TimeoutError",
    "TimestampExpiredError",
    "TransportError",
    "UnavailableError",
    "Value",
    "ValueList",
    "Violation",
    "WaitError",
    "__version__",
    "span_of_day",
    "span_of_month",
    "to_row",
    "totals",
    "totals_by_day",
    "write_csv",
    "write_jsonl",
]
__all__ += enums.__all__
__all__ += requests.__all__
__all__ += responses.__all__
__all__ += service.__all__

__version__ = _native.VERSION

_native.setup(
    enums=enums.ENUMS,
    requests=requests.REQUESTS,
    responses=responses.RESPONSES,
    empty_extra=_values.EMPTY_EXTRA,
    extra=Extra,
    violation=Violation,
    warning=RequestWarning,
    error=_errors.make,
    log=_log.log,
)


def _make_public(names: list[str]) -> None:
    """Sets the `__module__` of classes to this one, which pickles, tracebacks and `help` show."""
    for value in map(globals().get, names):
        if isinstance(value, type):
            value.__module__ = __name__


_make_public(__all__)


# Type checkers see the imports above. This would make them accept any name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # `asyncio` takes longer to import than everything else together, and many programs do not need it.
        if name in ("AsyncClient", "AsyncPages"):
            from recallflow._async_client import AsyncClient
            from recallflow._async_pages import AsyncPages

            globals().update(AsyncClient=AsyncClient, AsyncPages=AsyncPages)
            _make_public(["AsyncClient", "AsyncPages"])
            return globals()[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
