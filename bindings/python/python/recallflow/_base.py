"""Options of clients, and what both kinds of client share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from recallflow._errors import ConfigError
from recallflow._native import Core
from recallflow._typing import Unpack
from recallflow.generated.options import ClientOptions, Overrides

if TYPE_CHECKING:
    from typing import NoReturn, SupportsIndex


# Not `Self`, which editors based on jedi take for the class that defines a method.
C = TypeVar("C", bound="BaseClient")


class _FromEnvironment(str):
    """Name of an environment variable in place of its value, which only the native module reads."""

    __slots__ = ()


class _FromProfile(str):
    """Name of a profile in place of its key and secret, which only the native module reads; empty for the default."""

    __slots__ = ()


def _checked_profile(name: object) -> _FromProfile:
    if name is None:
        return _FromProfile()
    if not isinstance(name, str) or not name:
        raise ConfigError("`name` must be the name of a profile, or None for the default one")
    return _FromProfile(name)


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
            if isinstance(api_key, _FromProfile):
                self._core = Core.from_profile(str(api_key) or None, options)
            elif key is api_key and secret is api_secret:
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

    @classmethod
    def from_profile(cls: type[C], name: str | None = None, **options: Unpack[ClientOptions]) -> C:
        """Makes a client with the account of a profile, which `recallflow profile add` or an editor wrote to a file.

        The file is `recallflow/profiles.toml` in the user's configuration folder, or the one that the environment
        variable `RECALLFLOW_PROFILES` names. Secrets do not pass through Python code: the `__init__` of a derived class
        gets the name of the profile in place of key and secret.

        Args:
            name: Name of the profile. None for the one that `RECALLFLOW_PROFILE` names, or else the default one, or
                else the only one.
            **options: See `ClientOptions`. They take precedence over the profile.

        Raises:
            ConfigError: There is no such profile, other users may read the file, the program that prints the secret
                failed, or an option has a wrong value.
        """
        profile = _checked_profile(name)
        try:
            return cls(profile, profile, **options)
        finally:
            del options

    def with_options(self: C, **options: Unpack[Overrides]) -> C:
        """Returns a client with other options over the same connections, with the same clock and retry budget.

        >>> patient = client.with_options(timeout=120, extra_headers={"X-Request-Id": "7f2c"})

        Each of the two is closed by itself; the connections are closed with the last client that uses them. The
        `__init__` of a derived class is not run again, its attributes are copied.

        Args:
            **options: See `Overrides`. Options that the connections depend on, such as `proxy`, need a new client.

        Raises:
            ConfigError: An option has a wrong value, or cannot be changed; the error names it.
        """
        client = object.__new__(type(self))
        client.__dict__.update(self.__dict__)
        client._core = self._core.with_options(options)
        return client

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

    @property
    def clock_offset(self) -> int | None:
        """Seconds by which the service's clock is ahead of this machine's, negative if it is behind.

        None until a response had a usable `Date`, and after `close`. Requests are signed with it only after the service
        refused a timestamp.
        """
        return self._core.clock_offset

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
