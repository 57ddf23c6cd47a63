"""Where the dashboard listens: a port of this machine's, and how that is written."""

from __future__ import annotations

import errno
import ipaddress
import socket
from contextlib import suppress
from dataclasses import dataclass

from mlpstudy.errors import StoreError, must

DEFAULT_PORT = 8228
N_PORTS = 20
"""Ports that are tried, from the default one, where none was asked for."""

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the dashboard is.

    Attributes:
        host: as it stands in an address of the web.
        port: its port.
        token: secret to be brought, None where there is none.
    """

    host: str
    port: int
    token: str | None

    @property
    def url(self) -> str:
        """What to open in a browser.

        >>> Address("127.0.0.1", 8228, None).url
        'http://127.0.0.1:8228/'
        """
        return f"http://{self.host}:{self.port}/" + (f"?token={self.token}" if self.token else "")


def listen(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens; without a port, the first free one from the default one on.

    Raises:
        StoreError: the port is taken, or the host is not this machine's.
    """
    wanted = [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + N_PORTS), 0]
    for candidate in wanted:
        with suppress(_PortTakenError):
            return _bind(host, candidate)
    raise StoreError(must(f"port {port}", "be free", "another program on it", "--port 0 for any free one"))


class _PortTakenError(Exception):
    """Another program listens there."""


def _bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a host and port."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise StoreError(must(f"host {host}", "be an address of this machine", str(error), "127.0.0.1")) from error
    try:
        # So that a dashboard that was just stopped can be started again at once.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(128)
    except PermissionError as error:
        listening.close()
        raise StoreError(must(f"port {port}", "be allowed", str(error.strerror), "a port above 1023")) from error
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise _PortTakenError from error
        raise StoreError(must(f"host {host}", "be an address of this machine", str(error), "127.0.0.1")) from error
    return listening


def is_loopback(host: str) -> bool:
    """Say whether only this machine can connect to a host.

    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown_host(host: str) -> str:
    """Return the host as it stands in an address; a server on all interfaces is shown by this machine's name.

    >>> shown_host("::1"), shown_host("localhost")
    ('[::1]', 'localhost')
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return socket.gethostname()
    return f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004  # IPv6
