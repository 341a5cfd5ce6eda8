"""Client for the voice API that ITNIO TECH, LAAFFIC and onbuka share: auto-recall flows and group-call tasks.

>>> import recallflow as rf
>>> client = rf.Client("key", "secret", base_url=rf.ITNIO)  # or rf.Client.from_env()
>>> detail = client.query_recall_flow_detail(299)
>>> client.update_recall_flow(
...     rf.UpdateRecallFlow(
...         key_id=299,
...         recall_interval=30,
...         recall_num=1,
...         recall_type=rf.RecallType.ALL,
...         node_list=[rf.RecallNode.uploaded("120250811103439c1901f4c53b691b419ad8a143b.wav")],
...     )
... )

`AsyncClient` is the same for `asyncio`. Every error is a `RecallFlowError`. `recallflow.sandbox` is a local stand-in
for the service, for tests and trials without an account. Every attempt is logged at level DEBUG, under the name
`recallflow`.
"""

from recallflow import _errors, _log, _native, _values
from recallflow._client import Client
from recallflow._errors import (
    ApiError,
    AuthenticationError,
    ConfigError,
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
    Violation,
)
from recallflow._money import Fee, FeeTotal, totals
from recallflow._pages import Drift, Pages
from recallflow._values import Extra, Request, Response, Value
from recallflow.generated import enums, requests, responses, service
from recallflow.generated.enums import *  # noqa: F403
from recallflow.generated.requests import *  # noqa: F403
from recallflow.generated.responses import *  # noqa: F403
from recallflow.generated.service import *  # noqa: F403

TYPE_CHECKING = False
if TYPE_CHECKING:
    from recallflow._async_client import AsyncClient, AsyncPages

__all__: list[str] = [
    "ApiError",
    "AsyncClient",
    "AsyncPages",
    "AuthenticationError",
    "Client",
    "ConfigError",
    "Drift",
    "Extra",
    "Fee",
    "FeeTotal",
    "InvalidRequestError",
    "IpRestrictedError",
    "OutcomeUnknownError",
    "Pages",
    "ParameterError",
    "ProtocolError",
    "RateLimitedError",
    "RecallFlowError",
    "Request",
    "RequestWarning",
    "Response",
    "ServiceError",
    "TimeoutError",
    "TimestampExpiredError",
    "TransportError",
    "Value",
    "Violation",
    "__version__",
    "totals",
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
    """Gives classes their public address, which is what pickles, tracebacks and `help` name."""
    for value in map(globals().get, names):
        if isinstance(value, type):
            value.__module__ = __name__


_make_public(__all__)


# Type checkers, which import these names above, would take any name for an attribute.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # `asyncio` takes longer to import than everything else together, and many programs do without it.
        if name in ("AsyncClient", "AsyncPages"):
            from recallflow import _async_client

            globals()[name] = getattr(_async_client, name)
            _make_public([name])
            return globals()[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
