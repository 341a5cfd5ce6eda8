"""Options of clients, and what both kinds of client share."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Literal, TypeVar

from recallflow._native import Core
from recallflow._typing import TypedDict, Unpack

if TYPE_CHECKING:
    from typing import NoReturn, SupportsIndex


# Not `Self`, which editors based on jedi take for the class that defines a method.
C = TypeVar("C", bound="BaseClient")


class ClientOptions(TypedDict, total=False):
    """The options of a client, all of which can be left out."""

    base_url: str | None
    """URL of the service: `ITNIO`, `LAAFFIC`, `ONBUKA` or another one, with or without a path prefix.

    None, the default, uses the environment variable `RECALLFLOW_BASE_URL`, or `ITNIO` if that is not set.
    """
    timeout: float
    """Seconds for a whole call with all its attempts. Default: 30."""
    connect_timeout: float
    """Seconds to open a connection, including TLS. Default: 5."""
    attempt_timeout: float
    """Seconds that an attempt of a query may take without progress. Default: 10.

    An attempt makes progress when it is connected, and with each piece of the request or the response. An update is not
    limited by it, because a slow update must not be retried.
    """
    max_retries: int
    """Maximum number of attempts after the first. Default: 2.

    The retry budget of the client limits them further: 500 tokens, of which a retry takes 14, or 5 after a rate limit.
    A success returns the tokens of its call, or 1. The message of an error says when a retry was withheld.
    """
    max_connections: int
    """Maximum number of connections in use at the same time. Default: 100.

    Further calls wait in order, within their `timeout`.
    """
    max_response_bytes: int
    """Maximum response size in bytes. Default: 8 MiB.

    It also limits the number of JSON values in a response, to one for each 256 bytes (32,768 by default).
    """
    validate: bool
    """Whether requests are checked against the documented rules before they are sent. Default: True."""
    proxy: str | Literal[False] | None
    """URL of a proxy, such as `http://user:password@proxy.example:3128`; False for a direct connection.

    None, the default, uses `HTTPS_PROXY`, or else `ALL_PROXY`, in upper or lower case, except for loopback addresses.
    `NO_PROXY` lists hosts without a proxy: `*`, `example.com` (with all subdomains), `*.example.com` (subdomains only),
    an IP address, or a network such as `10.0.0.0/8`. All but a network may end with a port.
    """
    ca_file: str | PathLike[str] | None
    """PEM file with certificates to trust in addition to the built-in ones and those of the system.

    They are certificate authorities, or the certificates of servers.
    """
    client_certificate: str | PathLike[str] | None
    """PEM file with a client certificate, its chain and its unencrypted private key, for servers that require one."""
    dangerously_allow_http: bool
    """Allows `http://` for other hosts than this machine. Default: False.

    The signature does not cover the body, so anyone on the network path could change what an update does.
    """


class _FromEnvironment(str):
    """Name of an environment variable in place of its value, which only the native module reads."""

    __slots__ = ()


class BaseClient:
    """What `Client` and `AsyncClient` share."""

    _core: Core
    # The sandbox that a client was made for, which must not be closed before the client.
    _sandbox: object

    def __init__(self, api_key: str, api_secret: str, **options: Unpack[ClientOptions]) -> None:
        """Makes a client. It connects when it is first used.

        Args:
            api_key: API key of the account.
            api_secret: API secret of the account. It never appears in a `repr`, error or log.
            **options: See `ClientOptions`.

        Raises:
            ConfigError: An option has a wrong value; the error names it.
        """
        key = None if isinstance(api_key, _FromEnvironment) else api_key
        secret = None if isinstance(api_secret, _FromEnvironment) else api_secret
        try:
            if key is api_key and secret is api_secret:
                self._core = Core(api_key, api_secret, options)
            else:
                self._core = Core.from_env(key, secret, options)
        finally:
            # A traceback keeps this frame, and many tools show the local variables of frames. URLs may hold passwords.
            del api_key, api_secret, key, secret, options

    @classmethod
    def from_env(
        cls: type[C], *, api_key: str | None = None, api_secret: str | None = None, **options: Unpack[ClientOptions]
    ) -> C:
        """Makes a client with the environment variables `RECALLFLOW_API_KEY` and `RECALLFLOW_API_SECRET`.

        An argument takes precedence over the environment. Secrets of the environment do not pass through Python code:
        the `__init__` of a derived class gets the names of the variables in place of their values.

        Raises:
            ConfigError: The key or the secret is missing, or an option has a wrong value.
        """
        try:
            return cls(
                _FromEnvironment("RECALLFLOW_API_KEY") if api_key is None else api_key,
                _FromEnvironment("RECALLFLOW_API_SECRET") if api_secret is None else api_secret,
                **options,
            )
        finally:
            del api_key, api_secret, options

    @property
    def base_url(self) -> str:
        """URL of the service."""
        return self._core.base_url

    @property
    def timeout(self) -> float:
        """Seconds for a whole call that does not set its own `timeout`."""
        return self._core.timeout

    @property
    def max_retries(self) -> int:
        """Maximum number of attempts after the first, for calls that do not set their own `max_retries`."""
        return self._core.max_retries

    def __repr__(self) -> str:
        name = type(self).__name__
        try:
            core = self._core
        except AttributeError:
            # A debugger may show a client whose `__init__` failed.
            return f"<{name}, not initialized>"
        return f"{name}(base_url={core.base_url!r}, timeout={core.timeout!r}, max_retries={core.max_retries!r})"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        # `pickle` and `copy` call this.
        raise TypeError(
            f"a {type(self).__name__} cannot be pickled or copied, because it holds connections and the API secret: "
            "create another one where it is needed, for example with `from_env`"
        )


def show_as(client: type[BaseClient], *bases: type) -> None:
    """Renames the methods of base classes to the client's, because Python's own errors show their names."""
    for base in bases:
        for name, method in vars(base).items():
            function = getattr(method, "__func__", method)
            if hasattr(function, "__code__"):
                function.__qualname__ = f"{client.__name__}.{name}"
