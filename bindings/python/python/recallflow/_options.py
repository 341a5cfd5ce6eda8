"""The options of a client."""

from __future__ import annotations

from recallflow._native import Core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Literal, NoReturn, SupportsIndex

    from typing_extensions import Self


class Configured:
    """What clients of both kinds have in common: how they are made, and what they show of themselves."""

    _core: Core
    # What must last as long as the client.
    _sandbox: object

    def __init__(
        self,
        api_key: str,
        api_secret: str,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        connect_timeout: float = 5.0,
        attempt_timeout: float = 10.0,
        max_retries: int = 2,
        max_response_bytes: int = 8 * 1024 * 1024,
        validate: bool = True,
        proxy: str | Literal[False] | None = None,
        ca_file: str | PathLike[str] | None = None,
        dangerously_allow_http: bool = False,
    ) -> None:
        """Makes a client. It connects when it is first used.

        Args:
            api_key: The account's API key.
            api_secret: The account's API secret. It is in no `repr`, error or log.
            base_url: Where the service is: `ITNIO`, `LAAFFIC`, `ONBUKA`, or any other URL with or without a path
                prefix. None takes the environment variable `RECALLFLOW_BASE_URL`, and without that `ITNIO`.
            timeout: Seconds that a call may take in all, its retries included.
            connect_timeout: Seconds that one connection may take, TLS included.
            attempt_timeout: Seconds that one attempt of a query may take. An update has the whole `timeout`, because
                it must not be repeated for being slow.
            max_retries: Number of extra tries.
            max_response_bytes: Size of the largest answer.
            validate: Whether requests are checked against the documented rules before they are sent.
            proxy: The proxy to use, such as `http://proxy.example:3128`, with its credentials in the URL if it needs
                some; False for none. None takes the environment's (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), except for
                loopback addresses.
            ca_file: A PEM file with authorities to trust besides the built-in ones and those of the system.
            dangerously_allow_http: Permits `http://` for hosts other than this machine. The signature does not cover
                the body: whoever sits between can change what an update does, and whom it calls.

        Raises:
            ConfigError: An option is wrong; the error names it.
        """
        try:
            self._core = Core(
                api_key,
                api_secret,
                {
                    "base_url": base_url,
                    "timeout": timeout,
                    "connect_timeout": connect_timeout,
                    "attempt_timeout": attempt_timeout,
                    "max_retries": max_retries,
                    "max_response_bytes": max_response_bytes,
                    "validate": validate,
                    "proxy": proxy,
                    "ca_file": ca_file,
                    "dangerously_allow_http": dangerously_allow_http,
                },
            )
        finally:
            # A traceback keeps this frame, and many tools show the locals of frames. URLs may hold passwords.
            del api_key, api_secret, base_url, proxy

    @classmethod
    def from_env(
        cls,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        base_url: str | None = None,
        timeout: float = 30.0,
        connect_timeout: float = 5.0,
        attempt_timeout: float = 10.0,
        max_retries: int = 2,
        max_response_bytes: int = 8 * 1024 * 1024,
        validate: bool = True,
        proxy: str | Literal[False] | None = None,
        ca_file: str | PathLike[str] | None = None,
        dangerously_allow_http: bool = False,
    ) -> Self:
        """Makes a client with `RECALLFLOW_API_KEY` and `RECALLFLOW_API_SECRET` of the environment.

        The options are those of the class, and a key or secret among them wins over the environment. It does not call
        `__init__`, so that no Python code sees a secret of the environment.

        Raises:
            ConfigError: The key or the secret is missing, or an option is wrong.
        """
        client = cls.__new__(cls)
        try:
            client._core = Core.from_env(
                api_key,
                api_secret,
                {
                    "base_url": base_url,
                    "timeout": timeout,
                    "connect_timeout": connect_timeout,
                    "attempt_timeout": attempt_timeout,
                    "max_retries": max_retries,
                    "max_response_bytes": max_response_bytes,
                    "validate": validate,
                    "proxy": proxy,
                    "ca_file": ca_file,
                    "dangerously_allow_http": dangerously_allow_http,
                },
            )
        finally:
            del api_key, api_secret, base_url, proxy
        return client

    @property
    def base_url(self) -> str:
        """Where the service is."""
        return self._core.base_url

    @property
    def timeout(self) -> float:
        """Seconds that a call may take in all, unless it says otherwise."""
        return self._core.timeout

    @property
    def max_retries(self) -> int:
        """Number of extra tries of a call, unless it says otherwise."""
        return self._core.max_retries

    def __repr__(self) -> str:
        name = type(self).__name__
        try:
            core = self._core
        except AttributeError:
            # A debugger shows a client whose making failed.
            return f"<{name}, not made>"
        return f"{name}(base_url={core.base_url!r}, timeout={core.timeout!r}, max_retries={core.max_retries!r})"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        # Of `pickle` and `copy`.
        raise TypeError(
            f"a {type(self).__name__} cannot be pickled or copied, because it holds connections and the API secret: "
            "make another one where it is needed, for example with `from_env`"
        )


def show_as(client: type[Configured], *mixins: type) -> None:
    """Lets the methods that a client has from elsewhere show its name, which is what errors of Python's own tell."""
    for mixin in mixins:
        for name, method in vars(mixin).items():
            function = getattr(method, "__func__", method)
            if hasattr(function, "__code__"):
                function.__qualname__ = f"{client.__name__}.{name}"
